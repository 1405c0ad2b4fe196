"""An image as a stack of layers, each with what it does to the files below it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property


class Kind(StrEnum):
    """What a layer does to a file, by the letter that `docker diff` gives it."""

    ADDED = "A"
    CHANGED = "C"
    DELETED = "D"


@dataclass(frozen=True)
class Entry:
    """A line of a layer's tar.

    Attributes:
        path: from the root, with a slash before it.
        size: bytes of the file's content.
        is_folder: whether it is a directory.
    """

    path: str
    size: int = 0
    is_folder: bool = False


@dataclass(frozen=True)
class Change:
    """What a layer does to one file (or link, or device; folders do not count).

    Attributes:
        path: from the root, with a slash before it.
        kind: added, changed or deleted.
        size: bytes that the layer holds of it; of a deleted one, none.
    """

    path: str
    kind: Kind
    size: int = 0


@dataclass(frozen=True)
class Layer:
    """One layer of an image.

    Attributes:
        digest: of its tar, unpacked ("sha256:…"): what the image's RootFS lists.
        instruction: that made it, as the image's history has it.
        size: bytes of all files in it.
        changes: what it does to the files below it, in the order of their paths.
        note: why its files are not known, where that is so.
    """

    digest: str
    instruction: str
    size: int
    changes: tuple[Change, ...]
    note: str = ""

    def count(self, kind: Kind) -> int:
        """How many files it adds, changes or deletes."""
        return sum(change.kind is kind for change in self.changes)


@dataclass(frozen=True)
class Image:
    """An image and its layers.

    Attributes:
        name: that it was asked for by.
        layers: the lowest first.
    """

    name: str
    layers: tuple[Layer, ...]

    @property
    def digests(self) -> tuple[str, ...]:
        """The digests of the layers, the lowest first."""
        return tuple(layer.digest for layer in self.layers)

    @property
    def size(self) -> int:
        """Bytes of all layers together."""
        return sum(layer.size for layer in self.layers)

    @cached_property
    def files(self) -> dict[str, int]:
        """What a container of it sees: the files by path, with their sizes."""
        seen: dict[str, int] = {}
        for layer in self.layers:
            for change in layer.changes:
                if change.kind is Kind.DELETED:
                    seen.pop(change.path, None)
                else:
                    seen[change.path] = change.size
        return seen

    def history(self, path: str) -> list[tuple[int, Change]]:
        """What befell a file, from the lowest layer up.

        Args:
            path: with or without the first slash.

        Returns:
            The numbers of the layers, from 1, and what each does to it.
        """
        wanted = absolute(path)
        return [pair for pair in self._all() if pair[1].path == wanted]

    def search(self, text: str) -> list[tuple[int, Change]]:
        """The changes to all files whose path contains a text, from the lowest layer up."""
        return [pair for pair in self._all() if text in pair[1].path]

    def _all(self) -> Iterator[tuple[int, Change]]:
        for number, layer in enumerate(self.layers, 1):
            for change in layer.changes:
                yield number, change


WHITEOUT = ".wh."
OPAQUE = ".wh..wh..opq"

_Node = dict[str, "_Node | None"]  # a folder's content; None stands for a file


class Stack:
    """The files that one layer after the other leaves."""

    def __init__(self) -> None:
        self._root: _Node = {}

    def put(self, entries: Iterable[Entry]) -> tuple[Change, ...]:
        """Lay a layer on top, and tell what it changes.

        A layer's own files count as above whatever it hides: in a tar, the mark that hides a
        folder's old content may come after the new.

        Args:
            entries: of the layer's tar, in its order.
        """
        hides: list[Entry] = []
        brings: list[Entry] = []
        for entry in entries:
            is_mark = posixpath.basename(entry.path).startswith(WHITEOUT)
            (hides if is_mark else brings).append(entry)
        gone = {path for entry in hides for path in self._hide(entry.path)}
        found: dict[str, Change] = {}
        for entry in brings:
            if entry.is_folder:
                gone.update(self._add_folder(entry.path))
                continue
            was_file, below = self._add_file(entry.path)
            known = was_file or entry.path in gone
            gone.update(below)
            kind = Kind.CHANGED if known else Kind.ADDED
            if entry.path in found:  # twice in one tar: the last one counts
                kind = found[entry.path].kind
            found[entry.path] = Change(entry.path, kind, entry.size)
        for path in gone - found.keys():
            found[path] = Change(path, Kind.DELETED)
        return tuple(found[path] for path in sorted(found))

    def _hide(self, mark: str) -> list[str]:
        """Take away what a whiteout hides; returns the files among it."""
        folder, name = posixpath.split(mark)
        if name == OPAQUE:
            node = self._find(folder)
            gone = list(_files(node, folder)) if node is not None else []
            if node is not None:
                node.clear()
            return gone
        if name.startswith(WHITEOUT * 2):  # marks that other storage drivers keep for themselves
            return []
        return self._remove(posixpath.join(folder, name.removeprefix(WHITEOUT)))

    def _remove(self, path: str) -> list[str]:
        folder, name = posixpath.split(path)
        parent = self._find(folder)
        if parent is None or name not in parent:
            return []
        node = parent.pop(name)
        return [path] if node is None else list(_files(node, path)) or [path]

    def _add_file(self, path: str) -> tuple[bool, list[str]]:
        """Returns whether there was such a file, and what was below it if it was a folder."""
        folder, name = posixpath.split(path)
        below = self._add_folder(folder)
        parent = self._find(folder)
        assert parent is not None  # noqa: S101 - it has just been made
        before = parent.get(name, {})
        parent[name] = None
        return before is None, below + (list(_files(before, path)) if before else [])

    def _add_folder(self, path: str) -> list[str]:
        """Make a folder and those above it; returns the files that had to give way."""
        node, gone, walked = self._root, [], ""
        for name in _names(path):
            walked += f"/{name}"
            inner = node.get(name, {})
            if inner is None:
                gone.append(walked)
                inner = {}
            node[name] = inner
            node = inner
        return gone

    def _find(self, path: str) -> _Node | None:
        """The folder at a path; None where there is none."""
        node: _Node | None = self._root
        for name in _names(path):
            node = (node or {}).get(name)
            if node is None:
                return None
        return node


def absolute(path: str) -> str:
    """A path of a tar ("./etc/", "etc") as one from the root ("/etc")."""
    return posixpath.normpath("/" + path.lstrip("/"))


def _names(path: str) -> list[str]:
    return [name for name in path.split("/") if name]


def _files(node: _Node, path: str) -> Iterator[str]:
    for name, inner in node.items():
        below = posixpath.join(path, name)
        if inner is None:
            yield below
        else:
            yield from _files(inner, below)
