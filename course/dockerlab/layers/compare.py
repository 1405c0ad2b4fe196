"""What two images share, and what one drags along that the other does without."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile

import docker

from dockerlab.layers.model import Change, Image, Kind


@dataclass(frozen=True)
class Outline:
    """As much of an image as the daemon tells without saving it.

    Attributes:
        name: that it was asked for by.
        digests: of its layers, the lowest first.
        size: bytes of them all.
    """

    name: str
    digests: tuple[str, ...]
    size: int


def outline(client: docker.DockerClient, name: str) -> Outline:
    """Ask the daemon for an image's layers, but not for their files.

    Args:
        client: of the engine that has it.
        name: the image's, or its id.

    Raises:
        docker.errors.ImageNotFound: the engine has no such image.
        docker.errors.APIError: the daemon has trouble.
    """
    digests = client.api.inspect_image(name)["RootFS"].get("Layers") or []
    return Outline(name, tuple(digests), sum(step["Size"] for step in client.api.history(name)))


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


def compare(image: Image, other: Image | Outline) -> Comparison:
    """Compare two images by their layers' digests, from the lowest up.

    Only what they share from the ground up is one on the disk: the same tar on top of other
    layers is kept anew by most engines.
    """
    pairs = zip(image.digests, other.digests, strict=False)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    shared_size = sum(layer.size for layer in image.layers[:shared])
    return Comparison(shared, shared_size, image.size + other.size - shared_size)


def leftovers(image: Image, lean: Image) -> list[Change]:
    """The files that an image's own layers hold, and a lean one's own layers do without.

    A layer's own files are those above what the two share.

    Args:
        image: such as one made by `docker commit`.
        lean: one that serves the same end, such as one from a Dockerfile.

    Returns:
        What is held of them, the biggest first.
    """
    shared = compare(image, lean).shared
    held, needed = _held(image, shared), _held(lean, shared)
    rest = [change for path, change in held.items() if path not in needed]
    return sorted(rest, key=lambda change: (-change.size, change.path))


def _held(image: Image, above: int) -> dict[str, Change]:
    return {
        change.path: change
        for layer in image.layers[above:]
        for change in layer.changes
        if change.kind is not Kind.DELETED
    }


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
