"""The explorer of lesson 09 shows what the daemon has of a project, as it comes and goes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import docker
import pytest

from dockerlab import compose
from dockerlab.errors import CommandFailed
from dockerlab.explorers import ComposeGraph
from dockerlab.lesson import Lesson
from dockerlab.wait import wait_for

FILE = """
name: {project}
services:
  db:
    image: busybox
    init: true
    command: sh -c "sleep 2; touch /ready; sleep 600"
    volumes: ["things:/things"]
    healthcheck: {{test: test -e /ready, interval: 0.5s, retries: 60}}
  web:
    image: busybox
    init: true
    command: sleep 600
    depends_on: {{db: {{condition: service_healthy}}}}
  tool:
    image: busybox
    profiles: [tools]
volumes:
  things:
"""


@pytest.fixture
def lesson() -> Iterator[Lesson]:
    """A lesson with a project of the test's own."""
    word = f"t{uuid.uuid4().hex[:10]}"
    lesson = Lesson(word, images=["busybox"], projects=[word])
    lesson.start()
    yield lesson
    lesson.clean_up()


@pytest.fixture
def explorer(lesson: Lesson, tmp_path: Path) -> Iterator[ComposeGraph]:
    file = tmp_path / "compose.yaml"
    file.write_text(FILE.format(project=lesson.name))
    explorer = ComposeGraph(lesson, file, scaled="web")
    yield explorer
    explorer.close()


def states(explorer: ComposeGraph) -> list[str]:
    return [f"{one.service} {one.number}: {one.words}" for one in explorer.replicas]


def test_it_follows_a_project_up_and_down(
    explorer: ComposeGraph, client: docker.DockerClient, lesson: Lesson
) -> None:
    assert states(explorer) == []
    explorer.buttons["up"].click()
    assert states(explorer) == ["db 1: running, healthy", "web 1: running"]
    db, web = explorer.replicas
    assert db.started is not None
    assert db.healthy is not None
    assert web.started is not None
    assert db.healthy - db.started > 2
    assert web.started >= db.healthy

    explorer.number.value = 2
    explorer.buttons["scale"].click()
    assert states(explorer)[1:] == ["web 1: running", "web 2: running"]
    explorer.service.value = "db"
    explorer.buttons["kill"].click()
    assert states(explorer)[0] == "db 1: exited (137)"

    explorer.buttons["down"].click()
    assert states(explorer) == []
    volumes = {"label": f"{compose.PROJECT}={lesson.name}"}
    assert [v.name for v in client.volumes.list(filters=volumes)] == [f"{lesson.name}_things"]
    explorer.buttons["down --volumes"].click()
    assert client.volumes.list(filters=volumes) == []


def test_what_others_do_shows_by_the_events_alone(
    explorer: ComposeGraph, client: docker.DockerClient
) -> None:
    explorer.act("up", "--detach", "--wait")
    client.containers.get(explorer.replicas[1].id).kill()
    wait_for(
        lambda: "web 1: exited (137)" in explorer._picture.value,
        timeout=20,
        what="the picture to follow",
    )
    ElementTree.fromstring(explorer.picture)  # noqa: S314 - our own


def test_a_file_that_was_changed_is_read_anew(explorer: ComposeGraph) -> None:
    explorer._file.write_text(explorer._file.read_text().replace("  web:", "  site:"))
    explorer.act("create")
    assert {one.service for one in explorer.replicas} == {"db", "site"}
    assert "site 1: created" in explorer.picture


def test_what_compose_refuses_is_shown(explorer: ComposeGraph) -> None:
    explorer.act("up", "nosuch")
    assert "no such service: nosuch" in explorer._said.value
    explorer._file.write_text("services:\n\tweb: 1\n")
    explorer.buttons["up"].click()
    assert "yaml" in explorer._said.value


def test_a_file_with_mistakes_is_refused(lesson: Lesson, tmp_path: Path) -> None:
    file = tmp_path / "compose.yaml"
    file.write_text("services: {web: {image: busybox, depends_on: [bd]}}\n")
    with pytest.raises(CommandFailed, match=r"undefined service \"?bd"):
        ComposeGraph(lesson, file)


def test_the_clean_up_takes_the_projects_things_and_no_others(
    lesson: Lesson, tmp_path: Path, client: docker.DockerClient
) -> None:
    mine, other = tmp_path / "mine.yaml", tmp_path / "other.yaml"
    mine.write_text(FILE.format(project=lesson.name))
    other.write_text(FILE.format(project=f"{lesson.name}x"))
    foreign = {"label": f"{compose.PROJECT}={lesson.name}x"}
    try:
        for file in (mine, other):
            compose.compose(file, "up", "--detach")
        lesson.clean_up()
        ours = {"label": f"{compose.PROJECT}={lesson.name}"}
        for kind in (client.containers, client.networks, client.volumes):
            assert kind.list(filters=ours) == []
        assert len(client.containers.list(filters=foreign)) == 2
    finally:
        compose.compose(other, "down", "--volumes", "--timeout", "1")
