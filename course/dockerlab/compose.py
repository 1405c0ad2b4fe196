"""Compose files: what stands in one, and the docker command that acts on it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dockerlab.commands import run
from dockerlab.errors import CommandFailed, ToolMissing

PROJECT = "com.docker.compose.project"  # the labels that Compose gives what it makes
SERVICE = "com.docker.compose.service"
NUMBER = "com.docker.compose.container-number"
ONE_OFF = "com.docker.compose.oneoff=False"  # not of a `docker compose run`
ERASE = "\x1b[2K"  # `logs` begins with it, even where nobody sees
TIMEOUT = 180  # seconds that a command may take
OLDEST = (2, 23)  # the first with `content` in configs


@dataclass(frozen=True)
class Service:
    """One service of a file.

    Attributes:
        name: its name, which is its host name in the project's network, too.
        image: that its containers run.
        needs: services that are started before it, each with what is waited for: "started",
            "healthy" or "completed".
        volumes: names of the volumes that it mounts, without the project's name.
        profiles: it is left out unless one of these is asked for; none for a plain service.
    """

    name: str
    image: str
    needs: Mapping[str, str]
    volumes: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What a file asks for.

    Attributes:
        project: the name that all that is made of it begins with.
        services: by name.
    """

    project: str
    services: Mapping[str, Service]

    def depth(self, name: str) -> int:
        """How many services, one after the other, are started before this one."""
        needs = self.services[name].needs
        return 1 + max((self.depth(other) for other in needs if other in self.services), default=-1)


def version() -> str:
    """The version of `docker compose`.

    Raises:
        ToolMissing: it is not there, or too old for the lessons' files.
    """
    try:
        found = run(["docker", "compose", "version", "--short"], timeout=30).strip().lstrip("v")
    except CommandFailed as error:
        raise ToolMissing(
            "There is no `docker compose` here. It comes with Docker Desktop; on Linux install the "
            "package docker-compose-plugin (Debian: docker-compose)."
        ) from error
    if tuple(int(part) for part in found.split("-")[0].split(".")[:2]) < OLDEST:
        raise ToolMissing(
            f"`docker compose` is {found}; the lesson's files need at least "
            f"{OLDEST[0]}.{OLDEST[1]}."
        )
    return found


def compose(file: Path, *words: str, timeout: float = TIMEOUT) -> str:
    """Run `docker compose` on a file, and return what it prints.

    Args:
        file: the compose file.
        words: the command and its arguments, such as "up", "--detach".
        timeout: seconds until it is killed.

    Raises:
        CommandFailed: Compose refuses, or a container does not come up.
    """
    command = ["docker", "compose", "--progress", "plain", "--file", str(file), *words]
    return run(command, timeout=timeout).replace(ERASE, "")


def read(file: Path) -> Plan:
    """What a file asks for, as Compose itself understands it: variables filled in, all checked.

    Raises:
        CommandFailed: Compose does not accept it.
    """
    return plan(json.loads(compose(file, "--profile", "*", "config", "--format", "json")))


def plan(config: Mapping[str, Any]) -> Plan:
    """The same from what `docker compose config --format json` prints."""
    services = {
        name: Service(
            name,
            image=told.get("image", "built here"),
            needs={
                other: how["condition"].removeprefix("service_").removesuffix("_successfully")
                for other, how in (told.get("depends_on") or {}).items()
            },
            volumes=tuple(
                mount["source"]
                for mount in told.get("volumes") or []
                if mount["type"] == "volume" and "source" in mount
            ),
            profiles=tuple(told.get("profiles") or ()),
        )
        for name, told in sorted(config["services"].items())
    }
    return Plan(config["name"], services)
