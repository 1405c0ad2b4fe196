"""The first cell of every assignment."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import docker

from autograder.checks.history import begin_history
from dockerlab import images as course_images
from dockerlab.engine import connect


def begin(*, containers: Sequence[str], images: Sequence[str]) -> docker.DockerClient:
    """Connect to the engine, and make the assignment start from the same state every time.

    Args:
        containers: names that the tasks use. Containers of these names are removed, with what
            they hold; no others are touched.
        images: those that the tasks need. What is missing is fetched.

    Returns:
        A client of the engine.
    """
    client = connect()
    course_images.ensure(client, images, progress=lambda name, doing: print(f"{name}: {doing}"))
    for name in containers:
        with contextlib.suppress(docker.errors.NotFound):
            client.api.remove_container(name, force=True, v=True)
    begin_history(client)
    print(f"Docker Engine {client.version()['Version']} is ready.")
    return client
