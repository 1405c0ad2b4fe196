"""Checks of what is mounted in a container."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.checks.box import Box
from autograder.checks.faults import asks_the_daemon
from autograder.checks.results import Result


class Mounts(Box):
    """Which volumes the container has, and where."""

    @asks_the_daemon
    def mounts(
        self, volume: str, at: str, *, read_only: bool | None = None, weight: float = 1.0
    ) -> Result:
        """Check that it has a named volume at a path.

        Args:
            volume: its name.
            at: the path in the container.
            read_only: whether the container may only read it; either, where None.
            weight: share of the task's points.
        """
        box = self._inspect()
        here = [m for m in _mounts(box) if _path(m["Destination"]) == _path(at)]
        named = [m for m in here if m["Type"] == "volume" and m["Name"] == volume]
        wanted = f"-v {volume}:{at}" + (":ro" if read_only else "")
        hint = f"Volumes are chosen when a container is made: docker run {wanted}"
        if named and read_only is False:
            hint = f"The container may only read it: leave out :ro, as in {wanted}"
        elif any(m["Type"] == "bind" and m["Source"].endswith(f"/{volume}") for m in here):
            hint = f"A name with a slash before it is a folder of the host: {wanted} has none"
        what = f"the volume {volume} at {at}"
        return self._mounted(what, named, read_only, box, weight, wanted, hint)

    @asks_the_daemon
    def binds(
        self, folder: str, at: str, *, read_only: bool | None = None, weight: float = 1.0
    ) -> Result:
        """Check that it has a folder of the host at a path.

        Args:
            folder: how the folder's path ends ("site/pages").
            at: the path in the container.
            read_only: whether the container may only read it; either, where None.
            weight: share of the task's points.
        """
        box = self._inspect()
        here = [m for m in _mounts(box) if _path(m["Destination"]) == _path(at)]
        bound = [m for m in here if m["Type"] == "bind" and _ends_with(m["Source"], folder)]
        wanted = f'-v "$PWD/{folder}":{at}' + (":ro" if read_only else "")
        if bound:
            hint = f"Only the end of the option is another one: {wanted}"
        elif any(m["Type"] == "volume" for m in here):
            hint = f"A name before the colon is a volume, a whole path is a folder: {wanted}"
        else:
            hint = f"Folders are mounted when a container is made: docker run {wanted}"
        what = f"the folder {folder} at {at}"
        return self._mounted(what, bound, read_only, box, weight, wanted, hint)

    def _mounted(
        self,
        what: str,
        found: list[Mapping[str, Any]],
        read_only: bool | None,
        box: dict[str, Any] | None,
        weight: float,
        wanted: str,
        hint: str,
    ) -> Result:
        """Whether one of the mounts that were found may be read, or written, as is wanted."""
        return self._result(
            f"has {what}"
            + ("" if read_only is None else " to read only" if read_only else " to write"),
            any(read_only is None or m["RW"] is not read_only for m in found),
            box,
            weight,
            expected=wanted,
            found=" ".join(_shown(m) for m in _mounts(box)) or "nothing is mounted in it",
            hint=hint,
        )


def _mounts(box: dict[str, Any] | None) -> list[Mapping[str, Any]]:
    return box["Mounts"] if box else []


def _ends_with(path: str, end: str) -> bool:
    parts, wanted = path.replace("\\", "/").split("/"), end.strip("/").split("/")
    return parts[-len(wanted) :] == wanted


def _shown(mount: Mapping[str, Any]) -> str:
    """A mount as the option that makes it; a volume without a name has 64 digits for one."""
    source = str(mount.get("Name") or mount["Source"])
    anonymous = len(source) == 64 and set(source) <= set("0123456789abcdef")
    readable = "" if mount["RW"] else ":ro"
    if mount["Type"] == "tmpfs":
        return f"--tmpfs {mount['Destination']}"
    return f"-v {'' if anonymous else f'{source}:'}{mount['Destination']}{readable}"


def _path(path: str) -> str:
    return path.rstrip("/") or "/"
