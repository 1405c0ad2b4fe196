"""Checks of a container's state, and of what it went through."""

from __future__ import annotations

import time

from autograder.checks.box import Box, age, state
from autograder.checks.faults import asks_the_daemon
from autograder.checks.results import Result

SETTLED = 2.0  # seconds that a container must have run to count as running


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
        container starts, finds something missing, and ends.

        Args:
            weight: share of the task's points.
        """
        box = self._inspect()
        if box is not None and state(box) == "running":
            young = age(box["State"]["StartedAt"])
            if young < SETTLED:
                # Our clock and the daemon's may differ, so never wait longer than that.
                time.sleep(min(SETTLED - young, SETTLED))
                again = self._inspect()
                if again and again["RestartCount"] != box["RestartCount"]:
                    return self._result(
                        "is running",
                        False,
                        again,
                        weight,
                        expected="to stay up",
                        found="it is started again and again",
                    )
                box = again
        passed = box is not None and state(box) == "running"
        return self._result("is running", passed, box, weight, expected="to be running")

    @asks_the_daemon
    def is_created(self, *, weight: float = 1.0) -> Result:
        """Check that it was created, and never started.

        Args:
            weight: share of the task's points.
        """
        box = self._inspect()
        passed = box is not None and state(box) == "created"
        return self._result("is created, not started", passed, box, weight, expected="created")

    @asks_the_daemon
    def has_exited(self, code: int | None = None, *, weight: float = 1.0) -> Result:
        """Check that it ran and has ended.

        Args:
            code: its exit code; any, where None.
            weight: share of the task's points.
        """
        box = self._inspect()
        passed = box is not None and state(box) == "exited"
        name, expected = "has exited", "exited"
        if code is not None:
            name = expected = f"has exited with code {code}"
            passed = passed and box is not None and box["State"]["ExitCode"] == code
        return self._result(name, passed, box, weight, expected=expected)

    @asks_the_daemon
    def is_gone(self, *, weight: float = 1.0) -> Result:
        """Check that it was there and has been removed, by the daemon's own record of events.

        That there is none now proves nothing: there may never have been one. The daemon remembers
        its last 256 events.

        Args:
            weight: share of the task's points.
        """
        box = self._inspect()
        destroyed = any(e["Action"] == "destroy" for e in self._events())
        found = "" if box else "the daemon remembers no container of this name"
        return self._result(
            "was removed",
            box is None and destroyed,
            box,
            weight,
            expected="created once, and removed since",
            found=found,
        )

    @asks_the_daemon
    def went_through(self, *actions: str, weight: float = 1.0) -> Result:
        """Check that these events befell it, in this order, whatever came between.

        Args:
            actions: as `docker events` calls them: "create", "start", "stop", "die", "pause" …
            weight: share of the task's points.
        """
        happened = [str(e["Action"]).partition(":")[0] for e in self._events()]
        rest = iter(happened)
        return self._result(
            f"went through {', '.join(actions)}",
            all(action in rest for action in actions),
            self._inspect(),
            weight,
            expected=" → ".join(actions),
            found=" → ".join(happened) or "no event of this container",
            hint=f"See them: docker events --since 1h --until 0s --filter container={self.name}",
        )
