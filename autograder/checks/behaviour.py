"""Checks of what a container does: listening, serving, logging, running commands."""

from __future__ import annotations

import docker

from autograder.checks import inside
from autograder.checks.box import Box, published, state
from autograder.checks.faults import asks_the_daemon
from autograder.checks.page import fetch
from autograder.checks.results import Result
from dockerlab.errors import WaitTimeout
from dockerlab.wait import wait_for

LOG_LINES = 1000  # lines of a log that are searched


class Behaviour(Box):
    """How the container answers those who use it."""

    @asks_the_daemon
    def accepts_connections(self, port: int, *, timeout: float = 60, weight: float = 1.0) -> Result:
        """Check that something in it listens for TCP connections from outside.

        Args:
            port: of the container, published or not.
            timeout: seconds that a server may take to start.
            weight: share of the task's points.
        """
        box = self._inspect()

        def settled() -> bool:
            nonlocal box
            box = self._inspect()
            return box is None or state(box) != "running" or inside.listens(self._client, box, port)

        try:
            wait_for(settled, timeout=timeout, interval=0.2)
            passed = box is not None and state(box) == "running"
        except WaitTimeout:
            passed = False
        return self._result(
            f"listens on port {port}",
            passed,
            box,
            weight,
            expected=f"a server on port {port} that is open to the network",
            found=f"nothing listens there after {timeout:g} s",
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
        weight: float = 1.0,
    ) -> Result:
        """Check that this very container serves a page, through its published port.

        Args:
            path: of the page.
            port: of the container.
            text: what the page must contain.
            status: the HTTP status code.
            timeout: seconds to wait for it.
            weight: share of the task's points.
        """
        box = self._inspect()
        ports = published(box, port, "tcp")
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
        url = f"http://{inside.host_of(self._client)}:{ports[0]}{path}"
        page = fetch(url, timeout=timeout, status=status, text=text)
        got = page.text if page.status is None else f"status {page.status}: {page.text.strip()}"
        return self._result(
            name,
            page.status == status and text in page.text,
            box,
            weight,
            expected=wanted,
            found=got,
            hint=f"Try: curl -i {url}",
            needs_running=True,
        )

    @asks_the_daemon
    def log_contains(self, text: str, *, timeout: float = 10, weight: float = 1.0) -> Result:
        """Check what it has written to its standard output or error.

        Args:
            text: looked for in the last 1000 lines.
            timeout: seconds to wait for it.
            weight: share of the task's points.
        """
        box = self._inspect()

        def read() -> bool:
            log = self._client.api.logs(self.name, tail=LOG_LINES)
            return text in log.decode("utf-8", "replace")

        passed = False
        if box is not None:
            try:
                passed = wait_for(read, timeout=timeout if state(box) == "running" else 0)
            except WaitTimeout:
                pass
            except docker.errors.NotFound:
                box = None
        return self._result(
            f"has {text!r} in its log",
            passed,
            box,
            weight,
            expected=f"a line with {text!r}",
            found="no such line",
            hint=f"Read it: docker logs {self.name}",
        )

    @asks_the_daemon
    def exec_prints(
        self, command: list[str], text: str, *, timeout: float = 20, weight: float = 1.0
    ) -> Result:
        """Check what a command prints that is run in the container.

        Args:
            command: the program and its arguments.
            text: what its output must contain.
            timeout: seconds that it may take.
            weight: share of the task's points.
        """
        box = self._inspect()
        ran = inside.run(self._client, self.name, command, timeout=timeout)
        return self._result(
            f"`{' '.join(command)}` in it prints {text!r}",
            ran.code == 0 and text in ran.output,
            box,
            weight,
            expected=text,
            found=ran.output.strip() or f"nothing, exit code {ran.code}",
            hint=f"Try: docker exec {self.name} {' '.join(command)}",
            needs_running=True,
        )
