"""The explorer of a dashboard: a Grafana dashboard's own panels, drawn from Prometheus."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from html import escape

import docker
import ipywidgets as widgets
import requests

from dockerlab.dashboard import Dashboard, Panel
from dockerlab.explorers.dashboard_drawing import svg
from dockerlab.frame import bundle, error, frame, row
from dockerlab.lesson import Lesson
from dockerlab.prometheus import Prometheus, QueryRefused, Series

SPANS = {"1 minute": 60, "2 minutes": 120, "5 minutes": 300, "15 minutes": 900}
POINTS = 90  # of a line
EVERY = 2.0  # seconds between two looks
LOADS = 10, 20, 40  # seconds
LOOP = "while :; do :; done"

Drawn = Mapping[Panel, list[tuple[str, Series]]]


class DashboardPanels:
    """A dashboard's panels, drawn anew every two seconds while that is switched on.

    Each panel asks Prometheus what the dashboard's file says. Where no kernel runs, the picture
    stays.

    Args:
        lesson: a started lesson.
        dashboard: as read from its file.
        prometheus: whom to ask.
        worker: the container that the button loads.
        span: seconds that are shown.
    """

    def __init__(
        self,
        lesson: Lesson,
        dashboard: Dashboard,
        prometheus: Prometheus,
        worker: str,
        *,
        span: int = 60,
    ) -> None:
        self._client = lesson.client
        self.dashboard = dashboard
        self.prometheus = prometheus
        self._worker = worker
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._picture = widgets.HTML()
        self._said = widgets.HTML()
        self.span = widgets.Dropdown(
            options=SPANS, value=span, description="Show", layout={"width": "180px"}
        )
        self.span.observe(lambda _: self.refresh(), names="value")
        self.follow = widgets.ToggleButton(
            description="follow", tooltip=f"Look again every {EVERY:g} seconds"
        )
        self.follow.observe(lambda _: self._follow(), names="value")
        self.loads = {seconds: self._button(seconds) for seconds in LOADS}
        self.view = frame(
            f"<b>{escape(dashboard.title)}</b>: the panels of Grafana's file, from "
            f"<code>{escape(prometheus.address)}</code>",
            row(self.span, self.follow, *self.loads.values()),
            self._said,
            self._picture,
            kind="dl-dashboard",
        )
        self.refresh()

    @property
    def picture(self) -> str:
        """The panels as they were last drawn, as an SVG."""
        return str(self._picture.value)

    def load(self, seconds: int) -> None:
        """Give the worker something to do. What the daemon refuses is shown, not raised.

        Args:
            seconds: for how long.
        """
        self._said.value = ""
        try:
            box = self._client.containers.get(self._worker)
            box.exec_run(["timeout", str(seconds), "sh", "-c", LOOP], detach=True)
            self.follow.value = True
        except (docker.errors.DockerException, requests.RequestException) as refusal:
            self._said.value = error("The daemon refuses", refusal)

    def look(self, end: float) -> Drawn:
        """Ask all panels' queries of the span that ends at a moment.

        Raises:
            QueryRefused: Prometheus does not accept one.
            requests.RequestException: it does not answer.
        """
        start, step = end - self.span.value, self.span.value / POINTS
        return {
            panel: sorted(
                (
                    (query.name(series.labels), series)
                    for query in panel.queries
                    for series in self.prometheus.query_range(
                        query.expression, start=start, end=end, step=step
                    )
                ),
                key=lambda line: line[0],
            )
            for panel in self.dashboard.panels
        }

    def refresh(self) -> None:
        """Ask, and draw. Where Prometheus does not answer, that is shown."""
        end = time.time()
        try:
            drawn = self.look(end)
        except (QueryRefused, requests.RequestException, ValueError) as silence:
            self._said.value = error("Prometheus does not answer", silence)
            return
        self._picture.value = svg(self.dashboard, drawn, end - self.span.value, end)

    def close(self) -> None:
        """Stop looking."""
        self._closed.set()
        for button in self.loads.values():
            button.disabled = True
        if self._thread:
            self._thread.join(timeout=10)

    def _follow(self) -> None:
        if self.follow.value and not (self._thread and self._thread.is_alive()):
            self._thread = threading.Thread(target=self._look_again, name="dashboard", daemon=True)
            self._thread.start()

    def _look_again(self) -> None:
        while self.follow.value and not self._closed.wait(EVERY):
            self.refresh()

    def _button(self, seconds: int) -> widgets.Button:
        button = widgets.Button(
            description=f"load for {seconds} s",
            tooltip=f"Let {self._worker} compute for {seconds} seconds",
        )
        button.on_click(lambda _: self.load(seconds))
        return button

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        """The live view, and the picture for where no kernel runs."""
        return bundle(
            self.view,
            self.picture,
            f"The dashboard “{self.dashboard.title}”; run this cell to draw it from Prometheus.",
        )
