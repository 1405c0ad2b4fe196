"""Checks of what a container does: listening, serving, logging, running commands."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import docker

from autograder.checks import inside
from autograder.checks.box import NO_LOG, Box, published, state
from autograder.checks.faults import asks_the_daemon
from autograder.checks.inside import Ran
from autograder.checks.page import GRACE, fetch
from autograder.checks.results import Result
from autograder.checks.words import say
from dockerlab.errors import WaitTimeout
from dockerlab.wait import wait_for

LOG_LINES = 10_000  # lines of a log that are searched
LOOK_AGAIN = 0.5  # seconds: each look is three of the 256 events that a daemon remembers
EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104 as the host's address of a published port


class Behaviour(Box):
    """How the container answers those who use it."""

    @asks_the_daemon
    def accepts_connections(self, port: int, *, timeout: float = 60, weight: float = 1.0) -> Result:
        """Check that something in it listens for TCP connections from outside.

        A container in the host's network has no ports of its own, and does not pass.

        Args:
            port: of the container, published or not.
            timeout: seconds that a server may take to start.
            weight: share of the task's points.
        """
        box = self._inspect()

        def settled() -> bool:
            nonlocal box
            box = self._inspect()
            return box is None or not _has_ports(box) or inside.listens(self._client, box, port)

        try:
            wait_for(settled, timeout=timeout, interval=LOOK_AGAIN)
            passed = _has_ports(box)
        except WaitTimeout:
            passed = False
        return self._result(
            f"listens on port {port}",
            passed,
            box,
            weight,
            expected=f"a server on port {port} that is open to the network",
            found=f"nothing listens there after {timeout:g} s"
            if _has_ports(box)
            else "it shares the host's network",
            hint=f"See what the server says: docker logs {self.name}",
            needs_running=True,
        )

    @asks_the_daemon
    def serves(
        self,
        path: str = "/",
        *,
        port: int = 80,
        text: str = "",
        status: int = 200,
        timeout: float = 10,
        grace: float = GRACE,
        weight: float = 1.0,
    ) -> Result:
        """Check that this very container serves a page, through its published port.

        Args:
            path: of the page.
            port: of the container.
            text: what the page must contain, as words of its own.
            status: the HTTP status code.
            timeout: seconds to wait for it.
            grace: seconds for a server that has answered to answer otherwise.
            weight: share of the task's points.
        """
        box = self._inspect()
        ports = published(box, port) if box else []
        wanted = f"status {status}" + (f" and the text {text!r}" if text else "")
        name = f"serves {path}" + (f" with the text {text!r}" if text else "")
        if not ports:
            return self._result(
                name,
                False,
                box,
                weight,
                expected=wanted,
                found=f"its port {port} is not published",
                hint=f"docker run -p HOST:{port} …",
                needs_running=True,
            )
        address, host_port = ports[0]
        host = inside.host_of(self._client) if address in EVERYWHERE else address
        url = f"http://{f'[{host}]' if ':' in host else host}:{host_port}{path}"
        passed, page = fetch(url, timeout=timeout, status=status, text=text, grace=grace)
        return self._result(
            name,
            passed,
            box if passed else self._inspect(),
            weight,
            expected=wanted,
            found=str(page),
            hint=f"Try: curl -i {url}",
            needs_running=True,
        )

    @asks_the_daemon
    def log_contains(self, text: str, *, timeout: float = 10, weight: float = 1.0) -> Result:
        """Check what it has written to its standard output or error.

        Args:
            text: looked for in the last 10,000 lines.
            timeout: seconds to wait for it.
            weight: share of the task's points.
        """
        box = self._inspect()

        def read() -> bool:
            log = self._client.api.logs(self.name, tail=LOG_LINES)
            return text in log.decode("utf-8", "replace")

        passed, found = False, "no such line"
        if box is not None:
            try:
                passed = wait_for(read, timeout=timeout if state(box) == "running" else 0)
            except WaitTimeout:
                pass
            except docker.errors.NotFound:
                box = None
            except docker.errors.APIError as error:
                if error.status_code != NO_LOG:
                    raise
                found = "its logging driver keeps no log that can be read"
        return self._result(
            f"has {text!r} in its log",
            passed,
            box,
            weight,
            expected=f"a line with {text!r}",
            found=found,
            hint=f"Read it: docker logs {self.name}",
        )

    @asks_the_daemon
    def exec_prints(
        self, command: list[str], text: str, *, timeout: float = 10, weight: float = 1.0
    ) -> Result:
        """Check what a command prints that is run in the container, and that it succeeds.

        It is run again until it does, since a server may still be starting: let it change nothing.

        Args:
            command: the program and its arguments.
            text: what its output must contain, as words of its own.
            timeout: seconds that all this may take.
            weight: share of the task's points.
        """
        deadline = time.monotonic() + timeout
        box, ran = self._inspect(), Ran(None, "")

        def settled() -> bool:
            nonlocal ran
            left = max(deadline - time.monotonic(), LOOK_AGAIN)
            ran = inside.run(self._client, self.name, command, timeout=left)
            hopeless = ran.code in inside.NOT_A_PROGRAM
            return hopeless or (ran.code == 0 and say(ran.output, text))

        passed = False
        if box is not None and state(box) == "running":
            try:
                passed = wait_for(settled, timeout=timeout, interval=1) and ran.code == 0
            except WaitTimeout:
                passed = False
        return self._result(
            f"`{' '.join(command)}` in it prints {text!r}",
            passed,
            box if passed else self._inspect(),
            weight,
            expected=text,
            found=ran.output.strip() or f"nothing, exit code {ran.code}",
            hint=f"Try: docker exec {self.name} {' '.join(command)}",
            needs_running=True,
        )


def _has_ports(box: Mapping[str, Any] | None) -> bool:
    """Whether it runs, in a network of its own."""
    return (
        box is not None and state(box) == "running" and box["HostConfig"]["NetworkMode"] != "host"
    )
