"""The folders that overlayfs lays on one another to make a container's root file system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import docker


@dataclass(frozen=True)
class Overlay:
    """The folders of one container, on the daemon's machine.

    Attributes:
        lower: of the image's layers, the top one first; they are only read.
        upper: the write layer.
        merged: what the container sees as its root; empty where the engine does not tell.
    """

    lower: tuple[str, ...]
    upper: str
    merged: str


def overlay(client: docker.DockerClient, container: str) -> Overlay | None:
    """The folders of a container.

    An engine with Docker's own image store tells them when asked. One that leaves images to
    containerd does not, but the kernel's mount table in a running container does.

    Args:
        client: of the engine.
        container: its name or id.

    Returns:
        None where neither tells: another storage driver, or a container that does not run.

    Raises:
        docker.errors.APIError: there is no such container, or the daemon has trouble.
    """
    box = client.api.inspect_container(container)
    told: dict[str, Any] = (box.get("GraphDriver") or {}).get("Data") or {}
    if "UpperDir" in told:
        lower = tuple(told["LowerDir"].split(":"))
        return Overlay(lower, told["UpperDir"], told.get("MergedDir", ""))
    if not box["State"]["Running"]:
        return None
    look = client.api.exec_create(container, ["cat", "/proc/mounts"])["Id"]
    return from_mounts(client.api.exec_start(look).decode())


def from_mounts(table: str) -> Overlay | None:
    """The folders as the kernel's table of mounts (/proc/mounts) tells them.

    Args:
        table: of a container.
    """
    for line in table.splitlines():
        _, target, kind, options, *_ = [*line.split(), "", "", "", ""]
        if target != "/" or kind != "overlay":
            continue
        pairs = [option.partition("=")[::2] for option in options.split(",")]
        lower = ":".join(value for key, value in pairs if key in ("lowerdir", "lowerdir+"))
        upper = dict(pairs).get("upperdir", "")
        return Overlay(tuple(lower.split(":")), upper, "") if upper else None
    return None
