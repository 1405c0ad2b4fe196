"""Checks of a container's state, and of what it went through."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import docker

from autograder.checks.box import Box, age, state
from autograder.checks.faults import asks_the_daemon
from autograder.checks.history import events_of
from autograder.checks.results import Result
from dockerlab.errors import WaitTimeout
from dockerlab.wait import wait_for

SETTLED = 2.0  # seconds that a container must have run to count as running
SETTLED_AGAIN = 10.0  # seconds after which the daemon, too, takes a restart for a success
SETTLED_BACK = 1.0  # seconds that it must run after a restart of ours
RESTART_TIMEOUT = 1  # seconds that a container may take to stop
CLOCKS_DIFFER = 60.0  # seconds, at most, between our clock and the daemon's


class Lifecycle(Box):
    """Is it there, does it run, has it ended, how did it come to that."""

    @asks_the_daemon
    def exists(self, *, weight: float = 1.0) -> Result:
        """Check that there is such a container, running or not.

        Args:
            weight: share of the task's points.
        """
        box = self._inspect()
        return self._result("exists", box is not None, box, weight, expected="to exist")

    @asks_the_daemon
    def is_running(self, *, weight: float = 1.0) -> Result:
        """Check that it runs, and goes on running.

        One that was started a moment ago is looked at again two seconds after its start: many a
        container starts, finds something missing, and ends. One that the daemon has restarted must
        stay up for ten.

        Args:
            weight: share of the task's points.
        """
        box = self._inspect()
        found = ""
        if box is not None and state(box) == "running" and (left := self._until_settled(box)) > 0:
            time.sleep(left)
            before, box = box, self._inspect()
            if box is not None and box["RestartCount"] != before["RestartCount"]:
                found = f"it ends and is restarted, {box['RestartCount']} times by now"
        passed = box is not None and state(box) == "running" and not found
        return self._result(
            "is running", passed, box, weight, expected="to be running, and stay so", found=found
        )

    @asks_the_daemon
    def comes_back(self, *, weight: float = 1.0) -> Result:
        """Check that it runs again after a restart. One that runs is restarted for that.

        Args:
            weight: share of the task's points.
        """
        box = self._inspect()
        if box is not None and state(box) == "running":
            with contextlib.suppress(docker.errors.APIError):  # it has its reason in its state
                self._client.api.restart(box["Id"], timeout=RESTART_TIMEOUT)
            time.sleep(SETTLED_BACK)
            passed = (box := self._inspect()) is not None and state(box) == "running"
        else:
            passed = False
        return self._result(
            "runs again after a restart",
            passed,
            box,
            weight,
            expected="to be running before, and after",
        )

    @asks_the_daemon
    def is_healthy(self, *, timeout: float = 60, weight: float = 1.0) -> Result:
        """Check that its health check passes. One that has only begun is waited for.

        Args:
            timeout: seconds to wait.
            weight: share of the task's points.
        """
        box = self._inspect()

        def settled() -> bool:
            nonlocal box
            box = self._inspect()
            return _health(box) != "starting"

        with contextlib.suppress(WaitTimeout):
            wait_for(settled, timeout=timeout, interval=0.5)
        health, found, hint = _health(box), "", ""
        if box is not None and not health:
            found, hint = "it has no health check", "Give it one: healthcheck, or --health-cmd"
        elif box is not None and health != "healthy":
            found = f"its health is {health!r}"
            hint = (
                "Read what the check said: docker inspect -f '{{json .State.Health}}' " + self.name
            )
        return self._result(
            "is healthy",
            health == "healthy",
            box,
            weight,
            expected="a health check that passes",
            found=found,
            hint=hint,
            needs_running=True,
        )

    def _until_settled(self, box: Mapping[str, Any]) -> float:
        """Seconds until a running container has run for long enough."""
        started = box["State"]["StartedAt"]
        if age(started) > CLOCKS_DIFFER:
            return 0
        needed = SETTLED_AGAIN if box["RestartCount"] else SETTLED
        since_start = time.time() - datetime.fromisoformat(started).timestamp()
        return min(needed - (since_start + self._task.daemon_ahead), needed)

    @asks_the_daemon
    def is_created(self, *, weight: float = 1.0) -> Result:
        """Check that it was created, and that nobody tried to start it.

        Args:
            weight: share of the task's points.
        """
        box = self._inspect()
        passed = box is not None and state(box) == "created" and not box["State"]["Error"]
        return self._result("is created, not started", passed, box, weight, expected="created")

    @asks_the_daemon
    def has_exited(
        self, code: int | None = None, *, timeout: float = 5, weight: float = 1.0
    ) -> Result:
        """Check that it ran and has ended.

        Args:
            code: its exit code; any, where None.
            timeout: seconds to wait for its end.
            weight: share of the task's points.
        """
        box = self._inspect()

        def ended() -> bool:
            nonlocal box
            box = self._inspect()
            return box is None or state(box) not in ("running", "restarting")

        with contextlib.suppress(WaitTimeout):
            wait_for(ended, timeout=timeout)
        passed = box is not None and state(box) == "exited"
        name, expected = "has exited", "exited"
        if code is not None:
            name = expected = f"has exited with code {code}"
            passed = passed and box is not None and box["State"]["ExitCode"] == code
        return self._result(name, passed, box, weight, expected=expected)

    @asks_the_daemon
    def is_gone(self, *, weight: float = 1.0) -> Result:
        """Check that it was there and has been removed, by the daemon's own record of events.

        That there is none now proves nothing: there may never have been one.

        Args:
            weight: share of the task's points.
        """
        box = self._inspect()
        destroyed = box is None and any(
            event["Action"] == "destroy" for event in events_of(self._client, self.name)
        )
        found = "" if box else "the daemon remembers no container of this name"
        return self._result(
            "was removed",
            destroyed,
            box,
            weight,
            expected="created once, and removed since",
            found=found,
            hint=f"Remove it: docker rm -f {self.name}" if box else "",
        )

    @asks_the_daemon
    def was_started_after(self, other: str, *, by: float = 0, weight: float = 1.0) -> Result:
        """Check that it was last started after another container was.

        Args:
            other: the other container's name.
            by: seconds that must lie between the two starts.
            weight: share of the task's points.
        """
        box, earlier = self._inspect(), Box(self._task, other)._inspect()
        starts = [_started(one) for one in (earlier, box)]
        first, then = starts
        passed = first is not None and then is not None and then - first > timedelta(seconds=by)
        return self._result(
            f"was started {f'{by:g} s ' if by else ''}after {other!r}",
            passed,
            box,
            weight,
            expected=f"{other!r} first, then {self.name!r}{f', {by:g} s later' if by else ''}",
            found=" and ".join(
                f"{name!r} started at {moment:%H:%M:%S.%f}" if moment else f"{name!r} never started"
                for name, moment in zip((other, self.name), starts, strict=True)
            ),
            hint="See when: docker inspect -f '{{.State.StartedAt}}' " + f"{other} {self.name}",
        )

    @asks_the_daemon
    def went_through(self, *actions: str, weight: float = 1.0) -> Result:
        """Check that these events befell it, in this order, whatever came between.

        Args:
            actions: as `docker events` calls them: "create", "start", "stop", "die", "pause" …
            weight: share of the task's points.
        """
        happened = [str(e["Action"]).partition(":")[0] for e in events_of(self._client, self.name)]
        rest = iter(happened)
        return self._result(
            f"went through {', '.join(actions)}",
            all(action in rest for action in actions),
            self._inspect(),
            weight,
            expected=" → ".join(actions),
            found=" → ".join(a for a in happened if not a.startswith("exec"))
            or "no event of this container",
            hint=f"See them: docker events --since 1h --until 0s --filter container={self.name}",
        )


def _health(box: Mapping[str, Any] | None) -> str:
    """What a container's own check says of it; nothing where it is not up or has none."""
    up = box is not None and state(box) in ("running", "paused")
    health = str((box["State"].get("Health") or {}).get("Status", "")) if box and up else ""
    return "" if health == "none" else health  # a check that was switched off


def _started(box: Mapping[str, Any] | None) -> datetime | None:
    """When it was last started; None where it never was."""
    moment = datetime.fromisoformat(box["State"]["StartedAt"]) if box else None
    return moment if moment and moment.year > 1 else None
