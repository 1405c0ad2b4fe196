"""A socket of ours in front of one in a sandbox, which lets through to one very process only.

A student is root in the sandbox, and may put a daemon of their own in dockerd's place, or a link to
one of this machine's. Each connection is therefore led only to the process that is to be there.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from pathlib import Path

from autograder.sandbox.peer import Peer, listening

CHUNK = 65536  # bytes


class Relay:
    """Listens on a Unix socket, and pipes what comes to a process that must be the right one.

    Args:
        path: of our own socket, in a folder that no student can reach.
        target: of the sandbox's socket.
        peer: the process that must listen there.
        most: bytes that may come from there in one go (see `refill`); no limit, where None.
    """

    def __init__(self, path: Path, target: str, peer: Peer, most: int | None = None) -> None:
        self.path = path
        self._most = most
        self._left = most
        self._target = target
        self._peer = peer
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.refused = 0
        """Connections refused, because another process listened there, or none."""
        self.ended = 0
        """Connections that were let through, and have ended or been cut."""
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        path.chmod(0o600)
        self._listener.listen(64)
        threading.Thread(target=self._accept, name=f"relay {path.name}", daemon=True).start()

    def refill(self) -> None:
        """Let as much come again as at first."""
        self._left = self._most

    def close(self) -> None:
        """Stop listening, and cut all connections."""
        with contextlib.suppress(OSError):  # wakes the thread that accepts
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.path.unlink(missing_ok=True)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:  # closed
                return
            try:
                far, peer = listening(self._target, timeout=10)
            except OSError:
                self.refused += 1
                near.close()
                continue
            if peer != self._peer:
                self.refused += 1
                near.close()
                far.close()
                continue
            far.settimeout(None)
            self._start(near, far)

    def _start(self, near: socket.socket, far: socket.socket) -> None:
        with self._lock:
            self._open |= {near, far}
        both = [
            threading.Thread(target=_pump, args=(near, far), daemon=True),
            threading.Thread(target=_pump, args=(far, near, self._may_pass), daemon=True),
        ]
        threading.Thread(target=self._finish, args=(both, near, far), daemon=True).start()

    def _may_pass(self, size: int) -> bool:
        if self._left is None:
            return True
        self._left -= size
        return self._left >= 0

    def _finish(self, pumps: list[threading.Thread], *ends: socket.socket) -> None:
        _run_together(pumps)
        with self._lock:
            self._open -= set(ends)
            self.ended += 1
        for end in ends:
            end.close()


def _run_together(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _pump(
    source: socket.socket,
    target: socket.socket,
    may_pass: Callable[[int], bool] = lambda size: True,
) -> None:
    """Pass on what comes, and then that no more will come: half-closed connections work."""
    with contextlib.suppress(OSError):
        while data := source.recv(CHUNK):
            if not may_pass(len(data)):
                source.shutdown(socket.SHUT_RDWR)
                break
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
