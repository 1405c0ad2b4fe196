"""The course's images: what each must do, wherever it comes from.

A folder of `course/images/` is an image; its `contract.toml` holds for the official image of that
name and for the one that the course builds alike.
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from dockerlab import paths
from dockerlab.errors import ImageUnavailable


@dataclass(frozen=True)
class Image:
    """One image of the course.

    Attributes:
        name: as in `docker pull NAME`; the tag is always "latest".
        folder: with its contract and, but for the base, its Dockerfile.
        summary: what it is, in a few words.
        suite: the Debian release that it is made from, for the base only.
        hub: whether Docker Hub has an image of this name; else it is always the course's own.
        contract: what must hold of it (see the contract tests).
    """

    name: str
    folder: Path
    summary: str
    suite: str | None = None
    hub: bool = True
    contract: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def reference(self) -> str:
        """The name with its tag."""
        return f"{self.name}:latest"


@cache
def catalogue() -> dict[str, Image]:
    """All images of the course by name, the base first."""
    images = {}
    for file in sorted((paths.course() / "images").glob("*/contract.toml")):
        contract = tomllib.loads(file.read_text())
        name = file.parent.name
        summary, suite = contract.pop("summary"), contract.pop("suite", None)
        hub = contract.pop("hub", True)
        images[name] = Image(name, file.parent, summary, suite, hub, contract)
    return dict(sorted(images.items(), key=lambda item: (item[1].suite is None, item[0])))


def image(name: str) -> Image:
    """The course's image of this name.

    Raises:
        ImageUnavailable: there is none; the message suggests the nearest.
    """
    images = catalogue()
    if name not in images:
        near = difflib.get_close_matches(name, images, n=1)
        meant = f" Did you mean {near[0]!r}?" if near else ""
        raise ImageUnavailable(
            f"The course has no image {name!r}.{meant} It has: {', '.join(images)}."
        )
    return images[name]
