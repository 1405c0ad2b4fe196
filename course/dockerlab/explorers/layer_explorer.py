"""The explorer of an image's layers: click one, see its files, find who brought a file."""

from __future__ import annotations

from html import escape
from typing import Any

import docker
import ipywidgets as widgets
import requests

from dockerlab.errors import DockerLabError
from dockerlab.explorers import layer_drawing as draw
from dockerlab.frame import bundle, error, frame, row, status
from dockerlab.layers import Comparison, Image, Outline, compare, outline, read
from dockerlab.lesson import Lesson

NOTHING = "(nothing)"
TROUBLE = (docker.errors.DockerException, requests.RequestException, DockerLabError)
STYLE = """<style>
.dl-layers .dl-layer{overflow:hidden}
.dl-layers .dl-layer button{flex:0 0 48px;margin:3px 8px 3px 3px}
.dl-layers .dl-layer .widget-html{flex:1 1 auto;min-width:0}
.dl-layers .dl-chosen button{outline:2px solid #083f78;font-weight:700}
.dl-layers .dl-line{display:flex;align-items:center;gap:10px;line-height:28px;white-space:nowrap}
.dl-layers .dl-line span{flex:none}
.dl-layers .dl-line code{overflow:hidden;text-overflow:ellipsis}
.dl-layers .dl-bar{width:130px}
.dl-layers .dl-bar i{display:block;height:14px;border-radius:3px;background:#0b5cad}
.dl-layers .dl-shared .dl-bar i{background:#94a3b8}
.dl-layers .dl-size{width:66px;text-align:right}
.dl-layers .dl-counts{width:120px}
.dl-layers .dl-files{max-height:320px;overflow:auto;border-top:1px solid #cbd5e1;margin-top:6px}
.dl-layers .dl-files table{line-height:20px}
.dl-layers .dl-files :is(td,th){padding:1px 12px 1px 0;text-align:left}
.dl-layers .dl-files :is(td,th):nth-child(2){text-align:right;white-space:nowrap}
.dl-layers ul{margin:0;padding-left:18px;line-height:20px}
</style>"""


class LayerExplorer:
    """The layers of any local image, read from its own tar.

    An image that has been read is kept in memory as its list of files, by its id.

    Args:
        lesson: a started lesson.
        image: the image to begin with.
        other: an image to compare it with; none, where empty.

    Raises:
        docker.errors.ImageNotFound: the engine has not the image to begin with, or the other.
    """

    def __init__(self, lesson: Lesson, image: str, other: str = "") -> None:
        self._client = lesson.client
        self._read: dict[str, Image] = {}
        self.image = self.load(image)
        self.comparison: Comparison | None = None
        self.chosen = 1
        self._images = widgets.Dropdown(description="Image")
        self._others = widgets.Dropdown(description="compared with")
        self._others.style.description_width = "100px"
        self._refresh = widgets.Button(description="Look again", tooltip="List the images anew")
        self._said = widgets.HTML()
        self._stack = widgets.VBox()
        self._heading = widgets.HTML()
        self._filter = _text("Only paths with", "/etc/")
        self._files = widgets.HTML()
        self._search = _text("Who brought", "part of a file's path")
        self._found = widgets.HTML()
        self.view = self._layout()
        self.list_images(image, other or NOTHING)
        self._connect()
        self.show(image, other)

    def load(self, name: str) -> Image:
        """Read an image, or find it read.

        Args:
            name: the image's, or its id.

        Raises:
            docker.errors.ImageNotFound: the engine has no such image.
            docker.errors.APIError: the daemon has trouble.
            DockerLabError: what it saves is not understood.
        """
        image_id = str(self._client.images.get(name).id)
        known = self._read.get(image_id) or read(self._client, name)
        self._read[image_id] = known
        return Image(name, known.layers)

    def show(self, name: str, other: str = "") -> None:
        """Show an image, compared with another or not. What goes wrong is shown, not raised.

        Args:
            name: the image's.
            other: the other's; none, where empty.
        """
        self._said.value = status(f"Reading {escape(name)} …")
        try:
            self.image = self.load(name)
            against = outline(self._client, other) if other else None
        except TROUBLE as problem:
            self._said.value = error(
                "This image cannot be read", getattr(problem, "explanation", None) or problem
            )
            return
        self.comparison = compare(self.image, against) if against else None
        self._said.value = status(self._summary(against))
        self.select(len(self.image.layers))

    def select(self, number: int) -> None:
        """Choose a layer, and list its files.

        Args:
            number: from 1, the lowest.
        """
        self.chosen = number
        shared = self.comparison.shared if self.comparison else 0
        numbers = range(len(self.image.layers), 0, -1)
        self._stack.children = [self._line(n, n == number, n <= shared) for n in numbers]
        if number:
            layer = self.image.layers[number - 1]
            self._heading.value = (
                f"<b>Layer {number}</b> of <code>{escape(self.image.name)}</code>, "
                f"<code>{layer.digest[:19]}…</code><br>"
                f"<code>{escape(layer.instruction or 'The image does not tell how it was made.')}"
                "</code>"
            )
        self._list()
        self._find()

    def list_images(self, image: str, other: str = NOTHING) -> None:
        """Offer the images that the engine has now, and keep the choice.

        Args:
            image: the one that is shown.
            other: the one that it is compared with.
        """
        there = self._client.api.images()
        tags = sorted(t for i in there for t in i["RepoTags"] or [] if not t.startswith("<none>"))
        nameless = sorted(i["Id"][:19] for i in there if not (i["RepoTags"] or []))
        self._listing = True  # or the new list would count as a choice
        for box, choice, first in ((self._images, image, []), (self._others, other, [NOTHING])):
            names = [*first, *tags, *nameless]
            known = next((name for name in (choice, f"{choice}:latest") if name in names), None)
            box.options = names if known else [choice, *names]
            box.value = known or choice
        self._listing = False

    def _summary(self, other: Outline | None) -> str:
        if not self.comparison or not other:
            return f"{draw.human(self.image.size)} in {len(self.image.layers)} layers"
        both = self.comparison
        return (
            f"<b>{both.shared}</b> of {len(self.image.layers)} layers (grey) are also "
            f"<code>{escape(other.name)}</code>'s: {draw.human(both.shared_size)} that lie on the "
            f"disk once. Both together take {draw.human(both.size)}."
        )

    def _line(self, number: int, chosen: bool, shared: bool) -> widgets.HBox:
        layer = self.image.layers[number - 1]
        button = widgets.Button(description=str(number), tooltip=f"Files of layer {number}")
        button.on_click(lambda _: self.select(number))
        length = 100 * draw.bar_share(layer.size, self.image)
        text = widgets.HTML(
            f"<div class='dl-line {'dl-shared' if shared else ''}'>"
            f"<span class='dl-bar'><i style='width:{length:.0f}%'></i></span>"
            f"<span class='dl-size'>{draw.human(layer.size)}</span>"
            f"<span class='dl-counts'>{escape(draw.counts(layer))}</span>"
            f"<code>{escape(' '.join(layer.instruction.split()))}</code></div>"
        )
        line = widgets.HBox([button, text])
        line.add_class("dl-layer")
        if chosen:
            line.add_class("dl-chosen")
        return line

    def _list(self, _: object = None) -> None:
        layers = self.image.layers
        text = self._filter.value.strip()
        self._files.value = draw.table(layers[self.chosen - 1], text) if layers else ""

    def _find(self, _: object = None) -> None:
        self._found.value = draw.found(self.image, self._search.value.strip())

    def _choose(self, _: object = None) -> None:
        if self._listing:
            return
        other = self._others.value
        self.show(self._images.value, "" if other == NOTHING else other)

    def _connect(self) -> None:
        self._images.observe(self._choose, "value")
        self._others.observe(self._choose, "value")
        self._filter.observe(self._list, "value")
        self._search.observe(self._find, "value")
        self._refresh.on_click(lambda _: self.list_images(self._images.value, self._others.value))

    def _layout(self) -> widgets.VBox:
        files = widgets.VBox([self._files])
        files.add_class("dl-files")
        return frame(
            f"{STYLE}<b>The layers of an image</b>, the lowest at the bottom: files "
            "added +, changed ~, deleted -. Click a number to see them.",
            row(self._images, self._others, self._refresh),
            self._said,
            self._stack,
            row(self._search),
            self._found,
            self._heading,
            row(self._filter),
            files,
            kind="dl-layers",
        )

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        """The live view, and the picture for where no kernel runs."""
        other = "" if self._others.value == NOTHING else self._others.value
        return bundle(
            self.view,
            draw.svg(self.image, self.chosen, other, self.comparison),
            f"The layers of {self.image.name}; run this cell to look into them.",
        )


def _text(description: str, placeholder: str) -> widgets.Text:
    return widgets.Text(
        description=description,
        placeholder=placeholder,
        continuous_update=False,
        style={"description_width": "110px"},
        layout={"width": "440px"},
    )
