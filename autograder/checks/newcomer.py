"""A container that is put on a network to look around from there, and goes again."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

import docker

from autograder.checks import inside
from autograder.checks.inside import Ran
from autograder.checks.words import say

IMAGE = "nettools"  # of the course's catalogue
LABELS = {"autograder": "looks-around-on-a-network"}
LONGEST = 5  # seconds for one look
PAUSE = 0.5  # seconds between two looks


def look(
    client: docker.DockerClient, network: str, command: list[str], *, text: str, timeout: float
) -> Ran:
    """Run a command in a new container on a network, until it succeeds and prints a text.

    Args:
        client: of the daemon.
        network: its name.
        command: one of the programs that the image `nettools` has.
        text: what it must print; anything, where empty.
        timeout: seconds until the last try begins; with 0 there is one.

    Returns:
        What came of the last try.
    """
    with _newcomer(client, network) as box:
        if isinstance(box, Ran):
            return box
        deadline = time.monotonic() + timeout
        while True:
            ran = inside.run(client, box, command, timeout=LONGEST)
            if (ran.code == 0 and say(ran.output, text)) or time.monotonic() > deadline:
                return ran
            time.sleep(PAUSE)


@contextlib.contextmanager
def _newcomer(client: docker.DockerClient, network: str) -> Iterator[str | Ran]:
    """The id of such a container, or why there is none."""
    made = None
    try:
        try:
            settings = client.api.create_host_config(network_mode=network, init=True)
            made = client.api.create_container(
                IMAGE, ["sleep", "600"], labels=LABELS, host_config=settings
            )["Id"]
            client.api.start(made)
        except docker.errors.APIError as error:
            told = str(error.explanation)
            # No such image or network, or a network that has given all its addresses away.
            if error.status_code not in (400, 403, 404, 409) and "address" not in told:
                raise
            yield Ran(None, f"no container could be put on the network: {told}")
            return
        yield str(made)
    finally:
        if made:
            client.api.remove_container(made, force=True, v=True)
