"""A socket in front of the daemon's: what goes through it is passed on, and listened to.

Bytes go both ways untouched, so that all works which works without it: streams, upgrades, half
closed connections.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import tempfile
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Protocol

from dockerlab.errors import EngineUnreachable

PIECE = 64 * 1024  # bytes that are passed on at once
GRACE = 0.5  # seconds that a call may still take when the proxy is closed
START_TIMEOUT = 10  # seconds

Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Dial = Callable[[], contextlib.AbstractAsyncContextManager[Ends]]


class Listener(Protocol):
    """What is told of the bytes on one connection."""

    @property
    def busy(self) -> bool:
        """Whether something is under way, and worth waiting for."""

    def from_client(self, data: bytes) -> None:
        """Told what the client sends."""

    def from_server(self, data: bytes) -> None:
        """Told what the daemon sends."""

    def close(self) -> None:
        """Told that the connection is gone."""


def to_socket(path: str) -> Dial:
    """Connect to a daemon at a Unix socket."""
    return lambda: _closed_again(asyncio.open_unix_connection(path))


def to_address(host: str, port: int) -> Dial:
    """Connect to a daemon over TCP, without TLS."""
    return lambda: _closed_again(asyncio.open_connection(host, port))


def by_command(environment: Mapping[str, str]) -> Dial:
    """Connect by the docker command, which can reach its daemon by pipe, by TLS and by ssh.

    Args:
        environment: its variables, which say where the daemon is.
    """

    @contextlib.asynccontextmanager
    async def dial() -> AsyncIterator[Ends]:
        process = await asyncio.create_subprocess_exec(
            *("docker", "system", "dial-stdio"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=dict(environment),
        )
        assert process.stdin  # noqa: S101 - a pipe, as is the next
        assert process.stdout  # noqa: S101
        try:
            yield process.stdout, process.stdin
        finally:
            process.stdin.close()
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    return dial


@contextlib.asynccontextmanager
async def _closed_again(opening: Awaitable[Ends]) -> AsyncIterator[Ends]:
    reader, writer = await opening
    try:
        yield reader, writer
    finally:
        await _close(writer)


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


class Proxy:
    """Listens until closed, on a socket that only this user can open.

    Where the system has no Unix sockets for Python (Windows), on a TCP port of 127.0.0.1, which
    every user of the machine can open as long as the proxy lives.

    Args:
        dial: connects to the daemon.
        listener: makes a listener for a new connection.

    Raises:
        EngineUnreachable: it cannot listen.
    """

    def __init__(self, dial: Dial, listener: Callable[[], Listener]) -> None:
        self._dial = dial
        self._listener = listener
        self._folder = Path(tempfile.mkdtemp(prefix="dl-"))  # for this user alone
        self._listeners: list[Listener] = []
        self._connections: set[asyncio.Task[None]] = set()
        self._ready = threading.Event()
        self._problem: OSError | None = None
        self.address = ""
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve()), name="recorder", daemon=True
        )
        self._thread.start()
        self._ready.wait(START_TIMEOUT)
        if not self.address:
            self.close()
            raise EngineUnreachable(f"No socket for the recorder: {self._problem}")

    def close(self) -> None:
        """End all connections, after a short grace for calls under way. May be called twice."""
        if self._thread.is_alive() and self.address:
            self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join(START_TIMEOUT)
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _serve(self) -> None:
        self._loop, self._closing = asyncio.get_running_loop(), asyncio.Event()
        try:
            server = await self._listen()
        except OSError as problem:
            self._problem = problem
            return
        finally:
            self._ready.set()
        await self._closing.wait()
        server.close()
        until = self._loop.time() + GRACE
        while any(each.busy for each in self._listeners) and self._loop.time() < until:
            await asyncio.sleep(0.01)
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _listen(self) -> asyncio.Server:
        if os.name == "nt":
            server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
            self.address = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        else:
            path = self._folder / "docker.sock"
            server = await asyncio.start_unix_server(self._connected, path)
            self.address = f"unix://{path}"
        return server

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = self._loop.create_task(self._pass_on(reader, writer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        listener = self._listener()
        self._listeners.append(listener)
        try:
            async with self._dial() as (from_daemon, to_daemon):
                await asyncio.gather(
                    _pump(reader, to_daemon, listener.from_client),
                    _pump(from_daemon, writer, listener.from_server),
                )
        except OSError:  # the daemon is not there; the client sees a closed connection
            pass
        finally:
            listener.close()
            self._listeners.remove(listener)
            await _close(writer)


async def _pump(
    source: asyncio.StreamReader, sink: asyncio.StreamWriter, hear: Callable[[bytes], None]
) -> None:
    """Pass on what comes until there is no more, and then say so, and only that, to the sink.

    It is heard first: who has got an answer finds the call recorded.
    """
    with contextlib.suppress(OSError):  # one end is gone; the other may still have much to say
        while data := await source.read(PIECE):
            hear(data)
            sink.write(data)
            await sink.drain()
    hear(b"")
    with contextlib.suppress(OSError):
        if sink.can_write_eof():
            sink.write_eof()
