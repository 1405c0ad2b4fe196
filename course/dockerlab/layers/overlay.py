"""Where an engine keeps a container's files: the image's layers, its own on top, both merged."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import docker

KINDS = {"directory": "folder", "character special file": "whiteout"}
FIND = "cd /look && find . -mindepth 1 -exec stat -c '%F|%n' {} +"


@dataclass(frozen=True)
class Overlay:
    """The directories of a running container, as paths where the daemon runs.

    Attributes:
        lower: of the image's layers, the uppermost first; nothing writes to them.
        upper: of what the container itself has written.
        merged: of what the container sees; None where it is not known.
    """

    lower: tuple[str, ...]
    upper: str
    merged: str | None = None


def overlay(client: docker.DockerClient, container: str) -> Overlay | None:
    """Ask for a running container's directories.

    Engines with a storage driver tell them in `inspect`; of one with containerd's image store, the
    mount table inside the container is read.

    Args:
        client: of the engine.
        container: name or id; `cat` is run in it where inspect does not tell.

    Returns:
        The directories, or None where the engine uses no overlay file system.

    Raises:
        docker.errors.APIError: the daemon has trouble.
    """
    told = client.api.inspect_container(container).get("GraphDriver") or {}
    data = told.get("Data") or {}
    if data.get("UpperDir"):
        return Overlay(tuple(data["LowerDir"].split(":")), data["UpperDir"], data.get("MergedDir"))
    box = client.containers.get(container)
    table = cast(bytes, box.exec_run(["cat", "/proc/self/mounts"]).output)
    return of_mount(table.decode(errors="replace"))


def of_mount(table: str) -> Overlay | None:
    """The directories by a container's own mount table; None where its root is no overlay."""
    root = re.search(r"^\S+ / overlay (\S+)", table, re.MULTILINE)
    options = dict(word.partition("=")[::2] for word in root[1].split(",")) if root else {}
    if not options.get("upperdir"):
        return None
    return Overlay(tuple(options.get("lowerdir", "").split(":")), options["upperdir"])


def look(client: docker.DockerClient, folder: str, labels: Mapping[str, str]) -> list[str] | None:
    """List a folder where the daemon runs, through a container that sees it, read-only.

    So it works for those, too, who may not read the engine's files themselves.

    Args:
        client: of the engine.
        folder: its path there.
        labels: for that container, which is gone afterwards.

    Returns:
        What is in it, such as "file /etc/group", sorted by path; a "whiteout" hides a file below.
        None where the daemon does not show the folder.
    """
    try:
        listed = client.containers.run(
            "busybox",
            ["sh", "-c", FIND],
            volumes={folder: {"bind": "/look", "mode": "ro"}},
            network_mode="none",
            labels=dict(labels),
            remove=True,
        )
    except docker.errors.DockerException:
        return None
    pairs = [line.partition("|")[::2] for line in listed.decode(errors="replace").splitlines()]
    names = {path.removeprefix("."): KINDS.get(kind, "file") for kind, path in pairs}
    return [f"{names[path]} {path}" for path in sorted(names)]
