"""Recording the HTTP calls that docker-py and the docker command make.

    with record(client) as calls:
        calls.client.containers.list()
        !docker ps
    calls

All that is made in the block goes through a socket of the recorder's own to the client's daemon.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import overload
from urllib.parse import urlsplit

import docker

from dockerlab import recorder_table
from dockerlab.engine.locate import TLS_VARIABLES
from dockerlab.errors import EngineUnreachable
from dockerlab.recorder_calls import KEPT, Call, Conversation
from dockerlab.recorder_proxy import Dial, Proxy, by_command, to_address, to_socket

SWITCHED = ("DOCKER_HOST", *TLS_VARIABLES)


class Recording(Sequence[Call]):
    """The calls that were made in the block, in the order in which they began.

    Args:
        told: called whenever a call begins, from the recorder's thread.
    """

    client: docker.DockerClient
    """A docker-py client whose calls are recorded; it is closed at the end of the block."""

    def __init__(self, told: Callable[[], None] = lambda: None) -> None:
        self._calls: list[Call] = []
        self._told = told

    def add(self, call: Call) -> None:
        """Note a call that begins."""
        self._calls.append(call)
        self._told()

    @overload
    def __getitem__(self, place: int) -> Call: ...
    @overload
    def __getitem__(self, place: slice) -> list[Call]: ...
    def __getitem__(self, place: int | slice) -> Call | list[Call]:
        return self._calls[place]

    def __len__(self) -> int:
        return len(self._calls)

    def __repr__(self) -> str:
        return "\n".join(map(str, self)) or recorder_table.EMPTY

    def _repr_html_(self) -> str:
        return recorder_table.table(self)


@contextlib.contextmanager
def record(
    client: docker.DockerClient,
    *,
    kept: int = KEPT,
    told: Callable[[], None] = lambda: None,
) -> Iterator[Recording]:
    """Record the calls of `calls.client`, and of `docker` commands, within the block.

    Args:
        client: of the daemon that is meant. Its own calls are not recorded.
        kept: bytes that are kept of each body.
        told: called whenever a call begins, from the recorder's thread.

    Yields:
        The recording, which can be looked at in the block and after it.

    Raises:
        EngineUnreachable: the recorder cannot listen, or cannot reach the daemon.
    """
    calls = Recording(told)
    proxy = Proxy(_way_to(client), partial(Conversation, calls.add, limit=kept))
    before = {name: os.environ.get(name) for name in SWITCHED}
    try:
        calls.client = docker.DockerClient(
            base_url=proxy.address, version=client.api.api_version, timeout=client.api.timeout
        )
        for name in TLS_VARIABLES:
            os.environ.pop(name, None)
        os.environ["DOCKER_HOST"] = proxy.address
        try:
            yield calls
        finally:
            calls.client.close()
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        proxy.close()


def _way_to(client: docker.DockerClient) -> Dial:
    """How to reach a client's daemon.

    A Unix socket or plain TCP is dialled here. A Windows pipe, TLS and ssh are left to the docker
    command, which reaches the daemon that this process's environment, or its context, names.
    """
    url = client.api.base_url
    if socket := getattr(client.api.get_adapter(url), "socket_path", None):
        return to_socket(socket)
    address = urlsplit(url)
    if address.scheme == "http" and address.hostname:
        return to_address(address.hostname, address.port or 80)
    if shutil.which("docker") is None:
        raise EngineUnreachable(
            f"The recorder reaches a daemon at {url} by the docker command, which is not on the "
            "PATH. Install Docker's command line, then try again."
        )
    return by_command(os.environ.copy())
