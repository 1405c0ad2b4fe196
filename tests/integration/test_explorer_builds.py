"""Builds on the real builder: steps, sizes, what is left in the cache; the explorer, the checks."""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Iterator

import docker
import pytest

from autograder import grade
from dockerlab.builds import Context, Workshop, cache
from dockerlab.explorers import BuildVisualiser
from dockerlab.lesson import Lesson
from dockerlab.wait import wait_for


@pytest.fixture
def shop(lesson: Lesson) -> Iterator[Workshop]:
    shop = Workshop(lesson)
    yield shop
    shop.clean_up()


@pytest.fixture
def context(shop: Workshop, lesson: Lesson) -> Context:
    """A build whose steps nobody has in a cache."""
    text = (
        "FROM busybox\n"
        "COPY page.html /\n"
        f"RUN echo {lesson.name} > /note && head -c 2000000 /dev/zero > /zeros\n"
        "LABEL a=b\n"
        "USER 1000\n"
        "EXPOSE 80\n"
        'ENTRYPOINT ["cat"]\n'
        'CMD ["/page.html"]\n'
    )
    return shop.context("page", {"Dockerfile": text, "page.html": f"{lesson.name}\n"})


def ids(client: docker.DockerClient) -> set[str]:
    return {record.id for record in cache.records(client)}


def test_steps_are_built_then_cached_then_built_from_the_change_on(
    client: docker.DockerClient, lesson: Lesson, context: Context
) -> None:
    command = f"docker build -t {lesson.name} ."
    first = context.build(command)
    assert first.ok, first.error
    assert first.states("FROM", "COPY", "RUN") == ["base", "built", "built"]
    copied, ran = first.steps[1:3]
    assert copied.size == len(lesson.name) + 1
    assert ran.size == 2_000_000 + len(lesson.name) + 1
    assert first.sent > 0
    layers = client.api.history(lesson.name)
    assert {copied.size, ran.size} <= {layer["Size"] for layer in layers}, "as docker history says"
    assert client.images.get(lesson.name).labels["dockerlab.lesson"] == lesson.name

    assert context.build(command).states("COPY", "RUN") == ["cached", "cached"]

    context.write("page.html", "another\n")
    changed = context.build(command)
    assert changed.states("COPY", "RUN") == ["built", "built"]
    assert changed.steps[1].size == len("another\n")


def test_a_build_that_fails_half_way_keeps_what_has_worked(shop: Workshop, lesson: Lesson) -> None:
    text = f"FROM busybox\nRUN echo {lesson.name} > /a\nRUN nosuchprogram\nRUN echo b > /b\n"
    context = shop.context("fails", {"Dockerfile": text})
    for wanted in ("built", "cached"):
        failed = context.build(f"docker build -t {lesson.name} .")
        assert failed.states("RUN") == [wanted, "failed", "not run"]
        assert failed.error.endswith("exit code: 127")
        assert "nosuchprogram: not found" in failed.steps[2].log
        assert ">>> RUN nosuchprogram" in failed.excerpt


def test_only_the_lessons_own_records_leave_the_cache(
    client: docker.DockerClient, lesson: Lesson, context: Context
) -> None:
    """Also those that a run has left which was cut off; another lesson's stay."""
    before = ids(client)
    other = Lesson(f"t{uuid.uuid4().hex[:10]}")
    other.start()
    others = Workshop(other)
    try:
        theirs = others.context("x", {"Dockerfile": f"FROM busybox\nRUN echo {other.name} > /x\n"})
        assert theirs.build(f"docker build -t {other.name} .").ok
        foreign = ids(client) - before
        assert foreign

        assert context.build(f"docker build -t {lesson.name} .").ok
        assert len(ids(client) - before - foreign) >= 3
        Workshop(lesson)  # as the next run's first cell, after one that was cut off

        left = ids(client)
        assert left - before == foreign
        assert client.images.get(lesson.name), "images are the lesson's own clean-up's"
    finally:
        other.clean_up()
        others.clean_up()
    assert ids(client) <= before
    assert not others.folder.exists()


def test_what_a_stopped_build_has_left_goes_too(
    client: docker.DockerClient, shop: Workshop, lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    def left() -> list[str]:
        return [r.id for r in cache.records(client) if lesson.name in r.description]

    def swept() -> bool:  # the builder may hold them for a moment yet
        Workshop(lesson)
        return not left()

    monkeypatch.setattr("dockerlab.builds.build.TIMEOUT", 5)
    text = f"FROM busybox\nRUN echo {lesson.name} > /a\nRUN sleep 60\n"
    context = shop.context("stopped", {"Dockerfile": text})
    with pytest.raises(subprocess.TimeoutExpired):
        context.build(f"docker build -t {lesson.name} .")
    assert left()
    wait_for(swept, timeout=20, what="the cache to be as before")


def test_the_explorer_builds_what_stands_in_its_editors(shop: Workshop, lesson: Lesson) -> None:
    text = f"FROM busybox\nCOPY . /site\nRUN echo {lesson.name} > /note\nLABEL a=b\n"
    explorer = BuildVisualiser(shop, text, {"page.html": "one\n"}, name=lesson.name)
    assert "Nothing is built yet" in explorer._picture.value
    explorer.button.click()
    assert explorer.last
    assert explorer.last.states("COPY", "RUN") == ["built", "built"]
    explorer.button.click()
    assert explorer.last.states("COPY", "RUN") == ["cached", "cached"]
    assert "✓ cached" in explorer._picture.value
    assert "● built" in explorer._picture.value, "as the build before"

    explorer.editors["Dockerfile"].value = "FROM busybox\nRUM echo\n"
    explorer.button.click()
    assert "unknown instruction: RUM" in explorer._said.value
    assert not explorer.button.disabled
    explorer.reset_button.click()
    assert explorer.editors["Dockerfile"].value == text
    explorer.button.click()
    assert explorer.last.states("COPY", "RUN") == ["cached", "cached"]
    assert str(explorer._repr_mimebundle_()["image/svg+xml"]).startswith("<svg")


def test_checks_of_an_image(client: docker.DockerClient, lesson: Lesson, context: Context) -> None:
    context.build(f"docker build -t {lesson.name}:1 .")
    image = grade("t", points=1, client=client).image(f"{lesson.name}:1")
    assert image.has_label("a", "b")
    assert image.exposes(80)
    assert image.runs("cat /page.html")
    assert image.runs_as("1000")
    assert image.is_smaller_than(100)
    assert image.has_step("head -c 2000000")
    assert image.has_step("COPY page.html /")
    assert image.shares_layers_with("busybox", but=2)
    assert not image.has_label("a", "c")
    assert not image.exposes(81)
    assert not image.runs("dog")
    assert not image.runs_as("root")
    assert not image.is_smaller_than(2)
    assert not image.has_step("COPY index.html")
    assert not image.shares_layers_with("busybox", but=1)

    text = (context.folder / "Dockerfile").read_text()
    context.write("Dockerfile", text.replace("LABEL a=b", "RUN echo more > /more"))
    context.build(f"docker build -t {lesson.name}:2 .")
    assert image.shares_layers_with(f"{lesson.name}:2", but=1)
    assert not image.shares_layers_with(f"{lesson.name}:2")
