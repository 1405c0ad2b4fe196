"""What becomes of a container whose daemon goes down, tried for real, and nothing is left of it."""

from __future__ import annotations

import signal
from pathlib import Path

import docker
import pytest

from dockerlab import images
from dockerlab.outage import Outage, try_outage

PLACE = Path("/var/tmp")  # noqa: S108 - where the private engine lives for a while


@pytest.fixture(scope="module")
def busybox(client: docker.DockerClient) -> bytes:
    images.ensure(client, ["busybox"])
    return b"".join(client.images.get("busybox").save(named="busybox:latest"))


DIES = Outage(during=False, after=False, state="exited", exit_code=137)
DIES_LATER = Outage(during=True, after=False, state="exited", exit_code=137)
LIVES = Outage(during=True, after=True, state="running", exit_code=0)


def mounted() -> set[str]:
    """Where something is mounted in folders of private engines."""
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    return {line.split()[4] for line in lines if f" {PLACE}/dlab-" in line}


@pytest.mark.parametrize(
    ("live_restore", "by", "seen"),
    [
        (False, signal.SIGTERM, DIES),
        (False, signal.SIGKILL, DIES_LATER),
        (True, signal.SIGTERM, LIVES),
        (True, signal.SIGKILL, LIVES),
    ],
)
def test_a_container_without_its_daemon(
    client: docker.DockerClient,
    busybox: bytes,
    live_restore: bool,
    by: signal.Signals,
    seen: Outage,
) -> None:
    folders, mounts, learners = set(PLACE.glob("dlab-*")), mounted(), client.info()["ID"]
    assert try_outage(busybox, live_restore=live_restore, by=by) == seen
    assert set(PLACE.glob("dlab-*")) <= folders
    assert mounted() <= mounts
    assert client.info()["ID"] == learners
