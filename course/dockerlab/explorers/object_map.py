"""The explorer of the daemon's objects: a map that follows the daemon's events."""

from __future__ import annotations

import threading

import docker
import ipywidgets as widgets
import requests

from dockerlab.explorers.events import EventWatch, Settled
from dockerlab.explorers.object_map_drawing import describe, svg
from dockerlab.frame import bundle, error, frame, row
from dockerlab.lesson import Lesson
from dockerlab.object_map import ObjectMap, collect

KINDS = ["container", "image", "network", "volume"]
OURS, ALL = "this lesson's", "everything"
SETTLE = 0.2  # seconds


class ObjectMapExplorer:
    """Images, containers, networks and volumes, and what refers to what.

    It shows the lesson's own objects with what they are tied to, or all that the daemon has. It is
    drawn anew whenever the daemon tells of a change.

    Args:
        lesson: a started lesson, whose objects are marked.
    """

    def __init__(self, lesson: Lesson) -> None:
        self._client = lesson.client
        self._label = lesson.label
        self._lock = threading.RLock()
        self._settled = Settled(self.refresh, SETTLE)
        self._picture = widgets.HTML()
        self._said = widgets.HTML()
        self.choice = widgets.ToggleButtons(options=[OURS, ALL], value=OURS)
        self.choice.style.button_width = "120px"
        self.choice.observe(lambda _: self.refresh(), names="value")
        self.view = frame(
            "<b>The daemon's objects</b>, and what refers to what. A thick border and a ★: this "
            "lesson's own. Dashes: does not run. Hover over a box or a line for more.",
            row(self.choice),
            self._picture,
            self._said,
            kind="dl-map",
        )
        self.refresh()
        self._watch = EventWatch(
            self._client, "objects", self._label, self._on_event, filters={"type": KINDS}
        )

    @property
    def objects(self) -> ObjectMap:
        """What is to be shown, by the daemon's word, now.

        Raises:
            docker.errors.APIError: the daemon has trouble.
        """
        objects = collect(self._client, self._label)
        return objects.ours() if self.choice.value == OURS else objects

    def refresh(self) -> None:
        """Draw what the daemon has now."""
        with self._lock:  # or an older answer could overwrite a newer one
            try:
                self._picture.value = svg(self.objects)
                self._said.value = ""
            except (docker.errors.DockerException, requests.RequestException) as silence:
                self._said.value = error("The daemon does not answer", silence)

    def close(self) -> None:
        """Stop listening to the daemon."""
        self._settled.close()
        self._watch.close()
        self.choice.disabled = True

    def _on_event(self, action: str, at: float) -> None:
        self._settled.tell()

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        """The live view, and the picture for where no kernel runs."""
        objects = self.objects
        return bundle(self.view, svg(objects), describe(objects))
