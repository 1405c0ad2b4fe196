"""Checks of what a server that does not speak HTTP tells its visitors."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Mapping
from typing import Any

import docker

from autograder.checks import inside
from autograder.checks.behaviour import EVERYWHERE
from autograder.checks.box import Box, published, state
from autograder.checks.faults import asks_the_daemon
from autograder.checks.results import Result
from autograder.checks.words import say
from dockerlab.errors import WaitTimeout
from dockerlab.wait import wait_for

LINE = 5  # seconds for one visit
MOST = 10_000  # bytes of what a visitor is told
LOOK_AGAIN = 0.2  # seconds
SETTLED = 0.5  # seconds after a visit until a program that ends with it has ended


class Visits(Box):
    """What it says to those who connect to one of its published ports."""

    @asks_the_daemon
    def tells_visitors(
        self,
        port: int,
        text: str,
        *,
        at: int | None = None,
        count: int = 1,
        timeout: float = 20,
        weight: float = 1.0,
    ) -> Result:
        """Check that each of several visitors, one after the other, is told a text.

        One that ends with a visitor, and does not come back by itself, is started again
        afterwards: it is then as it was before.

        Args:
            port: of the container.
            text: what each must be told.
            at: the host's port that they come by; any that leads there, where None.
            count: of the visitors.
            timeout: seconds that each may have to wait.
            weight: share of the task's points.
        """
        box = self._inspect()
        ran = box is not None and state(box) in ("running", "restarting")
        served, told = 0, ""
        while ran and served < count:
            told, good = self._visit(port, at, text, timeout)
            if not good:
                break
            served += 1
        passed = served == count
        with contextlib.suppress(WaitTimeout):  # its end, and what the daemon does then
            wait_for(self._is_down, timeout=SETTLED, interval=0.05)
        box = self._inspect()
        if ran and box is not None and state(box) == "exited":
            with contextlib.suppress(docker.errors.APIError):
                self._client.api.start(box["Id"])
        which = f"visitor {served + 1}" if count > 1 else "the visitor"
        if box is None or not ran:
            found = ""
        elif not _ways(box, port, at) and state(box) == "running":
            found = f"no port {at or ''} of the host leads to its {port}".replace("  ", " ")
        elif state(box) == "exited":
            found = f"{which} met nobody: it exited with code {box['State']['ExitCode']} before"
        else:
            found = f"{which} was told {told!r}"
        return self._result(
            f"tells {text!r} to "
            + ("a visitor" if count == 1 else f"{count} visitors, one after the other"),
            passed,
            box,
            weight,
            expected=f"{text!r} from its port {port}" + (f", published as {at}" if at else ""),
            found=found,
            hint="See how often it came back: docker inspect -f '{{.RestartCount}}' " + self.name
            if count > 1
            else f"See where its port leads: docker port {self.name}",
        )

    def _is_down(self) -> bool:
        box = self._inspect()
        return box is None or state(box) != "running"

    def _visit(self, port: int, at: int | None, text: str, timeout: float) -> tuple[str, bool]:
        """What a visitor was told, and whether that was right."""
        told, down_since = "", float("inf")

        def settled() -> bool:
            nonlocal told, down_since
            box = self._inspect()
            if box is None or state(box) not in ("running", "restarting"):
                down_since = min(down_since, time.monotonic())
                return time.monotonic() - down_since > 1
            down_since = float("inf")
            for address, host_port in _ways(box, port, at)[:1]:
                host = inside.host_of(self._client) if address in EVERYWHERE else address
                told = _hear(host, host_port) or told
            return bool(told)

        with contextlib.suppress(WaitTimeout):
            wait_for(settled, timeout=timeout, interval=LOOK_AGAIN)
        return told, say(told, text)


def _ways(box: Mapping[str, Any], port: int, at: int | None) -> list[tuple[str, int]]:
    """The host's addresses and ports by which a visitor may come."""
    return [way for way in published(box, port) if at in (None, way[1])]


def _hear(host: str, port: int) -> str:
    """What is said to one who connects and says nothing; nothing where nobody is there."""
    said = bytearray()
    deadline = time.monotonic() + LINE
    try:
        with socket.create_connection((host, port), timeout=LINE) as line:
            while len(said) < MOST and time.monotonic() < deadline:
                line.settimeout(max(deadline - time.monotonic(), 0.01))
                part = line.recv(4096)
                if not part:
                    break
                said += part
    except OSError:
        pass
    return bytes(said).decode("utf-8", "replace").strip()
