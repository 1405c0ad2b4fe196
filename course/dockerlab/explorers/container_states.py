"""The explorer of a container's states: buttons, a real container, and the daemon's events."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from html import escape
from typing import Any

import docker
import ipywidgets as widgets
import requests

from dockerlab.explorers.drawing import svg
from dockerlab.explorers.events import EventWatch
from dockerlab.explorers.states import Action, State, allowed, observe
from dockerlab.frame import bundle, error, frame, row
from dockerlab.lesson import Lesson

NAME = "state-explorer"
IMAGE = "busybox"
# A well-behaved program: it ends with 0 when asked to stop. A killed one is not asked.
COMMAND = ["sh", "-c", "trap 'exit 0' TERM; while true; do sleep 1 & wait $!; done"]
EVENTS_SHOWN = 12
GRACE = 5  # seconds from SIGTERM to SIGKILL
HELP = {
    Action.CREATE: "Make a container from the image; nothing runs yet",
    Action.START: "Start the container's program",
    Action.PAUSE: "Freeze its processes",
    Action.UNPAUSE: "Let its frozen processes go on",
    Action.STOP: "Ask its program to end (SIGTERM), kill it after the grace time",
    Action.KILL: "End its program at once (SIGKILL)",
    Action.RESTART: "Stop it if it runs, then start it",
    Action.REMOVE: "Remove the container and all that it has written",
}
EMPTY = "<i>no event yet: press a button</i>"


class ContainerStates:
    """A container's states, driven by buttons on a real container.

    The state shown is always what the daemon says. Where no kernel runs, the picture stays.

    Args:
        lesson: a started lesson; the container bears its label, and its clean-up removes it.
        name: the container's.
    """

    def __init__(self, lesson: Lesson, *, name: str = NAME) -> None:
        self.name = name
        self._client = lesson.client
        self._labels = lesson.labels
        self._lock = threading.RLock()  # events come from a thread of their own
        self._events: deque[tuple[str, str]] = deque(maxlen=EVENTS_SHOWN)
        self._picture = widgets.HTML()
        self._log = widgets.HTML()
        self._said = widgets.HTML()
        self.buttons = {action: self._button(action) for action in Action}
        self.view = self._layout()
        self.refresh()
        self._watch = EventWatch(self._client, name, lesson.label, self._on_event)

    @property
    def events(self) -> list[str]:
        """The latest events, the newest last."""
        with self._lock:
            return [action for _, action in self._events]

    @property
    def state(self) -> State | None:
        """The state by the daemon's word, now."""
        return observe(self._client, self.name)[0]

    def act(self, action: Action) -> None:
        """Do what a button does. What the daemon refuses is shown, not raised.

        Args:
            action: the button's.
        """
        self._said.value = ""
        try:
            self._ask(action)
        except (docker.errors.DockerException, requests.RequestException) as refusal:
            why = getattr(refusal, "explanation", None) or refusal
            self._said.value = error("The daemon refuses", why)
        self.refresh()

    def refresh(self) -> None:
        """Show what the daemon says now."""
        with self._lock:  # or an older answer could overwrite a newer one
            try:
                state, code = observe(self._client, self.name)
            except (docker.errors.DockerException, requests.RequestException) as silence:
                self._said.value = error("The daemon does not answer", silence)
                return
            possible = allowed(state)
            for action, button in self.buttons.items():
                button.disabled = action not in possible
            self._picture.value = svg(state, code)

    def close(self) -> None:
        """Stop listening to the daemon. The lesson's clean-up removes the container."""
        self._watch.close()
        for button in self.buttons.values():
            button.disabled = True

    def _ask(self, action: Action) -> None:
        api = self._client.api
        if action is Action.CREATE:
            self._client.containers.create(IMAGE, COMMAND, name=self.name, labels=self._labels)
            return
        ask: dict[Action, Callable[[], Any]] = {
            Action.START: lambda: api.start(self.name),
            Action.PAUSE: lambda: api.pause(self.name),
            Action.UNPAUSE: lambda: api.unpause(self.name),
            Action.STOP: lambda: api.stop(self.name, timeout=GRACE),
            Action.KILL: lambda: api.kill(self.name),
            Action.RESTART: lambda: api.restart(self.name, timeout=GRACE),
            Action.REMOVE: lambda: api.remove_container(self.name, v=True),
        }
        ask[action]()

    def _on_event(self, action: str, at: float) -> None:
        clock = time.strftime("%H:%M:%S", time.localtime(at))
        with self._lock:
            self._events.append((clock, action))
            lines = "".join(
                f"<li><code>{clock}</code> <b>{escape(action)}</b></li>"
                for clock, action in reversed(self._events)
            )
            self._log.value = f"<ul>{lines}</ul>"
        self.refresh()

    def _button(self, action: Action) -> widgets.Button:
        button = widgets.Button(description=str(action), tooltip=HELP[action])
        button.layout.width = "88px"
        button.on_click(lambda _: self.act(action))
        return button

    def _layout(self) -> widgets.VBox:
        self._log.value = EMPTY
        style = (
            "<style>.dl-events{min-width:210px}.dl-events ul{margin:0;padding-left:18px}</style>"
        )
        events = widgets.VBox([widgets.HTML("<b>Events</b>, the newest first"), self._log])
        events.add_class("dl-events")
        return frame(
            f"{style}<b>The states of a container</b>: <code>{escape(self.name)}</code>, "
            f"from <code>{IMAGE}</code>",
            row(*self.buttons.values()),
            row(self._picture, events),
            self._said,
            kind="dl-states",
        )

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        """The live view, and the picture for where no kernel runs."""
        return bundle(
            self.view,
            svg(self.state),
            f"The states of a container ({self.name}); run this cell to try them.",
        )
