"""How btrfs counts what is written to each disk, for its quota to hold.

Since Linux 6.7 it can note with each block which disk has written it ("simple quotas"). Before, it
has to find out anew whose a block is with each change: then the removal of a disk takes most of a
second of a processor, holds up who else writes, and may end the counting.
"""

from __future__ import annotations

import fcntl
import os
import struct
from pathlib import Path

from dockerlab.commands import run

TIMEOUT = 300  # seconds: to count anew takes as long as to read the whole tree
SIMPLE = Path("/sys/fs/btrfs/features/simple_quota")
NEVER = 8  # levels of a tree: none is so deep that its removal may end the counting
# From linux/btrfs.h. Debian 12's `btrfs` is older than simple quotas, so the kernel is asked.
QUOTA_CTL = 0xC0109428
DISABLE, ENABLE_SIMPLE = 2, 4


class Counting:
    """The counting in one file system.

    Args:
        mount: where that is mounted.
    """

    def __init__(self, mount: Path) -> None:
        self._mount = mount
        uuid = run(["findmnt", "-no", "UUID", str(mount)], timeout=TIMEOUT).strip()
        self._told = Path("/sys/fs/btrfs") / uuid / "qgroups"

    def begin(self) -> None:
        """Have it counted in the cheapest way that this kernel knows. No disk may be in use."""
        mode = self._told / "mode"
        if not SIMPLE.exists():
            run(["btrfs", "quota", "enable", str(self._mount)], timeout=TIMEOUT)
        elif not (mode.exists() and mode.read_text().strip() == "squota"):
            self._control(DISABLE)
            self._control(ENABLE_SIMPLE)
        removal = self._told / "drop_subtree_threshold"
        if removal.exists():  # since Linux 6.1
            removal.write_text(str(NEVER))

    def recount(self) -> None:
        """Count anew what is written, where btrfs has lost count: no quota holds till then.

        It may lose count when a disk is removed. To ask costs next to nothing.
        """
        lost = self._told / "inconsistent"
        if lost.exists() and lost.read_text().strip() != "0":  # kernels before 5.9 do not tell
            run(["btrfs", "quota", "rescan", "-w", str(self._mount)], timeout=TIMEOUT)

    def _control(self, command: int) -> None:
        descriptor = os.open(self._mount, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, QUOTA_CTL, bytearray(struct.pack("QQ", command, 0)))
        finally:
            os.close(descriptor)
