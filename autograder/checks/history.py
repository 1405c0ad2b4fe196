"""What the daemon remembers of what happened.

A daemon keeps its last 256 events, of all kinds, in memory. What befell a container before the
student began (an earlier try, the clean-up in an assignment's first cell) must not count, so
history has a beginning.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

import docker

from autograder.checks.faults import EngineFault, asks_the_daemon

KEPT = 256  # events

_beginning = time.time()


@asks_the_daemon
def begin_history(client: docker.DockerClient) -> None:
    """Let only what happens from now on count. Before the first call, it counts from the import.

    Args:
        client: of the daemon whose clock is meant.

    Raises:
        EngineFault: the daemon does not answer.
    """
    global _beginning
    _beginning = daemon_time(client)


def daemon_time(client: docker.DockerClient) -> float:
    """The daemon's own clock, which may differ from ours, in seconds since 1970."""
    return datetime.fromisoformat(client.api.info()["SystemTime"]).timestamp()


def events_of(client: docker.DockerClient, name: str) -> list[dict[str, Any]]:
    """The events of the container of this name, the oldest first.

    Args:
        client: of the daemon.
        name: exact; the daemon's own filter would take "web" for "web-2" as well.

    Raises:
        EngineFault: so much has happened that the daemon may have forgotten some of it.
    """
    # For an `until` that lies in its future the daemon would wait: ask for its own time first.
    # It takes fractions of a second as text; docker-py's types do not know that.
    since, until = f"{_beginning:.6f}", f"{daemon_time(client):.6f}"
    stream = client.api.events(since=since, until=until, decode=True)  # type: ignore[call-overload]
    everything = list(stream)
    if len(everything) >= KEPT:
        raise EngineFault(
            f"The daemon remembers only its last {KEPT} events, and more have happened since the "
            "notebook began. Restart the kernel and run all cells."
        )
    return [
        event
        for event in everything
        if event["Type"] == "container" and event["Actor"]["Attributes"].get("name") == name
    ]
