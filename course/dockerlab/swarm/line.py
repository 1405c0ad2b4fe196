"""A client of an engine that lives in a container, by way of the engine around it.

Each connection is an exec of `docker system dial-stdio` in the container, as docker-py's own way
over ssh is. So the inner engine needs no port: one without TLS, even on 127.0.0.1, would make any
program of the machine root.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Any

import docker
from docker.utils.socket import frames_iter
from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool

DIAL = ["docker", "system", "dial-stdio"]
PIECE = 65_536  # bytes that are carried at once
API_VERSION = "1.44"  # known to the image's engine; asking for it would take a request more


def client_inside(
    client: docker.DockerClient, container: str, *, timeout: int = 60
) -> docker.DockerClient:
    """A client of the engine in a container. Nothing is asked yet.

    Args:
        client: of the engine that runs the container.
        container: its name or id; the docker command is in it.
        timeout: seconds that the inner engine may be silent.
    """
    inner = docker.DockerClient(f"http://{container}:80", version=API_VERSION, timeout=timeout)
    inner.api.trust_env = False  # a proxy of the machine's is not on this way
    inner.api.mount(f"http://{container}:80", _Adapter(client, container, timeout))
    return inner


def dial(client: docker.DockerClient, container: str) -> socket.socket:
    """A socket whose other end is the engine in a container.

    Raises:
        docker.errors.APIError: the container does not run.
    """
    ran = client.api.exec_create(container, DIAL, stdin=True, stderr=False)
    far = client.api.exec_start(ran["Id"], socket=True)
    raw = getattr(far, "_sock", far)  # docker-py gives a file around the socket, or a Windows pipe
    ours, near = socket.socketpair()
    threading.Thread(target=_carry_in, args=(near, raw), daemon=True).start()
    threading.Thread(target=_carry_out, args=(near, far, raw), daemon=True).start()
    return ours


def _carry_in(near: socket.socket, raw: Any) -> None:
    """Carry what is sent, until there is no more."""
    with contextlib.suppress(OSError):
        while piece := near.recv(PIECE):
            raw.sendall(piece)
    with contextlib.suppress(OSError, AttributeError):
        raw.shutdown(socket.SHUT_WR)


def _carry_out(near: socket.socket, far: Any, raw: Any) -> None:
    """Carry what is answered, until there is no more; then nothing is left of the connection."""
    with contextlib.suppress(OSError, ValueError):
        for _, piece in frames_iter(far, tty=False):
            near.sendall(piece)
    with contextlib.suppress(OSError):
        near.shutdown(socket.SHUT_RDWR)
    for end in (near, far, raw):
        end.close()


class _Connection(HTTPConnection):
    """HTTP over a socket that `dial` makes."""

    def __init__(self, client: docker.DockerClient, container: str, timeout: int) -> None:
        super().__init__(container, timeout=timeout)
        self._seconds = timeout
        self._dial = (client, container)

    def connect(self) -> None:
        try:
            self.sock = dial(*self._dial)
        except docker.errors.APIError as error:
            raise ConnectionRefusedError(f"{self.host} does not run: {error}") from error
        self.sock.settimeout(self._seconds)


class _Pool(HTTPConnectionPool):
    def __init__(self, client: docker.DockerClient, container: str, timeout: int) -> None:
        super().__init__(container, timeout=timeout, maxsize=10)
        self._way = (client, container, timeout)

    def _new_conn(self) -> _Connection:
        return _Connection(*self._way)


class _Adapter(HTTPAdapter):
    """Sends requests through a container, whatever their address."""

    def __init__(self, client: docker.DockerClient, container: str, timeout: int) -> None:
        self._pool = _Pool(client, container, timeout)
        super().__init__()

    def get_connection_with_tls_context(self, *_: object, **__: object) -> _Pool:
        return self._pool

    def request_url(self, request: PreparedRequest, proxies: object) -> str:
        return request.path_url

    def close(self) -> None:
        self._pool.close()
        super().close()
