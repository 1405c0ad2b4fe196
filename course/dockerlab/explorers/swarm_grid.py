"""The explorer of a swarm: its nodes and tasks as they are, and what one can ask for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from html import escape

import docker
import ipywidgets as widgets
import requests

from dockerlab import swarm
from dockerlab.errors import DockerLabError
from dockerlab.explorers.swarm_drawing import svg
from dockerlab.frame import bundle, error, frame, row, status
from dockerlab.swarm import Node, Snapshot

MOST = 9  # tasks that the slider asks for
EVERY = 1.0  # seconds from look to look
TROUBLE = (docker.errors.DockerException, requests.RequestException, DockerLabError)


class SwarmGrid:
    """A live grid of nodes and tasks, with a slider for how many tasks a service is to have.

    What is shown is always what the manager says; a thread asks it until `close`. Where no kernel
    runs, the picture stays.

    Args:
        nodes: of the swarm; the first one is its manager.
        service: a replicated one, which the slider scales.
        images: that the service can be updated to.
    """

    def __init__(self, nodes: Sequence[Node], service: str, images: Sequence[str]) -> None:
        self.service = service
        self.nodes = {node.name: node for node in nodes}
        self._manager = nodes[0].client
        self._picture = widgets.HTML()
        self._said = widgets.HTML()
        self._showing = False
        self.slider = widgets.IntSlider(
            min=0,
            max=MOST,
            description="Replicas",
            continuous_update=False,  # else each step of a long way is asked for
        )
        self.image = widgets.ToggleButtons(options=list(images), style={"button_width": "auto"})
        self.slider.observe(self._on_slider, "value")
        self.image.observe(self._on_image, "value")
        kill = partial(swarm.kill_task, self._manager, nodes, service)
        self.kill_task = self._button("kill a task", f"Kill a container of {service}", kill)
        self.drains = {name: self._drain_button(name) for name in self.nodes}
        # Without its only manager, nobody could be asked what becomes of the swarm.
        self.powers = {name: self._power_button(name) for name in list(self.nodes)[1:]}
        self.seen = swarm.look(self._manager)
        self.view = self._layout()
        self._show(self.seen)
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="swarm grid", daemon=True)
        self._thread.start()

    @property
    def picture(self) -> str:
        """The grid as it was at the last look, as an SVG."""
        return svg(self.seen)

    def refresh(self) -> None:
        """Ask the manager, and show what it says."""
        try:
            self._show(swarm.look(self._manager))
        except TROUBLE as silence:
            self._said.value = error("The manager does not answer", silence)

    def close(self) -> None:
        """Stop asking, and switch all controls off. A second call does nothing."""
        self._closed.set()
        self._thread.join(timeout=10)
        for control in (
            self.slider,
            self.image,
            self.kill_task,
            *self.drains.values(),
            *self.powers.values(),
        ):
            control.disabled = True

    def _watch(self) -> None:
        while not self._closed.wait(EVERY):
            self.refresh()

    def _show(self, seen: Snapshot) -> None:
        self.seen = seen
        if (drawn := svg(seen)) != self._picture.value:
            self._picture.value = drawn
        self._showing = True  # what is set here is not asked for
        try:
            if found := seen.service(self.service):
                self.slider.value = min(found.replicas or 0, MOST)
                if found.image in self.image.options:
                    self.image.value = found.image
            for computer in seen.computers:
                if drain := self.drains.get(computer.name):
                    act = "drain" if computer.availability == "active" else "activate"
                    drain.description = f"{act} {computer.name}"
                if power := self.powers.get(computer.name):
                    act = "kill" if computer.state == "ready" else "start"
                    power.description = f"{act} {computer.name}"
        finally:
            self._showing = False

    def _act(self, act: Callable[[], object], words: str) -> None:
        """Ask for something. What is refused is shown, not raised."""
        self._said.value = status(escape(words))
        try:
            act()
        except TROUBLE as refusal:
            why = getattr(refusal, "explanation", None) or refusal
            self._said.value = error("The swarm refuses", why)
        self.refresh()

    def _on_slider(self, change: dict[str, int]) -> None:
        if not self._showing:
            wanted = change["new"]
            act = partial(swarm.scale, self._manager, self.service, wanted)
            self._act(act, f"Asked for {wanted} tasks of {self.service}.")

    def _on_image(self, change: dict[str, str]) -> None:
        if not self._showing:
            wanted = change["new"]
            act = partial(swarm.update, self._manager, self.service, wanted)
            self._act(act, f"Asked for {wanted}, one task after the other.")

    def _drain(self, name: str) -> None:
        found = next(computer for computer in self.seen.computers if computer.name == name)
        wanted = "drain" if found.availability == "active" else "active"
        swarm.set_availability(self._manager, name, wanted)

    def _power(self, name: str) -> None:
        found = next(computer for computer in self.seen.computers if computer.name == name)
        if found.state == "ready":
            self.nodes[name].kill()
        else:
            self.nodes[name].start()

    def _drain_button(self, name: str) -> widgets.Button:
        help_ = "Drain: its tasks go elsewhere. Activate: it may be given tasks again"
        return self._button(f"drain {name}", help_, partial(self._drain, name))

    def _power_button(self, name: str) -> widgets.Button:
        help_ = "Cut this node's power, or switch it on again"
        return self._button(f"kill {name}", help_, partial(self._power, name))

    def _button(self, name: str, help_: str, act: Callable[[], object]) -> widgets.Button:
        button = widgets.Button(description=name, tooltip=help_, layout={"width": "auto"})
        button.on_click(lambda pressed: self._act(act, f"Asked for: {pressed.description}."))
        return button

    def _layout(self) -> widgets.VBox:
        return frame(
            f"<b>A swarm</b>: {len(self.nodes)} nodes, and the tasks that they were given",
            row(self.slider, self.image),
            row(self.kill_task, *self.drains.values(), *self.powers.values()),
            self._picture,
            self._said,
            kind="dl-swarm",
        )

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        """The live view, and the picture for where no kernel runs."""
        return bundle(
            self.view,
            self.picture,
            f"The nodes and tasks of a swarm, with {self.service}; run this cell to drive it.",
        )
