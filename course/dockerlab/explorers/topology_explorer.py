"""The explorer of networks: a picture that follows the daemon's events, to be clicked on."""

from __future__ import annotations

import threading
from html import escape

import docker
import ipywidgets as widgets
import requests

from dockerlab.explorers.events import EventWatch, Settled
from dockerlab.explorers.topology_details import details
from dockerlab.explorers.topology_drawing import describe, svg
from dockerlab.explorers.topology_layout import WIDTH, Key, Spot, lay_out
from dockerlab.frame import bundle, error, frame, row, status
from dockerlab.host_network import HostNetwork
from dockerlab.lesson import Lesson
from dockerlab.topology import Topology, collect

OURS, ALL = "this lesson's", "everything"
SETTLE = 0.3  # seconds
STYLE = """<style>
.dl-topology .dl-window{overflow-x:auto;width:100%}
.dl-topology .dl-stage{position:relative;overflow:hidden;width:100%;min-width:700px;
max-width:1000px}
.dl-topology .dl-stage>.widget-html{margin:0;width:100%}
.dl-topology .dl-stage .widget-html-content{line-height:normal;width:100%}
.dl-topology .dl-stage .dl-spot{position:absolute;margin:0;padding:0;height:auto;
background:transparent;border:0;box-shadow:none;cursor:pointer}
.dl-topology .dl-stage .dl-spot:hover{background:rgba(11,92,173,.08)}
.dl-topology svg{display:block}
.dl-topology table{line-height:20px}
.dl-topology :is(td,th){padding:1px 14px 1px 0;text-align:left;vertical-align:top}
.dl-topology td{font-family:ui-monospace,monospace;font-size:12px;overflow-wrap:anywhere}
</style>"""
INVITATION = "Click a network, a container or an interface to inspect it."


class TopologyExplorer:
    """Networks, containers and the pairs of interfaces between them, drawn live.

    It shows the lesson's own things and what they are connected to, or all that the daemon has.

    Args:
        lesson: a started lesson, whose things are marked.
        host: a look at the machine's own network; without it, what only that shows is left out.
    """

    def __init__(self, lesson: Lesson, host: HostNetwork | None) -> None:
        self._client = lesson.client
        self._label = lesson.label
        self._host = host
        self._lock = threading.RLock()
        self._settled = Settled(self.refresh, SETTLE)
        self.topology = Topology()
        self.chosen: Key | None = None
        self._picture = widgets.HTML()
        self._places = widgets.HTML()
        self.spots: dict[Key, widgets.Button] = {}
        self._stage = widgets.Box([self._picture])
        self._stage.add_class("dl-stage")
        window = widgets.Box([self._stage])
        window.add_class("dl-window")
        self._told = widgets.HTML(status(INVITATION))
        self._said = widgets.HTML()
        self.choice = widgets.ToggleButtons(options=[OURS, ALL], value=OURS)
        self.choice.style.button_width = "120px"
        self.choice.observe(lambda _: self.refresh(), names="value")
        self.view = frame(
            f"{STYLE}<b>Who is plugged in where</b>. # is the number by which the kernel knows an "
            "interface. A thick border and a ★: this lesson's own. Dashes: does not run. "
            "On the right, the machine's ports that lead in.",
            row(self.choice),
            self._places,
            window,
            self._told,
            self._said,
            kind="dl-topology",
        )
        self.refresh()
        self._watch = EventWatch(
            self._client,
            "networks",
            self._label,
            self._on_event,
            filters={"type": ["network", "container"]},
        )

    def refresh(self) -> None:
        """Look at what there is now, and draw it."""
        with self._lock:  # or an older answer could overwrite a newer one
            try:
                found = collect(self._client, self._label, self._host)
            except (docker.errors.DockerException, requests.RequestException) as silence:
                self._said.value = error("The daemon does not answer", silence)
                return
            self._said.value = ""
            self.topology = found if self.choice.value == ALL else found.ours()
            self._draw()

    def choose(self, key: Key) -> None:
        """Mark a thing, and tell what there is to tell of it.

        Args:
            key: of the thing.
        """
        with self._lock:
            self.chosen = key
            self._draw()

    def close(self) -> None:
        """Stop listening to the daemon."""
        self._settled.close()
        self._watch.close()
        self.choice.disabled = True

    def _draw(self) -> None:
        layout = lay_out(self.topology)
        self._picture.value = svg(self.topology, self.chosen)
        # A button lies on each thing of the picture, so that keys and screen readers find it, too.
        spots = {key: self.spots.get(key) or self._spot(key) for key in layout.spots}
        rules = [
            _place(number, layout.spots[key], layout.height) for number, key in enumerate(spots)
        ]
        self._places.value = f"<style>{''.join(rules)}</style>"
        for number, (key, button) in enumerate(spots.items()):
            button.tooltip = f"Inspect the {details(self.topology, key)[0]}"
            button._dom_classes = ("dl-spot", f"dl-spot-{number}")
        if spots.keys() != self.spots.keys():
            self._stage.children = [self._picture, *spots.values()]
        self.spots = spots
        heading, rows = details(self.topology, self.chosen) if self.chosen else ("", [])
        cells = "".join(f"<tr><th>{escape(a)}</th><td>{escape(b)}</td></tr>" for a, b in rows)
        table = f"<b>{escape(heading)}</b><table>{cells}</table>" if heading else INVITATION
        self._told.value = status(table)

    def _spot(self, key: Key) -> widgets.Button:
        button = widgets.Button()
        button.on_click(lambda _: self.choose(key))
        return button

    def _on_event(self, action: str, at: float) -> None:
        if not action.startswith("exec"):  # our own looks cause these
            self._settled.tell()

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        """The live view, and the picture for where no kernel runs."""
        return bundle(self.view, svg(self.topology, self.chosen), describe(self.topology))


def _place(number: int, spot: Spot, height: int) -> str:
    """The style rule that puts a button on its spot, however narrow the page."""
    return (
        f".dl-topology .dl-stage .dl-spot-{number}{{left:{spot.x / WIDTH:.2%};"
        f"top:{spot.y / height:.2%};width:{spot.width / WIDTH:.2%};"
        f"height:{spot.height / height:.2%}}}"
    )
