"""Looking into a running container, without a program that it might lack, where possible."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import docker

LISTEN = "0A"  # the kernel's number for a listening TCP socket
LOOPBACK = ("0100007F", "00000000000000000000000001000000")
EXEC_TIMEOUT = 10  # seconds for a look at a file
CONNECT_TIMEOUT = 1  # seconds


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
        timeout: seconds to wait for its end.
    """
    answers: queue.Queue[Ran | BaseException] = queue.Queue()

    def work() -> None:
        try:
            started = client.api.exec_create(container, command)
            output = client.api.exec_start(started["Id"])
            code = client.api.exec_inspect(started["Id"])["ExitCode"]
            answers.put(Ran(code, output.decode("utf-8", "replace")))
        except docker.errors.APIError as error:
            if error.status_code in (400, 404, 409):  # no such container, or it is not running
                answers.put(Ran(None, str(error.explanation)))
            else:
                answers.put(error)
        except Exception as error:  # whatever it is, the caller's thread is to see it
            answers.put(error)

    # docker-py waits for the end of a command's output without a limit: let a thread do that.
    threading.Thread(target=work, daemon=True).start()
    try:
        answer = answers.get(timeout=timeout)
    except queue.Empty:
        return Ran(None, f"`{' '.join(command)}` did not end within {timeout:g} s")
    if isinstance(answer, BaseException):
        raise answer
    return answer


def listens(client: docker.DockerClient, box: Mapping[str, Any], port: int) -> bool:
    """Whether something in a running container takes TCP connections from outside it.

    The kernel's own table of sockets is read in the container, since its address cannot be reached
    from everywhere (Docker Desktop). Where the image has no `cat`, a connection is tried.

    Args:
        client: of the daemon.
        box: the container, as inspected.
        port: of the container.
    """
    table = run(client, box["Id"], ["cat", "/proc/net/tcp", "/proc/net/tcp6"], timeout=EXEC_TIMEOUT)
    if "local_address" not in table.output:
        return any(_connects(address, port) for address in _addresses(box))
    for line in table.output.splitlines():
        words = line.split()
        if len(words) > 3 and words[3] == LISTEN:
            address, _, number = words[1].partition(":")
            if int(number, 16) == port and address not in LOOPBACK:
                return True
    return False


def host_of(client: docker.DockerClient) -> str:
    """The address at which the daemon's published ports can be reached from here."""
    url = urlsplit(client.api.base_url)
    if url.scheme in ("http", "https") and url.hostname not in (
        None,
        "localhost",
        "localunixsocket",
    ):
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
