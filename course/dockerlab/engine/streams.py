"""Lets docker-py read all that a command in a container prints.

docker-py reads that from the socket, past the buffer of Python's HTTP response. What came along
with the response's head is in that buffer, and lost: on a busy machine, all of a short output
(docker/docker-py#3332). So the response to a request for such a stream gets a buffer of one byte,
in which nothing can be left behind.
"""

from __future__ import annotations

import http.client
import io
import sys
from types import ModuleType
from typing import Any

from docker.transport import unixconn


class _NeverAhead(http.client.HTTPResponse):
    """A response of which no more is read than is asked for."""

    def __init__(self, sock: Any, *args: Any, **more: Any) -> None:
        super().__init__(sock, *args, **more)
        self.fp: Any = io.BufferedReader(self.fp.detach(), 1)


class _Connection:
    """What a connection of docker-py's does besides."""

    response_class: type[http.client.HTTPResponse]

    def putheader(self, header: str, *values: Any) -> None:
        if header.lower() == "upgrade":  # as docker-py asks for a stream
            self.response_class = _NeverAhead
        super().putheader(header, *values)  # type: ignore[misc]


def read_whole() -> None:
    """Let each connection read streams to their end that docker-py opens from now on."""
    _mend(unixconn, "UnixHTTPConnection")
    if sys.platform == "win32":
        from docker.transport import npipeconn

        _mend(npipeconn, "NpipeHTTPConnection")


def _mend(module: ModuleType, name: str) -> None:
    found = getattr(module, name)
    if not issubclass(found, _Connection):
        setattr(module, name, type(name, (_Connection, found), {}))
