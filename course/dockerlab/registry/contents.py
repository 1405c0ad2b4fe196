"""What is in a registry: tags name manifests, manifests name blobs. No requests here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Blob:
    """A piece of content that a manifest names.

    Attributes:
        digest: of its bytes ("sha256:…"), which is also its address.
        size: bytes, as the registry keeps it: a layer is compressed.
        kind: "layer" or "config".
    """

    digest: str
    size: int
    kind: str = "layer"


@dataclass(frozen=True)
class Manifest:
    """The list of what an image consists of, or of images for several kinds of machines.

    Attributes:
        digest: of its own bytes, by which an image can be pulled.
        media_type: which kind of manifest it is.
        size: bytes of the manifest itself.
        blobs: the layers, the lowest first, and then the config.
        children: of an index: the manifests that it lists.
        platform: of a child: what it is for ("linux/amd64").
    """

    digest: str
    media_type: str
    size: int
    blobs: tuple[Blob, ...] = ()
    children: tuple[Manifest, ...] = ()
    platform: str = ""

    @property
    def is_index(self) -> bool:
        """Whether it lists other manifests, and no layers."""
        return bool(self.children)

    def all_blobs(self) -> tuple[Blob, ...]:
        """Its own blobs and those of its children, each once."""
        found = {blob.digest: blob for blob in self.blobs}
        for child in self.children:
            found |= {blob.digest: blob for blob in child.all_blobs()}
        return tuple(found.values())

    @property
    def weight(self) -> int:
        """Bytes of all that one has to have for it, manifests not counted."""
        return sum(blob.size for blob in self.all_blobs())


@dataclass(frozen=True)
class Tag:
    """A name in a registry.

    Attributes:
        repository: that it is in ("team/hello").
        name: the tag ("1").
        manifest: that it stands for now.
    """

    repository: str
    name: str
    manifest: Manifest

    def __str__(self) -> str:
        return f"{self.repository}:{self.name}"


@dataclass(frozen=True)
class Contents:
    """All that a registry tells of itself at one moment.

    Attributes:
        repositories: their names; one may have no tag left.
        tags: of all repositories, in the order of their names.
    """

    repositories: tuple[str, ...] = ()
    tags: tuple[Tag, ...] = ()

    def find(self, name: str) -> Tag | None:
        """The tag of this name ("team/hello:1"); None where there is none."""
        return next((tag for tag in self.tags if str(tag) == name), None)

    @property
    def manifests(self) -> tuple[Manifest, ...]:
        """The manifests that tags stand for, each once, in the order of the tags."""
        return tuple({tag.manifest.digest: tag.manifest for tag in self.tags}.values())

    @property
    def blobs(self) -> tuple[Blob, ...]:
        """The blobs that these name, each once: the layers first."""
        found = {blob.digest: blob for each in self.manifests for blob in each.all_blobs()}
        return tuple(sorted(found.values(), key=lambda blob: blob.kind != "layer"))

    @property
    def size(self) -> int:
        """Bytes of all blobs, each counted once: what they take on the registry's disk."""
        return sum(blob.size for blob in self.blobs)

    @property
    def named_size(self) -> int:
        """Bytes of all tags' blobs, added up as if nothing were shared."""
        return sum(tag.manifest.weight for tag in self.tags)


def shared(one: Manifest, other: Manifest) -> tuple[Blob, ...]:
    """The blobs that two manifests both name."""
    theirs = {blob.digest for blob in other.all_blobs()}
    return tuple(blob for blob in one.all_blobs() if blob.digest in theirs)


def read_blobs(told: Mapping[str, Any]) -> tuple[Blob, ...]:
    """The blobs that a manifest of a single image names.

    Args:
        told: the manifest's JSON.
    """
    layers: Sequence[Mapping[str, Any]] = told.get("layers") or []
    blobs = [Blob(each["digest"], each.get("size", 0)) for each in layers]
    if config := told.get("config"):
        blobs.append(Blob(config["digest"], config.get("size", 0), "config"))
    return tuple(blobs)


def read_platform(entry: Mapping[str, Any]) -> str:
    """What an index says a manifest is for."""
    platform = entry.get("platform") or {}
    return f"{platform.get('os', '?')}/{platform.get('architecture', '?')}" if platform else ""
