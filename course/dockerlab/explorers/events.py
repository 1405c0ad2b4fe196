"""Following the daemon's events of one container, in the background."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import docker
import requests

LONGEST = 3600  # seconds after which the daemon itself ends the stream


class EventWatch:
    """Calls back for each event of a container, from a thread, until closed.

    Args:
        client: of the engine.
        name: the container's; it need not exist yet.
        label: that it bears, as KEY=VALUE.
        told: called with each event's action ("create", "die") and its time in seconds.
        filters: of the events to follow instead, as docker-py takes them.
    """

    def __init__(
        self,
        client: docker.DockerClient,
        name: str,
        label: str,
        told: Callable[[str, float], None],
        *,
        filters: Mapping[str, object] | None = None,
    ) -> None:
        self._told = told
        self._stream: Any = client.api.events(
            since=int(time.time()),  # or the daemon starts with what it remembers
            until=int(time.time()) + LONGEST,
            filters=dict(filters or {"type": "container", "container": name, "label": label}),
            decode=True,
        )
        self._thread = threading.Thread(target=self._follow, name=f"events {name}", daemon=True)
        self._thread.start()

    @property
    def is_open(self) -> bool:
        """Whether events are still followed."""
        return self._thread.is_alive()

    def close(self) -> None:
        """Stop following. A second call does nothing."""
        with contextlib.suppress(OSError, ValueError, docker.errors.DockerException):
            self._stream.close()
        if self._thread is not threading.current_thread():
            self._thread.join(timeout=5)

    def _follow(self) -> None:
        # A closed stream shows as one of several errors, by the moment at which it is cut.
        with contextlib.suppress(OSError, ValueError, AttributeError, requests.RequestException):
            for event in self._stream:
                self._told(str(event["Action"]), event["timeNano"] / 1e9)
