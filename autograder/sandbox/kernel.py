"""The kernel that runs a student's cells, in a sandbox; we are its client, from outside.

It speaks over Unix sockets in a folder that it shares with us. All that comes from there was
written by a student, who may be anyone.
"""

from __future__ import annotations

import ast
import contextlib
import json
import os
import secrets
import signal
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import zmq
from jupyter_client.blocking.client import BlockingKernelClient

from autograder.sandbox import cells
from autograder.sandbox.cells import Ending, Ran
from autograder.sandbox.errors import SandboxFault
from autograder.sandbox.peer import Peer, listening
from autograder.sandbox.relay import Relay
from dockerlab.errors import WaitTimeout
from dockerlab.wait import wait_for

START_TIMEOUT = 30  # seconds
STARTS = 5  # kernels in a row that may end while they start
INTERRUPT_TIMEOUT = 3  # seconds for a cell to heed an interrupt
ASK_TIMEOUT = 10  # seconds
LONGEST_MESSAGE = 4_000_000  # bytes; the connection of one who sends more is cut
MOST_MESSAGES = 100_000_000  # bytes that may come in one cell, of whatever kind
LONGEST_ANSWER = 200_000  # characters
CHANNELS = ("shell", "iopub", "stdin", "control", "hb")
USED = (1, 2, 4)  # of the channels, as they are numbered in the sockets' names


class StudentKernel:
    """A kernel that is started anew, by the sandbox, whenever it ends."""

    def __init__(self) -> None:
        self._shared = ""
        self._group: list[Path] = []
        self._client: BlockingKernelClient | None = None
        self._peer: Peer | None = None
        self._relays = contextlib.ExitStack()
        self._ways: list[Relay] = []
        self._key = secrets.token_hex(32)

    def settings(self) -> str:
        """The kernel's connection file, as it is to lie in the sandbox."""
        return json.dumps(self._connection("/shared"))

    def attach(self, shared: str, group: list[Path], lives: Callable[[], bool]) -> None:
        """Say where the kernel is, in a sandbox that has been started with its settings.

        Args:
            shared: the folder that holds its sockets.
            group: files that list its processes, one for each hierarchy of control groups.
            lives: whether the sandbox does: no kernel comes up in one that has ended.
        """
        self._shared, self._group, self._lives = shared, group, lives

    def _connect(self) -> None:
        try:
            for _ in range(STARTS):
                if self._meet():
                    return
        except WaitTimeout as error:
            self._drop()
            raise SandboxFault(f"The student's kernel did not start: {error}") from error
        raise SandboxFault("The student's kernel ends again and again while it starts.")

    def _meet(self) -> bool:
        """Connect to the kernel that listens now; tell whether it lived long enough to answer."""
        self._drop()
        self._peer = wait_for(
            self._listening, timeout=START_TIMEOUT, interval=0.02, what="the student's kernel"
        )
        context: Any = zmq.Context()
        # Defaults of its sockets, which must be set before they connect.
        context.setsockopt(zmq.MAXMSGSIZE, LONGEST_MESSAGE)
        context.setsockopt(zmq.RCVHWM, 100)
        context.setsockopt(zmq.LINGER, 0)
        self._client = client = BlockingKernelClient(context=context)
        told: Any = self._connection(self._lead(self._peer))
        client.load_connection_info(told)
        client.start_channels(hb=False, stdin=False)

        def answers() -> bool:
            return cells.settles(client, timeout=0.3) and cells.is_heard(client)

        wait_for(
            lambda: answers() or not self.is_alive(),
            timeout=START_TIMEOUT,
            interval=0.01,
            what="the student's kernel to answer",
        )
        return self.is_alive()

    @property
    def client(self) -> BlockingKernelClient:
        """The connection; where there is none yet, it waits until the kernel answers.

        Raises:
            SandboxFault: none comes up.
        """
        if self._client is None:
            self._connect()
        assert self._client  # noqa: S101 - for mypy
        return self._client

    def is_alive(self) -> bool:
        """Whether the kernel that we are connected to still runs."""
        return self._peer is not None and self._peer.is_alive()

    def run(self, source: str, *, timeout: float, limit: float) -> Ran:
        """Run a cell. One that does not end is interrupted, and killed with its kernel if need be.

        Whatever happens, the next cell finds a kernel, if need be a new one.

        Args:
            source: the cell's.
            timeout: seconds that it may take.
            limit: bytes that it may show.

        Raises:
            SandboxFault: no new kernel comes up.
        """
        for way in self._ways:
            way.refill()
        before = self._cuts()
        ran = cells.execute(
            self.client,
            source,
            timeout=timeout,
            limit=limit,
            is_alive=self.is_alive,
            is_cut=lambda: self._cuts() > before,
        )
        if ran.ending in (Ending.TIMEOUT, Ending.FLOOD):
            interrupt = self.client.session.msg("interrupt_request", {})
            self.client.control_channel.send(interrupt)
            if not cells.settles(self.client, timeout=INTERRUPT_TIMEOUT):
                self.kill()
        if not self.is_alive():
            self.kill()  # what it has started goes with it; the next cell meets a new one
        elif ran.ending is not Ending.DONE or self._cuts() > before:
            self._drop()  # what it has sent and we have not read is not the next cell's
        return ran

    def answers(self, names: Iterable[str]) -> dict[str, Any]:
        """What the student's variables hold, as `autograder.answering.tell` writes it down.

        Args:
            names: of the variables.
        """
        asked = {
            name: f"__import__('autograder.answering', fromlist=['tell']).tell({name!r})"
            for name in names
        }
        told = cells.ask(self.client, asked, timeout=ASK_TIMEOUT) or {}
        return {name: answer for name in asked if (answer := _read(told.get(name)))}

    def kill(self) -> None:
        """Kill the kernel and all that it has started outside of containers."""
        self._drop()
        with contextlib.suppress(WaitTimeout):  # one that hides goes with the sandbox
            wait_for(self._kill_all, timeout=5, interval=0.05, what="the kernel to end")

    def close(self) -> None:
        """Close the connection."""
        self._drop()

    def _cuts(self) -> int:
        return sum(way.ended for way in self._ways)

    def _kill_all(self) -> bool:
        """Kill the group's processes at one moment: those of a fork bomb would outrun us."""
        for file in self._group:
            group = file.parent
            with contextlib.suppress(OSError):
                if (group / "cgroup.kill").exists():  # version 2
                    (group / "cgroup.kill").write_text("1")
                elif (group / "freezer.state").exists():
                    (group / "freezer.state").write_text("FROZEN")
                    for pid in self._processes():
                        with contextlib.suppress(ProcessLookupError):
                            os.kill(pid, signal.SIGKILL)
                    (group / "freezer.state").write_text("THAWED")
        return self._peer is None or not self._peer.is_alive()

    def _processes(self) -> set[int]:
        """The process ids of the kernel and what it has started, as this machine counts."""
        found: set[int] = set()
        for file in self._group:
            with contextlib.suppress(OSError):
                found |= {int(line) for line in file.read_text().split()}
        return found - {0}  # a process of which we see no number

    def _listening(self) -> Peer | None:
        if not self._lives():
            raise SandboxFault("The sandbox's engine has ended, and its kernel with it.")
        try:
            connection, peer = listening(f"{self._shared}/kernel-1", timeout=1)
        except OSError:
            return None
        connection.close()
        return peer if peer.pid in self._processes() else None  # not one of this machine's

    def _lead(self, peer: Peer) -> str:
        """Make ways to a kernel's sockets that end with what a student may send in one cell."""
        folder = self._relays.enter_context(
            tempfile.TemporaryDirectory(prefix="dl-", ignore_cleanup_errors=True)
        )
        for number in USED:
            way = Relay(
                Path(folder, f"kernel-{number}"),
                f"{self._shared}/kernel-{number}",
                peer,
                MOST_MESSAGES,
            )
            self._relays.callback(way.close)
            self._ways.append(way)
        return folder

    def _drop(self) -> None:
        if self._client is not None:
            self._client.stop_channels()
            self._client.context.destroy(linger=0)
            self._client = None
        self._ways.clear()
        self._relays.close()

    def _connection(self, shared: str) -> dict[str, Any]:
        return {
            "transport": "ipc",
            "ip": f"{shared}/kernel",
            **{f"{channel}_port": n for n, channel in enumerate(CHANNELS, 1)},
            "signature_scheme": "hmac-sha256",
            "key": self._key,
        }


def _read(told: str | None) -> dict[str, Any] | None:
    """What `tell` has written down, if this is of its form."""
    if told is None or len(told) > LONGEST_ANSWER:
        return None
    try:
        answer = json.loads(ast.literal_eval(told))
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None
