"""Checks of what an image does: tried in a container that is made for it, and removed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import docker

from autograder.checks import inside
from autograder.checks.box import published
from autograder.checks.faults import asks_the_daemon
from autograder.checks.page import fetch
from autograder.checks.references import identify
from autograder.checks.results import Result
from autograder.checks.words import say
from dockerlab import peek
from dockerlab.errors import WaitTimeout
from dockerlab.wait import wait_for

if TYPE_CHECKING:
    from autograder.checks.task import Task

LABELS = {"autograder": "tries-an-image"}  # of the container that is made for it
LOOK_AGAIN = 0.2  # seconds
LINES = 200  # of a log that are read
LONGEST = 300  # characters of it that are told
SECOND = 1_000_000_000  # nanoseconds, as the daemon counts
NOT_STARTED = "OCI runtime"  # what the daemon's error says where the image is to blame
NO_USER = ("unable to find user", "unable to find group", "no matching entries")


class _NotStarted(Exception):
    """The image's container could not be started, and that is the image's doing."""


class Trial:
    """An image, by what a container of it does.

    Args:
        task: collects the results.
        reference: the image's name, with or without a tag, or its id.
    """

    _task: Task
    reference: str

    @asks_the_daemon
    def prints(
        self,
        text: str,
        *,
        command: Sequence[str] | None = None,
        environment: Mapping[str, str] | None = None,
        name: str = "",
        timeout: float = 10,
        weight: float = 1.0,
    ) -> Result:
        """Check what a container of it prints, and that it ends well.

        Args:
            text: that its output must contain, as words of its own.
            command: what it is told, as after the image's name in `docker run`; else the image's.
            environment: variables that it is given.
            name: of the check, where the plain one would tell too much.
            timeout: seconds that it may run.
            weight: share of the task's points.
        """
        shown = " ".join(
            ["docker run --rm"]
            + [f"-e {key}={value}" for key, value in (environment or {}).items()]
            + [self.reference, *(command or [])]
        )
        return self._tried(
            name or f"image {self.reference!r}: `{shown}` prints {text!r}",
            lambda image_id: self._run(image_id, text, command, environment, timeout),
            expected=f"{text!r}, and exit code 0",
            hint=f"Try: {shown}",
            weight=weight,
        )

    @asks_the_daemon
    def would_serve(
        self,
        path: str = "/",
        *,
        port: int = 80,
        text: str = "",
        timeout: float = 15,
        weight: float = 1.0,
    ) -> Result:
        """Check that a new container of it serves a page, told nothing but to publish its port.

        Args:
            path: of the page.
            port: of the container.
            text: what the page must contain, as words of its own.
            timeout: seconds to wait for it.
            weight: share of the task's points.
        """
        client = self._task.client

        def visit(image_id: str) -> tuple[bool, str]:
            ports = client.api.create_host_config(port_bindings={port: None})
            with self._started(image_id, host_config=ports, ports=[port]) as box:
                return _page(client, box, port, path, text, timeout)

        return self._tried(
            f"a new container of {self.reference!r} serves {path}"
            + (f" with the text {text!r}" if text else ""),
            visit,
            expected="status 200" + (f" and the text {text!r}" if text else ""),
            hint=f"Try: docker run --rm -p 8099:{port} {self.reference}, and curl "
            f"http://127.0.0.1:8099{path}",
            weight=weight,
        )

    @asks_the_daemon
    def notices_a_missing_server(self, *, timeout: float = 20, weight: float = 1.0) -> Result:
        """Check that its health check fails in a container where nothing serves.

        Args:
            timeout: seconds that it may take.
            weight: share of the task's points.
        """
        hint = "In the Dockerfile: HEALTHCHECK CMD, and a command that asks for a page"
        return self._tried(
            f"the health check of {self.reference!r} fails where no server runs",
            lambda image_id: self._falls_ill(image_id, timeout),
            expected="'unhealthy' in a container that only sleeps",
            hint=hint,
            missing=hint,
            weight=weight,
        )

    @asks_the_daemon
    def holds(self, path: str, *, text: str = "", weight: float = 1.0) -> Result:
        """Check a file that a container of it would have. Nothing is started for it.

        Args:
            path: of the file.
            text: what it must contain, as words of its own.
            weight: share of the task's points.
        """
        said = self.content(path)
        found = f"it says {said.strip()[:LONGEST]!r}" if said is not None else "no such file"
        if identify(self._task.client, self.reference) is None:
            found = "no such image"
        return self._task.check(
            f"image {self.reference!r} has {path}" + (f" that says {text!r}" if text else ""),
            said is not None and say(said, text),
            expected=f"a file {path}" + (f" that says {text!r}" if text else ""),
            found=found,
            hint=f"Look at it: docker run --rm --entrypoint cat {self.reference} {path}",
            weight=weight,
        )

    @asks_the_daemon
    def content(self, path: str) -> str | None:
        """What a file of the image says; None where there is no such image or file.

        Args:
            path: of the file.
        """
        client = self._task.client
        image_id = identify(client, self.reference)
        if image_id is None:
            return None
        box = client.api.create_container(image_id, ["-"], labels=LABELS)["Id"]
        try:
            file = (peek.container(client, box, path) or {}).get("")
        finally:
            client.api.remove_container(box, force=True, v=True)
        return file.data.decode("utf-8", "replace") if file and file.kind == "file" else None

    def _tried(
        self,
        name: str,
        trying: Callable[[str], tuple[bool, str]],
        *,
        expected: str,
        hint: str,
        missing: str = "See what there is: docker images",
        weight: float,
    ) -> Result:
        """Note what comes of trying the image, whose id `trying` is given."""
        image_id = identify(self._task.client, self.reference)
        passed, found = False, "no such image"
        if image_id is not None:
            try:
                passed, found = trying(image_id)
            except _NotStarted as error:
                found = str(error)
        hint = missing if image_id is None else hint
        return self._task.check(
            name, passed, expected=expected, found=found, hint=hint, weight=weight
        )

    def _run(
        self,
        image_id: str,
        text: str,
        command: Sequence[str] | None,
        environment: Mapping[str, str] | None,
        timeout: float,
    ) -> tuple[bool, str]:
        client = self._task.client
        told = None if command is None else list(command)
        with self._started(image_id, command=told, environment=dict(environment or {})) as box:

            def ended() -> bool:
                state = client.api.inspect_container(box)["State"]
                return str(state["Status"]) == "exited"

            try:
                wait_for(ended, timeout=timeout, interval=LOOK_AGAIN)
            except WaitTimeout:
                said = _said(client, box)
                return False, f"it has not ended after {timeout:g} s; it says {said}"
            code = client.api.inspect_container(box)["State"]["ExitCode"]
            log = client.api.logs(box, tail=LINES).decode("utf-8", "replace")
            ends = f", exit code {code}" if code else ""
            return code == 0 and say(log, text), _said(client, box) + ends

    def _falls_ill(self, image_id: str, timeout: float) -> tuple[bool, str]:
        client = self._task.client
        check = client.api.inspect_image(image_id)["Config"].get("Healthcheck") or {}
        if (check.get("Test") or ["NONE"])[0] == "NONE":
            return False, "no HEALTHCHECK"
        often = {
            "interval": SECOND,
            "timeout": 5 * SECOND,
            "retries": 1,
            "start_period": SECOND // 1000,
        }
        health = ""

        def settled() -> bool:
            nonlocal health
            state = client.api.inspect_container(box)["State"]
            health = str((state.get("Health") or {}).get("Status", state["Status"]))
            return health != "starting"

        with self._started(
            image_id, entrypoint=["sleep"], command=["60"], healthcheck=often
        ) as box:
            try:
                wait_for(settled, timeout=timeout, interval=LOOK_AGAIN)
            except WaitTimeout:
                return False, f"the check has not answered after {timeout:g} s"
        return health == "unhealthy", f"{health!r}, though nothing serves there"

    @contextmanager
    def _started(self, image_id: str, **options: Any) -> Iterator[str]:
        """A container of it that has been started; gone in the end."""
        client = self._task.client
        try:
            box = client.api.create_container(image_id, labels=LABELS, **options)["Id"]
        except docker.errors.APIError as error:
            if error.status_code == 400:  # an image without any command
                raise _NotStarted(str(error.explanation)) from error
            raise
        try:
            try:
                client.api.start(box)
            except docker.errors.APIError as error:
                why = str(error.explanation)
                if error.status_code == 400 or NOT_STARTED in why or any(n in why for n in NO_USER):
                    raise _NotStarted(f"it cannot be started: {why[-LONGEST:]}") from error
                raise
            yield box
        finally:
            client.api.remove_container(box, force=True, v=True)


def _said(client: docker.DockerClient, box: str) -> str:
    log = client.api.logs(box, tail=LINES).decode("utf-8", "replace").strip()
    return repr(log[-LONGEST:]) if log else "nothing"


def _page(
    client: docker.DockerClient, box: str, port: int, path: str, text: str, timeout: float
) -> tuple[bool, str]:
    ports = published(client.api.inspect_container(box), port)
    if not ports:
        state = client.api.inspect_container(box)["State"]
        return False, f"it has ended, with exit code {state['ExitCode']}: {_said(client, box)}"
    url = f"http://{inside.host_of(client)}:{ports[0][1]}{path}"
    passed, page = fetch(url, timeout=timeout, text=text)
    if not passed and client.api.inspect_container(box)["State"]["Status"] == "exited":
        return False, f"it has ended: {_said(client, box)}"
    return passed, str(page)
