"""Following the daemon's events in the background."""

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


class Settled:
    """Acts a moment after something happened: one command causes several events.

    What happens while it acts is not lost: it acts once more.

    Args:
        act: what to do, from a thread.
        wait: seconds.
    """

    def __init__(self, act: Callable[[], None], wait: float) -> None:
        self._act = act
        self._wait = wait
        self._lock = threading.Lock()
        self._due: threading.Timer | None = None
        self._closed = False

    def tell(self) -> None:
        """Say that something has happened."""
        with self._lock:
            if not self._closed and self._due is None:
                self._due = threading.Timer(self._wait, self._when_due)
                self._due.daemon = True
                self._due.start()

    def close(self) -> None:
        """Act no more."""
        with self._lock:
            self._closed = True
            if self._due:
                self._due.cancel()

    def _when_due(self) -> None:
        with self._lock:
            self._due = None
            if self._closed:
                return
        self._act()
