"""What can go wrong with an engine or an image, as exceptions.

    DockerLabError                a sentence that says what to do
    ├── EngineError
    │   ├── EngineNotFound        no daemon answers, and none can be started here
    │   ├── EngineUnreachable     a daemon is configured, but does not let us in or does not answer
    │   └── EngineStartError      the embedded engine did not come up
    ├── ImageUnavailable          an image can be had from nowhere
    ├── LessonNotReady            a lesson lacks something that it needs
    ├── RegistryError             a registry does not answer, or refuses
    ├── ToolMissing               a program that a lesson uses is not there, or too old
    ├── TemplateError             a deployment template, or a value for it, is wrong
    ├── CommandFailed             a program that we ran ended with an error
    └── WaitTimeout               a condition did not come true in time

All of them survive pickling, and carry a message meant for the person at the keyboard.
"""

from __future__ import annotations

from collections.abc import Sequence


class DockerLabError(Exception):
    """The base of all errors that the course raises on purpose."""


class EngineError(DockerLabError):
    """Something is wrong with a Docker engine."""


class EngineNotFound(EngineError):
    """No daemon answers, and none can be started here."""


class EngineUnreachable(EngineError):
    """A daemon is configured, but it refuses us or does not answer."""


class EngineStartError(EngineError):
    """The embedded engine did not come up."""


class ImageUnavailable(DockerLabError):
    """An image can be had neither from Docker Hub nor from the course's own recipes."""


class LessonNotReady(DockerLabError):
    """A lesson lacks something that it needs."""

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: the sentence alone."""
        return [f"Not ready yet: {self}"]


class RegistryError(DockerLabError):
    """A registry does not answer, or refuses."""


class ToolMissing(DockerLabError):
    """A program that a lesson uses is not there, or too old."""


class TemplateError(DockerLabError):
    """A deployment template, or a value for one of its parameters, is wrong."""


class WaitTimeout(DockerLabError):
    """A condition did not come true in time."""


class CommandFailed(DockerLabError):
    """A program ended with an error.

    Args:
        command: the program and its arguments.
        returncode: its exit status.
        stdout: what it printed.
        stderr: what it printed on standard error.
    """

    def __init__(self, command: Sequence[str], returncode: int, stdout: str, stderr: str) -> None:
        super().__init__(list(command), returncode, stdout, stderr)
        self.command = list(command)
        self.returncode = returncode
        self.stdout = stdout
        self.stderr = stderr

    def __str__(self) -> str:
        said = "\n".join(part.strip() for part in (self.stdout, self.stderr) if part.strip())
        return f"`{' '.join(self.command)}` ended with status {self.returncode}" + (
            f":\n{said}" if said else "."
        )
