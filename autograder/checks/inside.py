"""Looking into a running container, with as little of its own help as possible."""

from __future__ import annotations

import contextlib
import re
import socket
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import docker

BIGGEST = 1_000_000  # bytes of a command's output that are looked at
LOOK_TIMEOUT = 10  # seconds for a look at a file
CONNECT_TIMEOUT = 1  # seconds

# A line of /proc/net/tcp or tcp6 of a socket that listens (0A): its address and port, in hex.
LISTENING = re.compile(r"^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) \S+ 0A ", re.MULTILINE)
# 127.0.0.0/8, ::1 and ::ffff:127.0.0.0/104, in the byte order of that table.
LOOPBACK = re.compile(r"[0-9A-F]{6}7F|0{24}01000000|0{16}FFFF0000[0-9A-F]{6}7F")


NOT_A_PROGRAM = (None, 126, 127)  # exit codes of what cannot be run at all


@dataclass(frozen=True)
class Ran:
    """What came of a command.

    Attributes:
        code: its exit status; None where it could not be run or did not end in time.
        output: what it printed, or why it did not.
    """

    code: int | None
    output: str


def run(client: docker.DockerClient, container: str, command: list[str], *, timeout: float) -> Ran:
    """Run a command in a container, without waiting for it forever.

    Args:
        client: of the daemon.
        container: name or id.
        command: the program and its arguments.
        timeout: seconds to wait for its end. One that goes on after that is left running.
    """
    shown = " ".join(command)
    try:
        exec_id = client.api.exec_create(container, command)["Id"]
        output, in_time = _read(client.api.exec_start(exec_id, stream=True), timeout)
        code = client.api.exec_inspect(exec_id)["ExitCode"]
    except docker.errors.APIError as error:
        if error.status_code in (400, 404, 409):  # no such program or container, or it is not up
            return Ran(None, str(error.explanation))
        raise
    if not in_time:
        return Ran(None, f"`{shown}` did not end within {timeout:g} s")
    return Ran(code, output.decode("utf-8", "replace"))


def _read(stream: Any, timeout: float) -> tuple[bytes, bool]:
    """Read a command's output to its end, and tell whether that came in time."""
    output = bytearray()
    over = threading.Event()

    def close() -> None:
        with contextlib.suppress(OSError):  # it is closed already
            stream.close()
        stream._response.close()  # docker-py would leave its end open

    def stop() -> None:
        over.set()
        close()

    # docker-py waits for a command without a limit: cutting the connection ends its wait.
    timer = threading.Timer(timeout, stop)
    timer.start()
    try:
        for part in stream:
            if len(output) < BIGGEST:
                output += part
    except ValueError:  # docker-py read from the connection that we have cut
        if not over.is_set():
            raise
    finally:
        timer.cancel()
        close()
    return bytes(output[:BIGGEST]), not over.is_set()


def listens(client: docker.DockerClient, box: Mapping[str, Any], port: int) -> bool:
    """Whether something in a running container takes TCP connections from outside it.

    The kernel's own table of sockets is read in the container. Its address would not do: it cannot
    be reached from everywhere (Docker Desktop, a remote daemon), or belongs to somebody else there.
    Only where the image has no `cat`, and the daemon is on this machine, a connection is tried.

    Args:
        client: of the daemon.
        box: the container, as inspected.
        port: of the container.
    """
    table = run(client, box["Id"], ["cat", "/proc/net/tcp", "/proc/net/tcp6"], timeout=LOOK_TIMEOUT)
    if "local_address" in table.output:
        return any(
            int(number, 16) == port and not LOOPBACK.fullmatch(address)
            for address, number in LISTENING.findall(table.output)
        )
    local = sys.platform == "linux" and urlsplit(client.api.base_url).scheme == "http+docker"
    return local and any(_connects(address, port) for address in _addresses(box))


def host_of(client: docker.DockerClient) -> str:
    """The address at which the daemon's published ports can be reached from here."""
    url = urlsplit(client.api.base_url)
    if url.scheme in ("http", "https") and url.hostname not in (None, "localhost"):
        return str(url.hostname)
    return "127.0.0.1"


def _addresses(box: Mapping[str, Any]) -> list[str]:
    networks = (box["NetworkSettings"].get("Networks") or {}).values()
    return [n["IPAddress"] for n in networks if n["IPAddress"]]


def _connects(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), timeout=CONNECT_TIMEOUT).close()
    except OSError:
        return False
    return True
