"""The registry's browser and client, on a real registry."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing

import docker
import pytest
from docker.models.containers import Container

from dockerlab.errors import RegistryError
from dockerlab.explorers import RegistryBrowser
from dockerlab.images import ensure
from dockerlab.lesson import Lesson
from dockerlab.registry import Registry, shared
from dockerlab.wait import wait_for


@pytest.fixture
def box(lesson: Lesson) -> Iterator[Container]:
    """A registry that lets everybody in, and delete, on a port that is free."""
    ensure(lesson.client, ["registry"])
    box = lesson.client.containers.run(
        "registry",
        ports={"5000/tcp": ("127.0.0.1", None)},
        environment={"REGISTRY_STORAGE_DELETE_ENABLED": "true"},
        labels=lesson.labels,
        detach=True,
    )
    yield box
    box.remove(force=True, v=True)


@pytest.fixture
def registry(box: Container) -> Iterator[Registry]:
    box.reload()
    with closing(Registry(f"127.0.0.1:{box.ports['5000/tcp'][0]['HostPort']}")) as registry:
        wait_for(lambda: _answers(registry), timeout=30, what="the registry")
        yield registry


def _answers(registry: Registry) -> bool:
    try:
        return registry.ask("GET", "").ok
    except RegistryError:
        return False


def push(lesson: Lesson, registry: Registry, name: str, *words: str) -> None:
    """Build an image with a layer for each word, and push it."""
    recipe = "FROM busybox\n" + "".join(f"RUN echo {word} > /{word}\n" for word in words)
    full = f"{registry.address}/{name}"
    lesson.client.images.build(
        fileobj=io.BytesIO(recipe.encode()), tag=full, labels=lesson.labels, rm=True
    )
    for said in lesson.client.api.push(full, stream=True, decode=True):
        assert "error" not in said, said


def test_it_shows_what_was_pushed_and_what_is_shared(
    client: docker.DockerClient, lesson: Lesson, registry: Registry
) -> None:
    empty = RegistryBrowser(registry)
    assert empty.contents.tags == ()
    assert ">none<" in empty._picture.value

    push(lesson, registry, "t/one:1", "a")
    push(lesson, registry, "t/one:2", "a", "b")
    browser = RegistryBrowser(registry, "t/one:2", "t/one:1")
    one, two = browser.contents.tags
    assert [str(one), str(two)] == ["t/one:1", "t/one:2"]
    assert len(shared(one.manifest, two.manifest)) == 2  # busybox's layer, and that of a
    assert "share 2 of 4 blobs" in browser._said.value
    assert browser._picture.value.count("in both") == 2
    assert two.manifest.digest in browser._manifest.value
    assert "GET /v2/t/one/manifests/2 → 200" in browser._asked.value
    # The registry's own word, and the engine's.
    told = registry.ask("HEAD", "t/one/manifests/2").headers["Docker-Content-Digest"]
    known = client.images.get(f"{registry.address}/t/one:2").attrs["RepoDigests"]
    assert two.manifest.digest == told
    assert f"{registry.address}/t/one@{told}" in known


def test_it_follows_a_deletion_and_says_when_nobody_answers(
    lesson: Lesson, registry: Registry, box: Container
) -> None:
    push(lesson, registry, "t/two:1", "a")
    push(lesson, registry, "t/two:2", "a", "c")
    browser = RegistryBrowser(registry, "t/two:2", "t/two:1")
    browser.choose("t/two:1")
    assert "share" not in browser._said.value
    browser.choose("t/two:2", "t/two:1")

    gone = registry.manifest("t/two", "2")
    assert gone
    assert registry.ask("DELETE", f"t/two/manifests/{gone.digest}").status_code == 202
    browser.look()
    assert [str(tag) for tag in browser.contents.tags] == ["t/two:1"]
    assert registry.manifest("t/two", "2") is None
    assert registry.tags("t/none") == []
    assert str(browser._repr_mimebundle_()["image/svg+xml"]).startswith("<svg")

    box.stop(timeout=5)
    browser.look()
    assert "No registry answers" in browser._said.value
