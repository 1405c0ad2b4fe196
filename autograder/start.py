"""The first cell of every assignment."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import docker

from autograder.role import Role, role
from dockerlab import images as course_images
from dockerlab import ports as machine_ports
from dockerlab.cleanup import clean_up
from dockerlab.engine import connect
from dockerlab.errors import LessonNotReady

IN_USE = (403, 409)  # the daemon's status: networks with containers, volumes and images in use
LABEL = "assignment"  # what a prepared state may bear: `labels("assignment")`


def begin(
    *,
    images: Sequence[str],
    containers: Sequence[str] = (),
    networks: Sequence[str] = (),
    volumes: Sequence[str] = (),
    builds: Sequence[str] = (),
    projects: Sequence[str] = (),
    ports: Sequence[int] = (),
    prepare: Callable[[docker.DockerClient], object] = lambda client: None,
) -> docker.DockerClient:
    """Connect to the engine, and make the assignment start from the same state every time.

    Of the names that are given here, what exists is removed, with what it holds. Nothing else of
    the engine's is touched.

    Args:
        images: those that the tasks need. What is missing is fetched.
        containers: names that the tasks use.
        networks: names that the tasks use.
        volumes: names that the tasks use.
        builds: names of images that the tasks build or tag, without a tag: all tags go.
        projects: of Compose.
        ports: of this machine, that the tasks publish.
        prepare: makes the state that the tasks start from, where they do not start from nothing.
            It is called with the client, once, after all the rest.

    Returns:
        A client of the engine.

    Raises:
        LessonNotReady: another program holds one of the ports, or a container of another name
            uses what is to be removed.
    """
    client = connect()
    if role() is Role.STUDENT:  # the judge sees to the rest
        return client
    if role() is Role.BOTH:  # a sandbox has all images from the start
        course_images.ensure(client, images, progress=lambda name, doing: print(f"{name}: {doing}"))
    try:
        clean_up(
            client,
            LABEL,
            names=containers,
            networks=networks,
            volumes=volumes,
            image_names=builds,
            projects=projects,
        )
    except docker.errors.APIError as error:
        if error.status_code not in IN_USE:
            raise
        raise LessonNotReady(
            f"What an earlier run has made is still in use: {error.explanation}. Remove the "
            "container that uses it (see docker ps -a, then docker rm -f), and run this cell again."
        ) from error
    for port in ports:
        if holder := machine_ports.holder(port):
            raise LessonNotReady(
                f"This assignment needs port {port}, which {holder} holds. Stop that (a "
                "container: see docker ps, then docker stop), and run this cell again."
            )
    prepare(client)
    print(f"Docker Engine {client.version()['Version']} is ready.")
    return client
