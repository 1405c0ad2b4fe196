"""Where sandboxes keep their disks: a btrfs file system in a file, with snapshots and quotas.

A snapshot costs no time and no space, the original cannot be changed through it, and a quota holds
for all that is written in it.

    sandboxes.btrfs      the file
    sandboxes/           where it is mounted while somebody uses it
    ├── golden-KEY       all images of the course, as an engine keeps them; read-only
    └── ID               one sandbox's disk
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from autograder.sandbox.counting import Counting
from autograder.sandbox.errors import SandboxUnavailable
from dockerlab.commands import run
from dockerlab.engine import packages
from dockerlab.errors import CommandFailed, EngineStartError

BIGGEST = 60e9  # bytes that the file may grow to
SMALLEST = 6e9
TIMEOUT = 300  # seconds for one command: a removal waits for the disk
TOP = 256  # inode of a subvolume's top folder, in every btrfs


class Store:
    """Disks for sandboxes, below a folder of the course's own. Needs Linux and root.

    Args:
        home: that folder.
        say: told what is being done, a line each.
    """

    def __init__(self, home: Path, say: Callable[[str], None] = lambda line: None) -> None:
        self.home = home
        self.image = home / "sandboxes.btrfs"
        self.mount = home / "sandboxes"
        self._say = say

    @contextlib.contextmanager
    def opened(self) -> Iterator[Store]:
        """Mount the store while it is used, by this process or by others.

        Raises:
            SandboxUnavailable: this machine has no place for it, or cannot mount it.
        """
        self._check()
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "sandboxes.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
            while not os.path.ismount(self.mount):
                fcntl.flock(lock, fcntl.LOCK_EX)
                try:
                    if not os.path.ismount(self.mount):
                        self._mount()
                except (CommandFailed, EngineStartError, OSError) as error:
                    raise SandboxUnavailable(
                        f"The sandboxes' disk cannot be mounted: {error} A kernel with btrfs and "
                        "a free loop device is needed."
                    ) from error
                fcntl.flock(lock, fcntl.LOCK_SH)  # not in one step: look once more
            try:
                self._counting = Counting(self.mount)
                yield self
            finally:
                self._close(lock.fileno())

    def remove(self) -> None:
        """Forget all disks. Nobody may be using the store."""
        if os.path.ismount(self.mount):
            run(["umount", str(self.mount)], timeout=TIMEOUT)
        self.image.unlink(missing_ok=True)

    def golden(self, key: str) -> Path | None:
        """The frozen disk of this key, where there is one."""
        folder = self.mount / f"golden-{key}"
        return folder if folder.is_dir() else None

    def new(self, name: str) -> Path:
        """Make an empty disk. An old one of this name goes.

        Args:
            name: the disk's.
        """
        self.delete(name)
        self._btrfs("subvolume", "create", str(self.mount / name))
        return self.mount / name

    def freeze(self, name: str, key: str) -> Path:
        """Make a disk the golden one of this key. Older golden disks go.

        Args:
            name: of the disk that becomes golden.
            key: what its contents follow from.
        """
        for old in self.mount.glob("golden-*"):
            self.delete(old.name)
        golden = self.mount / f"golden-{key}"
        self._btrfs("subvolume", "snapshot", "-r", str(self.mount / name), str(golden))
        self.delete(name)
        self._btrfs("subvolume", "sync", str(self.mount))  # its space and its quota go now
        return golden

    def snapshot(self, golden: Path, name: str, quota: float) -> Path:
        """Make a disk that starts as a golden one.

        Args:
            golden: the disk to start from.
            name: of the new one.
            quota: bytes that may be written to it.
        """
        self.recount()
        disk = self.mount / name
        self._btrfs("subvolume", "snapshot", str(golden), str(disk))
        # -e: what the snapshot has to itself; what it shares with the golden disk is free.
        self._btrfs("qgroup", "limit", "-e", str(int(quota)), str(disk))
        return disk

    def recount(self) -> None:
        """Let btrfs count anew what is written, if it has lost count: no quota holds till then."""
        self._counting.recount()

    def names(self) -> list[str]:
        """The disks of sandboxes, in use or left behind."""
        return [d.name for d in self.mount.iterdir() if not d.name.startswith("golden-")]

    def written(self, name: str) -> int:
        """Bytes that a disk has to itself."""
        self._btrfs("filesystem", "sync", str(self.mount))
        shown = self._btrfs("qgroup", "show", "--raw", "-f", str(self.mount / name))
        return int(shown.splitlines()[-1].split()[2])

    def delete(self, name: str) -> None:
        """Delete a disk, if there is one."""
        disk = self.mount / name
        if not disk.is_dir():
            return
        if disk.stat().st_ino == TOP:
            self._btrfs("subvolume", "delete", str(disk))
        else:  # a plain folder: the engine made it, for a container that came after its disk went
            shutil.rmtree(disk)

    def _btrfs(self, *command: str) -> str:
        return run(["btrfs", *command], timeout=TIMEOUT)

    def _check(self) -> None:
        if sys.platform != "linux" or os.geteuid() != 0:
            raise SandboxUnavailable(
                "Submissions are graded in sandboxes, which need Linux and root. Run this command "
                "as root on a Linux machine with Docker."
            )

    def _mount(self) -> None:
        packages.ensure_system({"mkfs.btrfs": "btrfs-progs"}, self._say)
        if not self.image.exists():
            self._make()
        self.mount.mkdir(exist_ok=True)
        options = "loop,noatime,discard=async"
        run(["mount", "-o", options, str(self.image), str(self.mount)], timeout=TIMEOUT)
        try:
            Counting(self.mount).begin()
        except BaseException:  # or the next one would take it for ready
            run(["umount", str(self.mount)], timeout=TIMEOUT)
            raise

    def _make(self) -> None:
        size = min(BIGGEST, shutil.disk_usage(self.home).free * 0.8)
        if size < SMALLEST:
            raise SandboxUnavailable(
                f"The sandboxes need {SMALLEST / 1e9:g} GB at {self.home}, and less is free. "
                "Free some, or name another place: DOCKERLAB_HOME=…"
            )
        self._say("Making a disk for sandboxes")
        half = self.image.with_suffix(".part")
        half.unlink(missing_ok=True)
        with half.open("wb") as file:
            file.truncate(int(size))  # it takes space only as it fills
        run(["mkfs.btrfs", "--quiet", str(half)], timeout=TIMEOUT)
        half.rename(self.image)

    def _close(self, lock: int) -> None:
        """Unmount it, unless another process uses it, too."""
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        if os.path.ismount(self.mount):  # an engine that was started anew has unmounted it
            run(["umount", "--lazy", str(self.mount)], timeout=TIMEOUT)
