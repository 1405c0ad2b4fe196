"""What the daemon has, and what refers to what. No widgets here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import docker

from dockerlab.labels import bears


class Kind(StrEnum):
    """The kinds of objects that the daemon keeps."""

    IMAGE = "image"
    CONTAINER = "container"
    NETWORK = "network"
    VOLUME = "volume"


@dataclass(frozen=True)
class Thing:
    """An object of the daemon.

    Attributes:
        kind: of object.
        id: that the daemon knows it by; a volume's is its name.
        name: to show.
        note: a word on it ("running", "bridge"); may be empty.
        ours: whether it bears the lesson's label.
    """

    kind: Kind
    id: str
    name: str
    note: str = ""
    ours: bool = False


@dataclass(frozen=True)
class Link:
    """A container refers to another object.

    Attributes:
        container: its id.
        kind: of the other one.
        other: the other's id.
        how: the address on a network, the place of a volume; empty for the image.
    """

    container: str
    kind: Kind
    other: str
    how: str = ""


@dataclass(frozen=True)
class ObjectMap:
    """The objects of a daemon at one moment.

    Attributes:
        things: all of them.
        links: from each container to what it refers to.
    """

    things: tuple[Thing, ...] = ()
    links: tuple[Link, ...] = field(default=())

    def of(self, kind: Kind) -> list[Thing]:
        """The things of one kind: the lesson's own first, then by name."""
        mine = (thing for thing in self.things if thing.kind is kind)
        return sorted(mine, key=lambda thing: (not thing.ours, thing.name))

    def ours(self) -> ObjectMap:
        """The lesson's own things, what they refer to, and the containers that refer to them."""
        own = {(t.kind, t.id) for t in self.things if t.ours}
        links = [
            link
            for link in self.links
            if (Kind.CONTAINER, link.container) in own
            or ((link.kind, link.other) in own and link.kind is not Kind.IMAGE)
        ]
        kept = own | {(Kind.CONTAINER, link.container) for link in links}
        links = [link for link in self.links if (Kind.CONTAINER, link.container) in kept]
        kept |= {(link.kind, link.other) for link in links}
        return ObjectMap(tuple(t for t in self.things if (t.kind, t.id) in kept), tuple(links))


def collect(client: docker.DockerClient, label: str) -> ObjectMap:
    """Ask the daemon for all that it has; four requests.

    Args:
        client: of the engine.
        label: the lesson's, as KEY=VALUE.

    Raises:
        docker.errors.APIError: the daemon has trouble.
    """
    boxes = client.api.containers(all=True)
    networks = client.api.networks()
    ids = {network["Name"]: network["Id"] for network in networks}
    return ObjectMap(
        tuple(
            [
                *(_image(each, label) for each in client.api.images()),
                *(_container(each, label) for each in boxes),
                *(_network(each, label) for each in networks),
                *(_volume(each, label) for each in client.api.volumes()["Volumes"] or []),
            ]
        ),
        tuple(link for box in boxes for link in _links(box, ids)),
    )


def _image(told: dict[str, Any], label: str) -> Thing:
    names = [name for name in told["RepoTags"] or [] if name != "<none>:<none>"]
    more = f" +{len(names) - 1}" if len(names) > 1 else ""
    name = names[0].removesuffix(":latest") + more if names else told["Id"][7:19]
    return Thing(
        Kind.IMAGE, told["Id"], name, f"{told['Size'] / 1e6:.0f} MB", bears(label, told["Labels"])
    )


def _container(told: dict[str, Any], label: str) -> Thing:
    name = told["Names"][0].lstrip("/") if told["Names"] else told["Id"][:12]
    return Thing(Kind.CONTAINER, told["Id"], name, told["State"], bears(label, told["Labels"]))


def _network(told: dict[str, Any], label: str) -> Thing:
    return Thing(
        Kind.NETWORK, told["Id"], told["Name"], told["Driver"], bears(label, told["Labels"])
    )


def _volume(told: dict[str, Any], label: str) -> Thing:
    name = told["Name"]
    short = name[:12] if len(name) == 64 else name
    return Thing(Kind.VOLUME, name, short, told["Driver"], bears(label, told["Labels"]))


def _links(box: dict[str, Any], networks: dict[str, str]) -> Iterable[Link]:
    me = box["Id"]
    yield Link(me, Kind.IMAGE, box["ImageID"])
    for name, joined in (box.get("NetworkSettings") or {}).get("Networks", {}).items():
        # A container that has never been started knows its network by name only.
        network = joined.get("NetworkID") or networks.get(name, "")
        if network:
            yield Link(me, Kind.NETWORK, network, joined.get("IPAddress") or "")
    for mount in box.get("Mounts") or []:
        if mount.get("Type") == "volume":
            yield Link(me, Kind.VOLUME, mount["Name"], mount["Destination"])
