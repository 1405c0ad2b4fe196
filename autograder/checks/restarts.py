"""Checks of whether a container comes back."""

from __future__ import annotations

import docker

from autograder.checks.box import Box, state
from autograder.checks.faults import asks_the_daemon
from autograder.checks.results import Result
from dockerlab.errors import WaitTimeout
from dockerlab.wait import wait_for

GRACE = 5  # seconds for a program to end by itself
UP_AGAIN = 20  # seconds


class Restarts(Box):
    """What becomes of it when its program ends, and when it is started anew."""

    @asks_the_daemon
    def has_restart_policy(
        self, policy: str, *, retries: int | None = None, weight: float = 1.0
    ) -> Result:
        """Check what the daemon does when its program ends.

        Args:
            policy: "no", "on-failure", "always" or "unless-stopped".
            retries: how often at most, for "on-failure"; any, where None.
            weight: share of the task's points.
        """
        box = self._inspect()
        told = box["HostConfig"].get("RestartPolicy") or {} if box else {}
        name, most = told.get("Name") or "no", told.get("MaximumRetryCount") or 0
        wanted = policy if retries is None else f"{policy}:{retries}"
        return self._result(
            f"has the restart policy {wanted}",
            box is not None and name == policy and retries in (None, most),
            box,
            weight,
            expected=f"--restart {wanted}",
            found=f"--restart {name}" + (f":{most}" if most else ""),
            hint="It is chosen by docker run --restart …, and can be changed by docker update",
        )

    @asks_the_daemon
    def can_be_restarted(self, *, weight: float = 1.0) -> Result:
        """Restart it, and check that it is up again. One that is not up is left as it is.

        Args:
            weight: share of the task's points.
        """
        box, found = self._inspect(), ""
        if box is not None and state(box) == "running":
            try:
                self._client.api.restart(box["Id"], timeout=GRACE)
            except docker.errors.APIError as error:
                found = f"the daemon says: {error.explanation}"

            def up() -> bool:
                nonlocal box
                box = self._inspect()
                return box is not None and state(box) == "running"

            try:
                passed = not found and wait_for(up, timeout=UP_AGAIN)
            except WaitTimeout:
                passed = False
        else:
            passed = False
        return self._result(
            "comes up again after a restart",
            passed,
            box,
            weight,
            expected="running after docker restart",
            found=found,
            hint=f"Try: docker restart {self.name}, then docker logs {self.name}",
            needs_running=True,
        )
