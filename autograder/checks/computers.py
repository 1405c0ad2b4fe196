"""Checks of a swarm whose computers are containers, with an engine in each (`dockerlab.swarm`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, suppress

import docker
import requests
import urllib3

from autograder.checks import inside
from autograder.checks.box import Box, state
from autograder.checks.faults import asks_the_daemon
from autograder.checks.inside import Ran
from autograder.checks.results import Result
from autograder.checks.task import Task
from dockerlab import swarm
from dockerlab.errors import WaitTimeout
from dockerlab.wait import wait_for

SILENCE = (
    docker.errors.DockerException,
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    OSError,
)
ANSWER_TIMEOUT = 30  # seconds that an engine in a container may be silent
LOOK_AGAIN = 0.5  # seconds


class Computers:
    """The containers that are a swarm's computers; each has its name for a host name.

    What befalls the engines in them is the student's doing, and no fault of the engine around.

    Args:
        task: collects the results; its client is of the engine around.
        manager: the name of the computer whose engine is asked.
    """

    def __init__(self, task: Task, manager: str) -> None:
        self._task = task
        self._outer = task.client
        self._manager = manager

    @asks_the_daemon
    def are_managed(self) -> bool:
        """Whether the manager answers. From then on, all checks of the task ask it.

        Where it does not, a check that fails says so.
        """
        box = Box(self._task, self._manager)._inspect()
        found, hint = "", f"See what runs: docker ps -a, and docker logs {self._manager}"
        if box is None or state(box) != "running":
            found = f"the container {self._manager} " + ("is gone" if box is None else state(box))
        else:
            inner = swarm.client_inside(self._outer, self._manager, timeout=ANSWER_TIMEOUT)
            try:
                inner.nodes.list()
            except SILENCE as error:
                said = getattr(error, "explanation", "") or "its engine does not answer"
                found, hint = str(said), f"Ask it: docker exec {self._manager} docker node ls"
            else:
                self._task.client = inner
                return True
        self._task.check(
            f"{self._manager} manages a swarm",
            False,
            expected="an engine that answers for its swarm",
            found=found,
            hint=hint + "; the first cell of the notebook makes all anew",
        )
        return False

    @asks_the_daemon
    def are_up(self, names: Sequence[str], *, timeout: float = 5) -> dict[str, swarm.Computer]:
        """The nodes of the swarm by name, once these are ready, or when the time is over.

        Args:
            names: of the computers that are waited for.
            timeout: seconds that a node which has joined may take.
        """
        found: dict[str, swarm.Computer] = {}

        def settled() -> bool:
            found.clear()
            found.update({one.name: one for one in swarm.look(self._task.client).computers})
            return all(name not in found or found[name].state == "ready" for name in names)

        with suppress(WaitTimeout):
            wait_for(settled, timeout=timeout, interval=LOOK_AGAIN)
        return found

    @asks_the_daemon
    def replace(self, service: str, *, timeout: float = 25, weight: float = 1.0) -> Result:
        """Check that a task whose container is killed is followed by another one.

        Args:
            service: whose first running task is killed.
            timeout: seconds until all run, and again until as many run as before.
            weight: share of the task's points.
        """
        with suppress(WaitTimeout):  # they may have been asked for a moment ago
            wait_for(lambda: self._all_run(service), timeout=timeout, interval=LOOK_AGAIN)
        before = list(self._running(service))
        killed = before[0].id if before and self._kill(before[0]) else ""
        after: list[swarm.Task] = []

        def mended() -> bool:
            nonlocal after
            after = list(self._running(service))
            return len(after) >= len(before) and all(one.id != killed for one in after)

        passed = False
        if killed:
            with suppress(WaitTimeout):
                passed = wait_for(mended, timeout=timeout, interval=LOOK_AGAIN)
        return self._task.check(
            f"service {service!r} replaces a task that is killed",
            passed,
            expected="as many running tasks as before",
            found=f"{len(after)} running, {timeout:g} s after one of {len(before)} was killed"
            if killed
            else "no task runs that could be killed",
            hint="What does it do when a task ends? See its restart policy: "
            f"docker service inspect --pretty {service}",
            weight=weight,
        )

    @asks_the_daemon
    def run(self, service: str, command: list[str], *, timeout: float = 20) -> Ran:
        """Run a command in a service's first running task, on whichever computer.

        Args:
            service: its name.
            command: the program and its arguments.
            timeout: seconds to wait for a task that runs.
        """

        def ran() -> Ran | None:
            for one in self._running(service):
                with closing(swarm.client_inside(self._outer, one.node)) as inner:
                    try:
                        return inside.run(inner, one.container, command, timeout=5)
                    except SILENCE:
                        continue  # it has just ended, or its computer has
            return None

        try:
            return wait_for(ran, timeout=timeout, interval=LOOK_AGAIN)
        except WaitTimeout:
            return Ran(None, "no task of it runs")

    def _all_run(self, service: str) -> bool:
        """Whether no task is still to come; also where there is no such service."""
        return all(one.runs for one in swarm.look(self._task.client).of(service))

    def _running(self, service: str) -> Iterator[swarm.Task]:
        return (one for one in swarm.look(self._task.client).of(service) if one.runs)

    def _kill(self, one: swarm.Task) -> bool:
        with closing(swarm.client_inside(self._outer, one.node)) as inner:
            try:
                inner.api.kill(one.container)
            except SILENCE:
                return False
        return True
