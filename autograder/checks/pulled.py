"""Pulling an image anew, and running it, as somebody would who has not got it."""

from __future__ import annotations

import contextlib
from collections.abc import Collection

import docker

from autograder.checks.references import identify
from dockerlab.errors import WaitTimeout
from dockerlab.wait import wait_for

LABELS = {"autograder": "runs-a-pulled-image"}
RUN_TIMEOUT = 10  # seconds that its container may run
CONFLICT = 409  # the daemon's status where a container needs the image
STUDENTS_OWN = (400, 404, CONFLICT)  # where an image, or the program in it, does not do


def run_anew(
    client: docker.DockerClient,
    repository: str,
    tag: str,
    *,
    blobs: Collection[str],
    auth: tuple[str, str] | None,
) -> tuple[bool, str]:
    """Pull an image, and run it. What else the engine has under the name is put back.

    Args:
        client: of the engine.
        repository: with the registry's address before it.
        tag: of the image.
        blobs: the digests that the registry's image consists of.
        auth: user and password, where the registry asks for one.

    Returns:
        Whether that could be done, and what the container has printed, or why there was none.
    """
    reference = f"{repository}:{tag}"
    before = identify(client, reference)
    if before in blobs:  # the image's id: it is the same one that will come
        try:
            client.api.remove_image(reference)
        except docker.errors.APIError as error:
            if error.status_code != CONFLICT:
                raise
    try:
        if problem := _pull(client, repository, tag, auth):
            return False, problem
        return _run(client, reference)
    finally:
        if before and before not in blobs:
            client.api.tag(before, repository, tag)


def _pull(
    client: docker.DockerClient, repository: str, tag: str, auth: tuple[str, str] | None
) -> str:
    """Why it cannot be pulled; nothing where it can."""
    user = {"username": auth[0], "password": auth[1]} if auth else {}
    try:
        said = client.api.pull(repository, tag, auth_config=user, stream=True, decode=True)
        return next((str(each["error"]) for each in said if "error" in each), "")
    except docker.errors.APIError as error:  # of whatever status: it is the registry's doing
        return str(error.explanation)


def _run(client: docker.DockerClient, reference: str) -> tuple[bool, str]:
    settings = client.api.create_host_config(network_mode="none")
    box = None
    try:
        box = client.api.create_container(reference, labels=LABELS, host_config=settings)["Id"]
        client.api.start(box)
        with contextlib.suppress(WaitTimeout):  # one that goes on is judged by what it has said
            wait_for(
                lambda: not client.api.inspect_container(box)["State"]["Running"],
                timeout=RUN_TIMEOUT,
            )
        return True, client.api.logs(box, tail=100).decode("utf-8", "replace")
    except docker.errors.APIError as error:
        if error.status_code not in STUDENTS_OWN:
            raise
        return False, str(error.explanation)
    finally:
        if box:
            client.api.remove_container(box, force=True, v=True)
