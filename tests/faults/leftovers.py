"""What graders and their sandboxes may leave on a machine."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

import docker
import psutil

from autograder.sandbox.outer import LABEL
from autograder.sandbox.store import Store
from dockerlab.commands import run
from dockerlab.errors import WaitTimeout
from dockerlab.wait import wait_for

PATIENCE = 10  # seconds for the system to finish what has been told to end


def find(
    client: docker.DockerClient, home: Path, graders: Iterable[int], seen: set[psutil.Process]
) -> list[str]:
    """What is left, once what is about to go has gone; nothing where all is well.

    Args:
        client: of the engine that runs sandboxes.
        home: the folder that the sandboxes' disks are in.
        graders: process ids of all graders.
        seen: processes that must have ended.
    """
    left: list[str] = []

    def nothing() -> bool:
        left[:] = _look(client, home, list(graders), seen)
        return not left

    try:
        wait_for(nothing, timeout=PATIENCE, interval=0.5, what="all to be gone")
    except WaitTimeout:
        return left
    with Store(home).opened() as store:
        return [f"disk {name}" for name in store.names()]


def fingerprint(golden: Path) -> str:
    """All files of a golden disk by name, size, mode and time of change, in one number."""
    total = hashlib.sha256(
        run(["btrfs", "property", "get", str(golden), "ro"], timeout=20).encode()
    )
    for top, folders, files in os.walk(golden):
        folders.sort()
        for name in sorted([*folders, *files]):
            about = os.lstat(f"{top}/{name}")
            kept = (
                about.st_size,
                about.st_mode,
                about.st_uid,
                about.st_mtime_ns,
                about.st_ctime_ns,
            )
            total.update(f"{top}/{name}:{kept}\n".encode())
    return total.hexdigest()


def _look(
    client: docker.DockerClient, home: Path, graders: list[int], seen: set[psutil.Process]
) -> list[str]:
    boxes = client.api.containers(all=True, filters={"label": LABEL})
    left = [f"container {box['Names']} {box['Status']}" for box in boxes]
    left += [f"process {process}" for process in seen if _runs(process)]
    left += [f"process {process}" for process in _speaking_of(graders)]
    left += [
        f"folder {folder}"
        for grader in graders
        for folder in Path(tempfile.gettempdir()).glob(f"dl-{grader}-*")
    ]
    if os.path.ismount(home / "sandboxes"):
        left.append("the store's mount")
    if loop := run(["losetup", "--associated", str(home / "sandboxes.btrfs")], timeout=20):
        left.append(f"loop device {loop}")
    return left


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _speaking_of(graders: list[int]) -> list[psutil.Process]:
    """Processes with a grader's folder among their arguments: kernels that run tests."""
    folders = tuple(f"/dl-{grader}-" for grader in graders)
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if any(folder in word for word in process.info["cmdline"] or [] for folder in folders)
    ]
