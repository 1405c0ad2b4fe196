"""The first cell of every assignment."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import docker

from autograder.role import Role, role
from dockerlab import images as course_images
from dockerlab import ports as machine_ports
from dockerlab.engine import connect
from dockerlab.errors import LessonNotReady


def begin(
    *, containers: Sequence[str], images: Sequence[str], ports: Sequence[int] = ()
) -> docker.DockerClient:
    """Connect to the engine, and make the assignment start from the same state every time.

    Args:
        containers: names that the tasks use. Containers of these names are removed, with what
            they hold; no others are touched.
        images: those that the tasks need. What is missing is fetched.
        ports: of this machine, that the tasks publish.

    Returns:
        A client of the engine.

    Raises:
        LessonNotReady: another program holds one of the ports.
    """
    client = connect()
    if role() is Role.STUDENT:  # the judge sees to the rest
        return client
    if role() is Role.BOTH:  # a sandbox has all images from the start
        course_images.ensure(client, images, progress=lambda name, doing: print(f"{name}: {doing}"))
    for name in containers:
        with contextlib.suppress(docker.errors.NotFound):
            client.api.remove_container(name, force=True, v=True)
    for port in ports:
        if holder := machine_ports.holder(port):
            raise LessonNotReady(
                f"This assignment needs port {port}, which {holder} holds. Stop that (a "
                "container: see docker ps, then docker stop), and run this cell again."
            )
    print(f"Docker Engine {client.version()['Version']} is ready.")
    return client
