"""The containers of a compose project as the daemon has them, and when each came up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import docker

from dockerlab.compose import NUMBER, ONE_OFF, PROJECT, SERVICE

NEVER = "0001-01-01"  # how the daemon writes that something has not happened


@dataclass(frozen=True)
class Replica:
    """One container of a service.

    Attributes:
        id: of the container.
        service: whose it is.
        number: which of the service's, from 1.
        state: "created", "running", "exited" …
        health: "starting", "healthy" or "unhealthy"; nothing without a health check.
        exit_code: of one that has exited, else None.
        ports: of the machine that lead to it.
        created, started, healthy: when, as seconds since 1970 by the daemon's clock; None for
            what has not happened (or, of `healthy`, what nobody saw).
    """

    id: str
    service: str
    number: int
    state: str
    health: str
    exit_code: int | None
    ports: tuple[int, ...]
    created: float
    started: float | None
    healthy: float | None

    @property
    def words(self) -> str:
        """Its state in words: "running, healthy"."""
        if self.state == "running" and self.health:
            return f"running, {self.health}"
        if self.state == "exited":
            return f"exited ({self.exit_code})"
        return self.state


class Replicas:
    """A project's containers; it remembers when each was first seen healthy.

    Args:
        client: of the engine.
        project: its name.
    """

    def __init__(self, client: docker.DockerClient, project: str) -> None:
        self._client = client
        self._filters = {"label": [f"{PROJECT}={project}", ONE_OFF]}
        self._healthy: dict[tuple[str, float | None], float] = {}

    def look(self) -> list[Replica]:
        """The containers that there are now, by service and number.

        Raises:
            docker.errors.APIError: the daemon has trouble.
        """
        found = []
        for listed in self._client.api.containers(all=True, filters=self._filters):
            try:
                facts = self._client.api.inspect_container(listed["Id"])
            except docker.errors.NotFound:  # it has just gone
                continue
            found.append(self._remembered(replica(facts)))
        return sorted(found, key=lambda one: (one.service, one.number))

    def _remembered(self, seen: Replica) -> Replica:
        """With the moment of its first health since it was started."""
        key = seen.id, seen.started
        if seen.healthy is not None:
            self._healthy.setdefault(key, seen.healthy)
        if seen.health != "healthy":
            return seen
        return replace(seen, healthy=self._healthy.get(key))


def replica(facts: Mapping[str, Any]) -> Replica:
    """What the daemon's answer to `inspect` says of a project's container."""
    state, labels = facts["State"], facts["Config"]["Labels"]
    health = state.get("Health") or {}
    passed = [probe["End"] for probe in health.get("Log") or [] if probe["ExitCode"] == 0]
    ports = (facts["NetworkSettings"].get("Ports") or {}).values()
    return Replica(
        id=facts["Id"],
        service=labels[SERVICE],
        number=int(labels[NUMBER]),
        state=state["Status"],
        health=health.get("Status", ""),
        exit_code=state["ExitCode"] if state["Status"] == "exited" else None,
        ports=tuple(sorted({int(way["HostPort"]) for ways in ports for way in ways or []})),
        created=seconds(facts["Created"]),
        started=None if state["StartedAt"].startswith(NEVER) else seconds(state["StartedAt"]),
        healthy=min(map(seconds, passed), default=None),
    )


def seconds(moment: str) -> float:
    """A moment as the daemon writes it, in seconds since 1970."""
    return datetime.fromisoformat(moment).timestamp()
