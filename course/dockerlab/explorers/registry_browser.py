"""The browser of a registry: what its tags stand for, and what two of them share."""

from __future__ import annotations

from html import escape

import ipywidgets as widgets

from dockerlab.errors import RegistryError
from dockerlab.explorers.registry_drawing import describe, svg, table
from dockerlab.frame import bundle, error, frame, row, status
from dockerlab.registry import Contents, Registry, Tag

NOTHING = "(nothing)"


class RegistryBrowser:
    """A registry's repositories, tags, manifests and blobs, asked for over its own API.

    Args:
        registry: to look into.
        tag: to begin with, as REPOSITORY:TAG; the first one, where empty.
        other: to compare it with; none, where empty.
    """

    def __init__(self, registry: Registry, tag: str = "", other: str = "") -> None:
        self._registry = registry
        self._listing = False
        self.contents = Contents()
        self._tags = widgets.Dropdown(description="Tag")
        self._others = widgets.Dropdown(description="compared with")
        self._others.style.description_width = "100px"
        self._refresh = widgets.Button(description="Look again", tooltip="Ask the registry anew")
        self._said = widgets.HTML()
        self._picture = widgets.HTML()
        self._manifest = widgets.HTML()
        self._asked = widgets.HTML()
        self.view = frame(
            f"<b>What is in the registry</b> at <code>{escape(registry.address)}</code>: a tag "
            "names a manifest, a manifest names blobs. Blue, ▶: the tag that you chose; "
            "orange, ▷: the other; violet: what both need, and the registry keeps once.",
            row(self._tags, self._others, self._refresh),
            self._said,
            self._picture,
            self._manifest,
            self._asked,
            kind="dl-registry",
        )
        self.look(tag, other)
        self._tags.observe(self._draw, "value")
        self._others.observe(self._draw, "value")
        self._refresh.on_click(lambda _: self.look())

    def look(self, tag: str = "", other: str = "") -> None:
        """Ask the registry what it has now. What goes wrong is shown, not raised.

        Args:
            tag: to choose; where empty or gone, the choice stays as far as it can.
            other: to compare it with, likewise.
        """
        self._registry.requests.clear()
        try:
            self.contents = self._registry.contents()
        except RegistryError as problem:
            self._said.value = error("The registry cannot be read", problem)
            return
        self._asked.value = table(self._registry.requests)
        names = [str(each) for each in self.contents.tags]
        self._listing = True  # or the new list would count as a choice
        for box, wanted, first in ((self._tags, tag, []), (self._others, other, [NOTHING])):
            choice = wanted or box.value
            options = [*first, *names] or [NOTHING]
            box.options = options
            box.value = choice if choice in options else options[0]
        self._listing = False
        self._draw()

    def choose(self, tag: str, other: str = "") -> None:
        """Choose a tag, and one to compare it with.

        Args:
            tag: as REPOSITORY:TAG.
            other: likewise; none, where empty.
        """
        self._tags.value, self._others.value = tag, other or NOTHING

    def _chosen(self) -> tuple[Tag | None, Tag | None]:
        return self.contents.find(self._tags.value), self.contents.find(self._others.value)

    def _draw(self, _: object = None) -> None:
        if self._listing:
            return
        tag, other = self._chosen()
        self._said.value = status(escape(describe(self.contents, tag, other)))
        self._picture.value = svg(self.contents, tag, other)
        self._manifest.value = self._details(tag) if tag else ""

    def _details(self, tag: Tag) -> str:
        """A tag's manifest in words; an index with what it lists."""
        lines = [f"{tag.manifest.media_type}", f"{tag.manifest.digest}"]
        for each in (tag.manifest, *tag.manifest.children):
            lines += [f"  for {each.platform}: {each.digest}"] if each.platform else []
            lines += [
                f"  {blob.kind:<7}{blob.size:>12,} bytes  {blob.digest}" for blob in each.blobs
            ]
        return (
            f"<details><summary>The manifest of {escape(str(tag))}</summary>"
            f"<pre style='overflow:auto'>{escape(chr(10).join(lines))}</pre></details>"
        )

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        """The live view, and the picture for where no kernel runs."""
        tag, other = self._chosen()
        words = describe(self.contents, tag, other)
        return bundle(self.view, svg(self.contents, tag, other), words)
