"""Who listens at the other end of a Unix socket? The kernel knows, and cannot be lied to."""

from __future__ import annotations

import os
import socket
import struct
from dataclasses import dataclass
from pathlib import Path

CREDENTIALS = struct.Struct("3i")  # process id, user id, group id


@dataclass(frozen=True)
class Peer:
    """A process that listens on a Unix socket.

    Attributes:
        pid: its process id, as this machine counts.
        start: when it was started, in the kernel's ticks since boot; a pid may be used again.
    """

    pid: int
    start: int

    @property
    def network(self) -> Path:
        """Its network namespace."""
        return Path(f"/proc/{self.pid}/ns/net")

    def is_alive(self) -> bool:
        """Whether it still runs."""
        return started(self.pid) == self.start


def listening(path: str | Path, *, timeout: float) -> tuple[socket.socket, Peer]:
    """Connect to a Unix socket, and find out who it is that listens there.

    Args:
        path: of the socket.
        timeout: seconds for each later operation on it.

    Returns:
        The connection, on which nothing has been sent, and the process.

    Raises:
        OSError: nobody listens there.
    """
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(timeout)
        connection.connect(str(path))
        told = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size)
        pid, _, _ = CREDENTIALS.unpack(told)
        start = started(pid)
        if start is None:
            raise ConnectionRefusedError(f"the process that listened at {path} has ended")
    except BaseException:
        connection.close()
        raise
    return connection, Peer(pid, start)


def started(pid: int) -> int | None:
    """When a process was started, in the kernel's ticks since boot; None where it has ended."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b") ")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in (b"Z", b"X") else int(fields[19])


def folder(path: Path) -> int:
    """A descriptor of a folder, by which its files are reached even if it is moved away.

    Args:
        path: the folder's; must not be a symbolic link.

    Raises:
        OSError: it is not a folder.
    """
    return os.open(path, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW)
