"""Podman in a container of its own, as a lesson asks it things."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any

import docker
from docker.models.containers import Container

from dockerlab.errors import WaitTimeout
from dockerlab.wait import wait_for

UNABLE = "podman cannot do this here"
TIMEOUT = 50  # seconds that any one podman command may take
TIMED_OUT = 124  # by which timeout(1) says so
START = 20  # seconds that a container may take to start
FEWEST_PRIVILEGES = (
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
    "--security-opt=seccomp=unconfined",
    "--security-opt=apparmor=unconfined",
    "--security-opt=systempaths=unconfined",
)
"""What the container around Podman may do, as options of `docker run`.

It runs as an ordinary user, without one capability. Opened are only the filters over what any user
of the kernel may do: making namespaces, mounting in them, and a /proc of its own.
"""


@dataclass(frozen=True)
class Process:
    """A process in the container around Podman.

    Attributes:
        pid: its id, as the daemon's machine counts.
        parent: the id of its parent.
        name: of its program.
    """

    pid: int
    parent: int
    name: str


class Podman:
    """Asks the podman command in a container.

    What cannot be done is told in a sentence, not raised: not every engine lets Podman work.

    Args:
        client: of the engine.
        name: the container's.
    """

    def __init__(self, client: docker.DockerClient, name: str) -> None:
        self._client = client
        self._name = name

    def __call__(self, *words: str) -> str:
        """What a podman command prints.

        Args:
            words: of the command, without "podman".
        """
        return self._run("podman", *words)

    def build(self, dockerfile: str, name: str) -> str:
        """Build an image from the text of a Dockerfile, and tell its id.

        Args:
            dockerfile: its text.
            name: what to call the image.
        """
        # No stdin over docker-py's exec: the text is a word of the shell's.
        script = 'printf "%s" "$1" | podman build --quiet --tag "$2" -'
        return self._run("sh", "-c", script, "sh", dockerfile, name)

    def begin(self, *words: str) -> None:
        """Start a podman command and do not wait for its end."""
        with contextlib.suppress(docker.errors.APIError):
            self._box.exec_run(["podman", *words], detach=True)

    def wait_for(self, name: str) -> str:
        """Wait until Podman's container of this name runs, and say so."""
        running = ("podman", "ps", "--quiet", "--filter", f"name={name}")
        try:
            wait_for(lambda: self._run(*running), timeout=START, what=f"{name} to run")
        except WaitTimeout as error:
            return f"{UNABLE}: {error}"
        return f"{name} runs"

    def kill(self, command: str) -> bool:
        """Kill the podman command that begins so ("podman run"); whether there was one."""
        try:
            done = self._box.exec_run(["pkill", "-KILL", "-f", f"^{command}"])
        except docker.errors.APIError:
            return False
        program = command.split()[0]
        wait_for(
            lambda: program not in {each.name for each in self.processes()},
            timeout=START,
            what=f"{command} to be gone",
        )
        return bool(done.exit_code == 0)

    def processes(self) -> list[Process]:
        """All processes in the container, by the daemon's word."""
        with contextlib.suppress(docker.errors.APIError):
            rows = self._box.top(ps_args="-o pid,ppid,comm")["Processes"]
            return [Process(int(pid), int(parent), name) for pid, parent, name in rows]
        return []

    @property
    def _box(self) -> Container:
        return self._client.containers.get(self._name)

    def _run(self, *words: str) -> str:
        try:
            done: Any = self._box.exec_run(["timeout", str(TIMEOUT), *words], demux=True)
        except docker.errors.APIError as error:
            return f"{UNABLE}: {error.explanation}"
        code, (out, said) = done.exit_code, done.output
        if code == 0:
            return (out or b"").decode(errors="replace").strip()
        if code == TIMED_OUT:
            return f"{UNABLE}: it took longer than {TIMEOUT} s"
        lines = (said or out or b"").decode(errors="replace").strip().splitlines()
        return f"{UNABLE}: {' / '.join(lines[-2:])}"
