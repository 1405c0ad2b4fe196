"""The explorer of a container's places: what it writes, where that lies, and what survives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from html import escape
from pathlib import Path

import docker
import ipywidgets as widgets
import requests

from dockerlab.explorers.places import PATHS, Found, Place, Places
from dockerlab.explorers.places_drawing import svg
from dockerlab.explorers.states import State
from dockerlab.frame import bundle, error, frame, row
from dockerlab.lesson import Lesson

NAME = "lesson-places"
HELP = {
    "run": "Make the container anew, with all its mounts, and start it",
    "stop": "End the container's program; the container stays",
    "start": "Start the container again",
    "rm -f": "Remove the container",
    "volume rm": "Remove the volume; refused while a container has it",
}


class WhereBytesAre:
    """Buttons that write into each place of a real container, and take the container away.

    What is shown is looked up after each act: the daemon is asked, the places are read.

    Args:
        lesson: a started lesson; all that is made bears its label.
        folder: for the bind mount; None where the daemon sees no folder of this machine.
        name: of the container and its volume.
    """

    def __init__(self, lesson: Lesson, folder: Path | None, *, name: str = NAME) -> None:
        self.model = Places(lesson.client, name, str(folder) if folder else None, lesson.labels)
        self._root = str(lesson.client.info()["DockerRootDir"])
        self.found: dict[Place, Found] = {}
        self._before: Mapping[Place, Found] = {}
        self._picture = widgets.HTML()
        self._said = widgets.HTML()
        self._folders = widgets.HTML()
        acts: dict[str, Callable[[], None]] = {
            "run": self.model.run,
            "stop": self.model.stop,
            "start": self.model.start,
            "rm -f": self.model.remove,
            "volume rm": self.model.remove_volume,
        }
        self.buttons = {
            name: self._button(name, HELP[name], partial(self.act, act))
            for name, act in acts.items()
        }
        self.writers = {
            place: self._button(
                f"write to {PATHS[place]}",
                f"Let the container add 64 KiB to a file in its {place}",
                partial(self.act, partial(self.model.write, place)),
            )
            for place in self.model.places
        }
        self.view = self._layout()
        self.refresh()

    def act(self, act: Callable[[], None]) -> None:
        """Do something, and look at all places again. What the daemon refuses is shown.

        Args:
            act: one of the model's.
        """
        self._said.value = ""
        self._before = self.found
        try:
            act()
        except (docker.errors.DockerException, requests.RequestException) as refusal:
            why = getattr(refusal, "explanation", None) or refusal
            self._said.value = error("The daemon refuses", why)
        self.refresh()

    def tour(self) -> None:
        """Write into each place of a new container, remove it, and make it anew."""
        if self.model.state is not State.REMOVED:
            self.buttons["rm -f"].click()
        for button in (self.buttons["run"], *self.writers.values(), self.buttons["rm -f"]):
            button.click()
        lost_by_rm = self._before
        self.buttons["run"].click()
        self._before = lost_by_rm
        self.refresh()

    def refresh(self) -> None:
        """Look at all places, and show what there is."""
        try:
            state, self.found = self.model.state, self.model.look()
        except (docker.errors.DockerException, requests.RequestException) as silence:
            self._said.value = error("The daemon does not answer", silence)
            return
        possible = {
            "run": state is State.REMOVED,
            "stop": state is State.RUNNING,
            "start": state is State.EXITED,
            "rm -f": state is not State.REMOVED,
            "volume rm": self.found[Place.VOLUME].is_there,
        }
        for name, button in self.buttons.items():
            button.disabled = not possible[name]
        for button in self.writers.values():
            button.disabled = state is not State.RUNNING
        self._picture.value = self._drawn(state)
        folders = "".join(
            f"<li>{place}: <code>{escape(found.where)}</code></li>"
            for place, found in self.found.items()
            if found.where
        )
        self._folders.value = (
            "<details><summary>The folders in full, on the daemon's machine</summary>"
            f"<ul style='margin:0'><li>$ROOT: <code>{escape(self._root)}</code></li>{folders}</ul>"
            "</details>"
        )

    def close(self) -> None:
        """Grey out all buttons. The lesson's clean-up removes what was made."""
        for button in (*self.buttons.values(), *self.writers.values()):
            button.disabled = True

    def _drawn(self, state: State | None) -> str:
        return svg(self.model.name, state, self.found, self._before, self._root)

    def _button(self, name: str, help_: str, act: Callable[[], None]) -> widgets.Button:
        button = widgets.Button(description=name, tooltip=help_, layout={"width": "auto"})
        button.on_click(lambda _: act())
        return button

    def _layout(self) -> widgets.VBox:
        return frame(
            f"<b>Where the bytes are</b>: <code>{escape(self.model.name)}</code>, a container with "
            f"{len(self.model.places)} places to write to",
            row(*self.buttons.values()),
            row(*self.writers.values()),
            self._picture,
            self._said,
            self._folders,
            kind="dl-places",
        )

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        """The live view, and the picture for where no kernel runs."""
        return bundle(
            self.view,
            self._drawn(self.model.state),
            f"Where the bytes of {self.model.name} are; run this cell to try it.",
        )
