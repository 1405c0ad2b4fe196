"""Podman in a container of its own, as a lesson asks it things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from docker.models.containers import Container

TIMEOUT = 50  # seconds that any one podman command may take
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

    Args:
        box: the container; it runs.
    """

    def __init__(self, box: Container) -> None:
        self._box = box

    def __call__(self, *words: str) -> str:
        """What a podman command prints; a sentence that says why, where it cannot do it.

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
        self._box.exec_run(["podman", *words], detach=True)

    def kill(self, command: str) -> bool:
        """Kill the podman command that begins so ("podman run"); whether there was one."""
        return bool(self._box.exec_run(["pkill", "-KILL", "-f", f"^{command}"]).exit_code == 0)

    def processes(self) -> list[Process]:
        """All processes in the container, by the daemon's word."""
        rows = self._box.top(ps_args="-o pid,ppid,comm")["Processes"]
        return [Process(int(pid), int(parent), name) for pid, parent, name in rows]

    def _run(self, *words: str) -> str:
        command = ["timeout", str(TIMEOUT), *words]
        done: Any = self._box.exec_run(command, demux=True)
        code, (out, said) = done.exit_code, done.output
        if code == 0:
            return (out or b"").decode(errors="replace").strip()
        if code == 124:
            return f"podman cannot do this here: it took longer than {TIMEOUT} s"
        lines = (said or out or b"").decode(errors="replace").strip().splitlines()
        return f"podman cannot do this here: {' / '.join(lines[-2:])}"
