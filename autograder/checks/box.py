"""What all checks of a container share: looking at it, and saying what it is doing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import docker

from autograder.checks.named import Named, nearest
from autograder.checks.results import Result

NO_LOG = 501  # the daemon's status where a logging driver keeps nothing to read
SHORT_ID = 12  # characters of an id, as `docker ps` shows it


class Box(Named):
    """A container by its name. Each look asks the daemon anew.

    Args:
        task: collects the results.
        name: the container's name or id.
    """

    def _inspect(self) -> dict[str, Any] | None:
        try:
            box: dict[str, Any] = self._client.api.inspect_container(self.name)
        except docker.errors.NotFound:
            return None
        # The daemon also takes the beginning of an id for a name: "db" may find db3f1c….
        named = box["Name"] == f"/{self.name}"
        return box if named or len(self.name) >= SHORT_ID else None

    def _result(
        self,
        name: str,
        passed: bool,
        box: Mapping[str, Any] | None,
        weight: float,
        *,
        expected: str = "",
        found: str = "",
        hint: str = "",
        needs_running: bool = False,
    ) -> Result:
        """Note a result. Where the container is missing or down, that is what is told first."""
        if passed:
            found = hint = ""
        else:
            condition, advice = self._condition(box)
            if box is None or (needs_running and state(box) != "running"):
                found, hint = condition, advice
            found, hint = found or condition, hint or advice
        return self._task.check(
            f"container {self.name!r} {name}",
            passed,
            expected=expected,
            found=found,
            hint=hint,
            weight=weight,
        )

    def _condition(self, box: Mapping[str, Any] | None) -> tuple[str, str]:
        """What the container is doing, in words, and which command shows more."""
        if box is None:
            others = self._client.api.containers(all=True)
            names = {
                name.lstrip("/"): other["State"] for other in others for name in other["Names"]
            }
            near = nearest(self.name, names)
            also = f"; there is one called {near!r} ({names[near]})" if near else ""
            return f"no container {self.name!r}{also}", "See all containers: docker ps -a"
        now = box["State"]
        if now["Status"] == "exited":
            log = self._log_end(box)
            told = f"; its last log lines are: {log}" if log else "; its log is empty"
            return (
                f"it exited with code {now['ExitCode']} {_ago(now['FinishedAt'])}{told}",
                f"Read why: docker logs {self.name}",
            )
        if now["Status"] == "created":
            why = f": {now['Error']}" if now.get("Error") else ""
            return f"it was created but not started{why}", f"Start it: docker start {self.name}"
        return f"it is {state(box)}", f"Look at it: docker inspect {self.name}"

    def _log_end(self, box: Mapping[str, Any]) -> str:
        """The last three lines of its log; nothing where there is no log to read."""
        try:
            log = self._client.api.logs(box["Id"], tail=3)
        except docker.errors.APIError as error:
            if error.status_code in (404, NO_LOG):  # removed meanwhile, or --log-driver none
                return ""
            raise
        return str(log.decode("utf-8", "replace")).strip()


def state(box: Mapping[str, Any]) -> str:
    """The state as `docker ps` shows it: one that restarts again and again is not up."""
    return "restarting" if box["State"]["Restarting"] else str(box["State"]["Status"])


def published(box: Mapping[str, Any], port: int, protocol: str = "tcp") -> list[tuple[str, int]]:
    """The host's addresses and ports that lead to a port of a running container."""
    ports = box["NetworkSettings"].get("Ports") or {}
    return sorted((b["HostIp"], int(b["HostPort"])) for b in ports.get(f"{port}/{protocol}") or [])


def age(moment: str) -> float:
    """Seconds since a moment as the daemon writes it, by our clock; never negative."""
    return max((datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds(), 0.0)


def _ago(moment: str) -> str:
    seconds = age(moment)
    for unit, length in (("hour", 3600), ("minute", 60)):
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {unit}{'s' * (count > 1)} ago"
    return f"{seconds:.0f} seconds ago"
