"""What two images share, and what one drags along that the other does without."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass

from dockerlab.layers.model import Change, Image, Kind


@dataclass(frozen=True)
class Comparison:
    """Two images side by side.

    Attributes:
        shared: how many layers, counted from the lowest, are one and the same.
        shared_size: bytes of those layers.
        size: bytes of both images on the disk, where what they share lies once.
    """

    shared: int
    shared_size: int
    size: int


def compare(one: Image, other: Image) -> Comparison:
    """Compare two images by their layers' digests, from the lowest up.

    Only what they share from the ground up is one on the disk: the same tar on top of other
    layers is kept anew by most engines.
    """
    shared = 0
    for mine, theirs in zip(one.layers, other.layers, strict=False):
        if mine.digest != theirs.digest:
            break
        shared += 1
    shared_size = sum(layer.size for layer in one.layers[:shared])
    return Comparison(shared, shared_size, one.size + other.size - shared_size)


def leftovers(image: Image, lean: Image) -> list[Change]:
    """The files that an image has above what it shares with a lean one, and the lean one has not.

    Args:
        image: such as one made by `docker commit`.
        lean: one that serves the same end, such as one from a Dockerfile.

    Returns:
        What its layers hold of them, the biggest first.
    """
    shared = compare(image, lean).shared
    held: dict[str, Change] = {}
    for layer in image.layers[shared:]:
        for change in layer.changes:
            if change.kind is not Kind.DELETED and change.path not in lean.files:
                held[change.path] = change
    return sorted(held.values(), key=lambda change: (-change.size, change.path))


def group(changes: Iterable[Change], depth: int) -> dict[str, tuple[int, int]]:
    """Sum changes up by folder.

    Args:
        changes: to sum up.
        depth: how many names of a folder's path to keep.

    Returns:
        The number of files and their bytes by folder, the biggest first.
    """
    sums: dict[str, tuple[int, int]] = {}
    for change in changes:
        names = posixpath.dirname(change.path).split("/")[1 : depth + 1]
        folder = "/" + "/".join(names)
        files, size = sums.get(folder, (0, 0))
        sums[folder] = files + 1, size + change.size
    return dict(sorted(sums.items(), key=lambda item: (-item[1][1], item[0])))
