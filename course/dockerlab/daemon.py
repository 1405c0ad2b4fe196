"""The daemon as a process, and a line to it that carries whatever one types."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import struct
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

import docker
import psutil

from dockerlab.recorder import record

NAME = "dockerd"
FOLDERS = re.compile(r"(?:(?<=unix://)|(?<=^)|(?<==))/(?:[^/\s]+/)+")
TIMEOUT = 30  # seconds that the daemon may be silent


@contextlib.contextmanager
def line(client: docker.DockerClient) -> Iterator[socket.socket]:
    """A socket that is connected to a client's daemon.

    Where Python cannot open one (a Windows pipe, TLS, ssh), the recorder's own leads there.

    Raises:
        OSError: the daemon does not listen.
        EngineUnreachable: there is no way to it.
    """
    with contextlib.ExitStack() as stack:
        url = client.api.base_url
        path = getattr(client.api.get_adapter(url), "socket_path", None)
        if not path and urlsplit(url).scheme != "http":
            stack.enter_context(record(client))
            address = os.environ["DOCKER_HOST"]
            path = address.removeprefix("unix://") if address.startswith("unix://") else None
            url = address
        if path:
            connected = stack.enter_context(socket.socket(socket.AF_UNIX))
            connected.settimeout(TIMEOUT)
            connected.connect(path)
        else:
            where = urlsplit(url)
            end = where.hostname or "127.0.0.1", where.port or 80
            connected = stack.enter_context(socket.create_connection(end, timeout=TIMEOUT))
        yield connected


def clock(client: docker.DockerClient) -> float:
    """The time by the daemon's clock, in seconds since 1970, as `events` takes it."""
    return datetime.fromisoformat(client.info()["SystemTime"]).timestamp()


def process(client: docker.DockerClient) -> psutil.Process | None:
    """The daemon's process; None where it cannot be seen from here, or told from another's.

    The kernel knows who listens at a Unix socket. Where that is systemd, which opens the socket on
    the daemon's behalf, the machine's only dockerd is meant.
    """
    with contextlib.suppress(OSError, psutil.Error):
        found = psutil.Process(_listener(client))
        if found.name() == NAME:
            return found
    all_there_are = [p for p in psutil.process_iter(["name"]) if p.info["name"] == NAME]
    return all_there_are[0] if len(all_there_are) == 1 else None


def command_line(found: psutil.Process) -> str:
    """A process's command line, an option a line, with folders left out of the paths."""
    return "\n    ".join(FOLDERS.sub("…/", word) for word in found.cmdline())


def _listener(client: docker.DockerClient) -> int:
    """The id of the process that listens at the client's Unix socket.

    Raises:
        OSError: the system does not tell.
    """
    if not hasattr(socket, "SO_PEERCRED"):
        raise OSError("only Linux tells")
    with line(client) as connected:
        size = struct.calcsize("3i")
        told = connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    pid: int = struct.unpack("3i", told)[0]
    if pid <= 0:
        raise OSError("the listener is in another world of processes")
    return pid
