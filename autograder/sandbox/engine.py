"""The engine in a sandbox, as seen from outside: which process it is, and the way to it."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import docker

from autograder.sandbox.errors import SandboxFault
from autograder.sandbox.opening import Opened
from autograder.sandbox.outer import OuterContainer, new_folder
from autograder.sandbox.peer import Peer, folder, listening
from autograder.sandbox.relay import Relay
from dockerlab.errors import WaitTimeout
from dockerlab.wait import wait_for

START_TIMEOUT = 60  # seconds
REQUEST_TIMEOUT = 60  # seconds
CONTAINERD = "/run/containerd/containerd.sock"


class InnerEngine(Opened):
    """A sandbox's dockerd: the process that answered before any student's code ran.

    Args:
        container: the sandbox's.
        shared: the folder that the sandbox shares with us.

    Raises:
        SandboxFault: on entering, the engine does not come up.
    """

    def __init__(self, container: OuterContainer, shared: Path) -> None:
        self._container = container
        self._shared = shared

    def _open(self, stack: contextlib.ExitStack) -> None:
        descriptor = folder(self._shared)
        stack.callback(os.close, descriptor)
        self.shared = f"/proc/self/fd/{descriptor}"
        """The shared folder by a way that no student can turn elsewhere."""
        self._socket = f"{self.shared}/docker.sock"
        self.daemon = self._wait()
        self._containerd = self._listening_inside(CONTAINERD)
        self.folder = Path(stack.enter_context(new_folder()))
        """A folder of this sandbox's that is not in it."""
        self.relay = Relay(self.folder / "docker.sock", self._socket, self.daemon)
        stack.callback(self.relay.close)

    @property
    def host(self) -> str:
        """Its address, as `DOCKER_HOST` would name it; only to this very daemon."""
        return f"unix://{self.relay.path}"

    def client(self, timeout: int = REQUEST_TIMEOUT) -> docker.DockerClient:
        """A client of the daemon.

        Args:
            timeout: seconds that any one request may take.
        """
        return docker.DockerClient(base_url=self.host, timeout=timeout)

    def is_alive(self) -> bool:
        """Whether the daemon that the sandbox started still runs, and the one that it needs."""
        return self.daemon.is_alive() and self._containerd.is_alive()

    def _listening_inside(self, path: str) -> Peer:
        """Who listens on a socket in the sandbox; asked only before a student can move it."""
        try:
            connection, peer = listening(f"/proc/{self.daemon.pid}/root{path}", timeout=5)
        except OSError as error:
            raise SandboxFault(f"The sandbox's engine lacks a part: {error}") from error
        connection.close()
        return peer

    def _wait(self) -> Peer:
        try:
            return wait_for(
                self._answering,
                timeout=START_TIMEOUT,
                interval=0.05,  # each look asks the outer engine, too
                what="the sandbox's engine",
            )
        except WaitTimeout as error:
            raise SandboxFault(f"{error} {self._container.last_words()} {self._log()}") from error

    def _answering(self) -> Peer | None:
        try:
            connection, peer = listening(self._socket, timeout=5)
        except OSError:
            if not self._container.is_running():
                raise SandboxFault(f"The sandbox ended at once. {self._log()}") from None
            return None
        connection.close()
        return peer

    def _log(self) -> str:
        """The end of what was said in the sandbox; read only before a student can write to it."""
        with contextlib.suppress(OSError):
            return " ".join(Path(f"{self.shared}/log").read_text(errors="replace").split()[-60:])
        return ""
