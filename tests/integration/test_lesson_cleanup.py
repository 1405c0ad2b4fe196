"""A lesson's clean-up takes what is the lesson's, and leaves alone whatever else there is."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import docker
import pytest

from dockerlab import images, labels
from dockerlab.cleanup import clean_up
from dockerlab.engine import connect

IDLE = ["sleep", "300"]


@pytest.fixture(scope="module")
def client() -> Iterator[docker.DockerClient]:
    client = connect()
    images.ensure(client, ["busybox"])
    yield client
    client.close()


@pytest.fixture
def run(client: docker.DockerClient) -> Iterator[str]:
    """A word in the names of all that a test makes; what is left of it is removed."""
    word = f"t{uuid.uuid4().hex[:10]}"
    yield word
    for box in client.api.containers(all=True, filters={"name": word}):
        client.api.remove_container(box["Id"], force=True, v=True)
    for network in client.api.networks(names=[word]):
        client.api.remove_network(network["Id"])
    for volume in client.api.volumes(filters={"name": word})["Volumes"] or []:
        client.api.remove_volume(volume["Name"])
    for image in client.api.images(f"{word}*"):
        client.api.remove_image(image["Id"], force=True)


def everything(client: docker.DockerClient) -> set[tuple[str, str]]:
    """All that the engine has, by kind and id."""
    return {
        *(("container", box["Id"]) for box in client.api.containers(all=True)),
        *(("network", network["Id"]) for network in client.api.networks()),
        *(("volume", volume["Name"]) for volume in client.api.volumes()["Volumes"] or []),
        *(("image", tag) for image in client.api.images() for tag in image["RepoTags"] or []),
    }


def fill(client: docker.DockerClient, name: str, marks: dict[str, str]) -> None:
    """Make one of each kind."""
    client.containers.run("busybox", IDLE, name=name, labels=marks, detach=True)
    client.containers.create("busybox", IDLE, name=f"{name}-created", labels=marks)
    client.networks.create(name, labels=marks)
    client.volumes.create(name, labels=marks)
    changes = [f"LABEL {key}={value}" for key, value in marks.items()]
    client.containers.get(name).commit(f"{name}", changes=changes)


def test_only_the_lessons_own_objects_go(client: docker.DockerClient, run: str) -> None:
    lesson = f"lesson-{run}"
    foreign = {
        f"{run}-plain": {},
        f"{run}-other-lesson": labels.labels(f"{lesson}-2"),
        f"{run}-other-value": labels.labels(lesson.upper()),
        f"{run}-other-key": {"dockerlab.lessons": lesson, "lesson": lesson},
        f"{run}-declared-and-more": {},
        f"my-{run}-declared": {},
    }
    for name, marks in foreign.items():
        fill(client, name, marks)
    before = everything(client)
    fill(client, f"{run}-ours", labels.labels(lesson))
    client.containers.create("busybox", IDLE, name=f"{run}-declared")
    assert everything(client) > before

    removed = clean_up(client, lesson, names=[f"{run}-declared", f"{run}-absent"])

    assert everything(client) == before
    assert removed == sorted(
        [
            f"container {run}-declared",
            f"container {run}-ours",
            f"container {run}-ours-created",
            f"image {run}-ours:latest",
            f"network {run}-ours",
            f"volume {run}-ours",
        ]
    )


def test_a_name_is_not_taken_for_the_start_of_an_id(client: docker.DockerClient, run: str) -> None:
    foreign = client.containers.create("busybox", IDLE, name=run)
    assert clean_up(client, f"lesson-{run}", names=[foreign.id[:12]]) == []
    foreign.reload()


def test_nothing_left_is_nothing_removed(client: docker.DockerClient, run: str) -> None:
    assert clean_up(client, f"lesson-{run}", names=[f"{run}-absent"]) == []


def test_anonymous_volumes_go_with_their_container(client: docker.DockerClient, run: str) -> None:
    before = everything(client)
    marks = labels.labels(f"lesson-{run}")
    client.containers.create("busybox", IDLE, name=run, labels=marks, volumes=["/data"])
    clean_up(client, f"lesson-{run}")
    assert everything(client) == before
