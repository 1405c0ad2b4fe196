"""The explorer of the API: a docker command, and the HTTP calls that it makes."""

from __future__ import annotations

import shlex
import subprocess
import threading
from collections.abc import Sequence
from html import escape

import ipywidgets as widgets

from dockerlab.errors import DockerLabError
from dockerlab.frame import bundle, error, frame, row, status
from dockerlab.lesson import Lesson
from dockerlab.recorder import Recording, record
from dockerlab.recorder_table import table

TIMEOUT = 60  # seconds that a command may take
SHOWN = 3000  # characters of its output
COMMANDS = (
    "docker run --rm --label {label} busybox echo hello",
    "docker ps --all",
    "docker images",
    "docker version",
    "docker run --detach --label {label} busybox sleep 60",
    "docker run --rm --label {label} nothing-of-this-name",
    "docker network ls",
    "docker volume ls",
    "docker system df",
)


class ApiRecorder:
    """Runs a docker command, and shows the calls that it makes, as it makes them.

    Args:
        lesson: a started lesson; the suggested commands put its label on what they make.
        commands: to choose from. Any other may be typed.
    """

    def __init__(self, lesson: Lesson, commands: Sequence[str] = COMMANDS) -> None:
        self._client = lesson.client
        self._calls = Recording()
        self._busy = threading.Lock()
        suggested = [each.format(label=lesson.label) for each in commands]
        self.command = widgets.Text(value=suggested[0], layout={"width": "min(520px, 90%)"})
        self.command.add_class("dl-command")
        self.suggested = widgets.Dropdown(options=suggested, layout={"width": "min(520px, 90%)"})
        self.suggested.observe(self._choose, names="value")
        self.button = widgets.Button(
            description="run", tooltip="Run the command, and record its calls"
        )
        self.button.layout.width = "88px"
        self.button.on_click(lambda _: self.run())
        self._output = widgets.HTML()
        self._table = widgets.HTML()
        self._said = widgets.HTML()
        self.view = frame(
            "<b>The API recorder</b>: choose a docker command, change it as you like, and see what "
            "it asks the daemon. A click on a call shows what was sent, and what came back.",
            row(self.suggested),
            row(self.command, self.button),
            self._said,
            self._output,
            self._table,
            kind="dl-api",
        )

    @property
    def calls(self) -> Recording:
        """What the last command asked."""
        return self._calls

    def run(self) -> None:
        """Run the command, and show its calls. What goes wrong is shown, not raised."""
        if not self._busy.acquire(blocking=False):
            return
        self.button.disabled = True
        try:
            self._run(shlex.split(self.command.value))
        except subprocess.TimeoutExpired:
            self._said.value = error("Ended", f"it was still running after {TIMEOUT} s")
        except (DockerLabError, OSError, ValueError) as problem:
            self._said.value = error("Not run", problem)
        finally:
            self._table.value = table(self._calls)
            self.button.disabled = False
            self._busy.release()

    def _choose(self, change: dict[str, str]) -> None:
        self.command.value = change["new"]

    def _run(self, words: list[str]) -> None:
        if words[:1] != ["docker"]:
            raise ValueError("a command that starts with “docker” is wanted")
        self._said.value = status("running …")
        self._output.value = ""
        with record(self._client, told=self._show) as self._calls:
            done = subprocess.run(
                words,
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=TIMEOUT,
            )
        text = done.stdout.decode(errors="replace")
        cut = "\n…" if len(text) > SHOWN else ""
        self._output.value = (
            "<pre style='max-height:12em;overflow:auto;margin:4px 0'>"
            f"{escape(text[:SHOWN])}{cut}</pre>"
        )
        self._said.value = status(
            f"exit code {done.returncode}; {len(self._calls)} calls were recorded"
        )

    def _show(self) -> None:
        self._table.value = table(self._calls)

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        """The live view, and the last command's calls for where no kernel runs."""
        picture = f"<p><code>{escape(self.command.value)}</code></p>{table(self._calls)}"
        return bundle(self.view, picture, f"{self.command.value}\n{self._calls!r}")
