"""What all tests that need a real engine share. Without an engine they fail; none is skipped."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import docker
import pytest

from dockerlab import engine
from dockerlab.lesson import Lesson

RUN_LABEL = "dockerlab.test"


@pytest.fixture(scope="session")
def client() -> Iterator[docker.DockerClient]:
    """A client of the engine that a learner would use here."""
    client = engine.connect()
    yield client
    client.close()


@pytest.fixture(scope="session")
def labels(client: docker.DockerClient) -> Iterator[dict[str, str]]:
    """Labels for all that a test makes; what bears them is removed in the end."""
    mark = {RUN_LABEL: uuid.uuid4().hex}
    yield mark
    ours = {"label": f"{RUN_LABEL}={mark[RUN_LABEL]}"}
    for container in client.api.containers(all=True, filters=ours):
        client.api.remove_container(container["Id"], force=True, v=True)
    for network in client.api.networks(filters=ours):
        client.api.remove_network(network["Id"])
    for volume in client.api.volumes(filters=ours)["Volumes"] or []:
        client.api.remove_volume(volume["Name"])
    for image in client.api.images(filters=ours):
        client.api.remove_image(image["Id"], force=True)


@pytest.fixture
def lesson_images() -> list[str]:
    """What `lesson` runs; a module that needs more has a fixture of this name."""
    return ["busybox"]


@pytest.fixture
def lesson(lesson_images: list[str]) -> Iterator[Lesson]:
    """A lesson of the test's own, so that nobody else's objects are met."""
    word = f"t{uuid.uuid4().hex[:10]}"
    lesson = Lesson(word, images=lesson_images, names=[f"{word}-box"])
    lesson.start()
    yield lesson
    lesson.clean_up()
