"""Finding an image that can be pulled just now, for the lessons that show a pull."""

from __future__ import annotations

import contextlib

import docker
import requests

from dockerlab.images import mirror
from dockerlab.images.catalogue import image

ON_HUB = ("busybox:musl", "busybox:uclibc", "busybox:stable-musl")
ANSWER_TIMEOUT = 15  # seconds that a registry has to answer


def pullable(client: docker.DockerClient) -> str | None:
    """A small image with a shell that a registry in reach has and the engine has not.

    The course's own mirror is asked by its address, which works for any engine on this machine;
    then Docker Hub, for a tag that few people have. What the engine has already is never touched,
    but for a name that only the mirror can have given.

    Args:
        client: of the engine.

    Returns:
        The image's name, or None where no registry answers.

    Raises:
        docker.errors.APIError: the daemon has trouble.
    """
    own = f"{mirror.name(image('busybox'))}:latest"
    with contextlib.suppress(docker.errors.ImageNotFound):
        client.api.remove_image(own, noprune=True)  # what an interrupted run has left
    slow = client.api.timeout
    client.api.timeout = ANSWER_TIMEOUT
    try:
        return next((name for name in (own, *ON_HUB) if _can_be_pulled(client, name)), None)
    finally:
        client.api.timeout = slow


def obtainable(client: docker.DockerClient, name: str) -> bool:
    """Whether the engine has an image, or a registry in reach does. Nothing is pulled.

    Args:
        client: of the engine.
        name: of the image, with its tag.

    Raises:
        docker.errors.APIError: the daemon has trouble.
    """
    slow = client.api.timeout
    client.api.timeout = ANSWER_TIMEOUT
    try:
        with contextlib.suppress(docker.errors.ImageNotFound):
            client.api.inspect_image(name)
            return True
        return _can_be_pulled(client, name)
    finally:
        client.api.timeout = slow


def _can_be_pulled(client: docker.DockerClient, name: str) -> bool:
    try:
        client.api.inspect_image(name)
    except docker.errors.ImageNotFound:
        with contextlib.suppress(docker.errors.APIError, requests.RequestException):
            client.api.inspect_distribution(name)
            return True
    return False
