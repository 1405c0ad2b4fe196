"""The explorer of a compose project: its services as a graph, and their health as they come up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from html import escape
from pathlib import Path

import docker
import ipywidgets as widgets
import requests

from dockerlab import compose
from dockerlab.errors import CommandFailed
from dockerlab.explorers.compose_drawing import svg
from dockerlab.explorers.events import EventWatch
from dockerlab.explorers.replicas import Replica, Replicas
from dockerlab.frame import bundle, error, frame, row, status
from dockerlab.lesson import Lesson

FOLLOWED = ("create", "start", "die", "destroy", "kill", "pause", "unpause", "health_status")
MOST = 3  # replicas that the slider offers
LAST_WORDS = 3  # lines of what Compose says that are shown


class ComposeGraph:
    """Buttons that run `docker compose` on a file, and a picture that follows the daemon's events.

    The states shown are always what the daemon says. Where no kernel runs, the picture stays.

    Args:
        lesson: a started lesson, which has the file's project among its own.
        file: the compose file.
        scaled: the service whose number of containers can be set; None for none.

    Raises:
        CommandFailed: Compose does not accept the file.
    """

    def __init__(self, lesson: Lesson, file: Path, *, scaled: str | None = None) -> None:
        self._client = lesson.client
        self._file = file
        self.plan = compose.read(file)
        self._replicas = Replicas(self._client, self.plan.project)
        self._lock = threading.RLock()  # events come from a thread of their own
        self._picture = widgets.HTML()
        self._said = widgets.HTML()
        plain = [name for name, service in self.plan.services.items() if not service.profiles]
        self.service = widgets.Dropdown(options=plain, layout={"width": "130px"})
        self.number = widgets.IntSlider(value=1, min=1, max=MOST, layout={"width": "190px"})
        acts: dict[str, tuple[str, Callable[[], tuple[str, ...]]]] = {
            "up": ("Make and start what is missing", lambda: ("up", "--detach", "--wait")),
            "down": (
                "Remove the containers and the network; volumes stay",
                lambda: ("down", "--timeout", "5"),
            ),
            "down --volumes": (
                "Remove the volumes, too",
                lambda: ("down", "--timeout", "5", "--volumes"),
            ),
            "stop": (
                "Ask the service's program to end",
                lambda: ("stop", "--timeout", "5", self.service.value),
            ),
            "kill": ("End the service's program at once", lambda: ("kill", self.service.value)),
            "scale": (
                f"Let there be as many containers of {scaled}",
                lambda: ("scale", f"{scaled}={self.number.value}"),
            ),
        }
        self.buttons = {name: self._button(name, *act) for name, act in acts.items()}
        self._scaled = scaled
        self.view = self._layout()
        self.refresh()
        self._watch = EventWatch(
            self._client,
            self.plan.project,
            "",
            lambda action, at: self.refresh(),
            filters={
                "type": "container",
                "label": f"{compose.PROJECT}={self.plan.project}",
                "event": list(FOLLOWED),
            },
        )

    @property
    def replicas(self) -> list[Replica]:
        """The project's containers, by the daemon's word, now."""
        return self._replicas.look()

    def act(self, *words: str) -> None:
        """Run `docker compose` with these words; what it refuses is shown, not raised.

        Args:
            words: such as "up", "--detach".
        """
        line = f"docker compose {' '.join(words)}"
        self._said.value = status(f"<code>{escape(line)}</code> …")
        try:
            self.plan = compose.read(self._file)  # it may have been changed
            compose.compose(self._file, *words)
            self._said.value = status(f"<code>{escape(line)}</code> ✓")
        except CommandFailed as refusal:
            said = f"{refusal.stdout}\n{refusal.stderr}".strip().splitlines()
            self._said.value = error(line, "; ".join(map(str.strip, said[-LAST_WORDS:])))
        self.refresh()

    def refresh(self) -> None:
        """Show what the daemon says now."""
        with self._lock:  # or an older answer could overwrite a newer one
            try:
                self._picture.value = self.picture
            except (docker.errors.DockerException, requests.RequestException) as silence:
                self._said.value = error("The daemon does not answer", silence)

    @property
    def picture(self) -> str:
        """The services as they are now, as an SVG."""
        return svg(self.plan, self.replicas, time.time())

    def close(self) -> None:
        """Stop listening to the daemon. The lesson's clean-up removes the project."""
        self._watch.close()
        for button in self.buttons.values():
            button.disabled = True

    def _button(self, name: str, what: str, words: Callable[[], tuple[str, ...]]) -> widgets.Button:
        button = widgets.Button(description=name, tooltip=what, layout={"width": "auto"})
        button.on_click(lambda _: self.act(*words()))
        return button

    def _layout(self) -> widgets.VBox:
        whole = [self.buttons[name] for name in ("up", "down", "down --volumes")]
        one = [self.service, self.buttons["stop"], self.buttons["kill"]]
        scale = [self.number, self.buttons["scale"]] if self._scaled else []
        name = widgets.HTML(f"<b>{escape(self._scaled)}:</b>") if self._scaled else None
        return frame(
            f"<b>The project</b> <code>{escape(self.plan.project)}</code>, as the daemon has it",
            row(*whole, *one, *([name] if name else []), *scale),
            self._said,
            self._picture,
            kind="dl-compose",
        )

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        """The live view, and the picture for where no kernel runs."""
        return bundle(
            self.view,
            self.picture,
            f"The services of {self.plan.project}; run this cell to see them come up.",
        )
