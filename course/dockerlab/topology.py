"""Which container is on which network, by which pair of interfaces. No widgets here."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import docker

from dockerlab.errors import CommandFailed
from dockerlab.host_network import HostNetwork, Interface, other_end
from dockerlab.labels import bears

BRIDGE_NAME = "com.docker.network.bridge.name"


@dataclass(frozen=True)
class Network:
    """A network of the daemon.

    Attributes:
        id: that the daemon knows it by.
        name: to show.
        driver: "bridge", "macvlan", "host" …
        device: the interface of the machine that it stands on: a bridge, a macvlan's parent.
        subnet: its addresses; empty where the daemon gives none.
        gateway: the address that leads out of it.
        internal: whether nothing leads out.
        ours: whether it bears the lesson's label.
    """

    id: str
    name: str
    driver: str
    device: str = ""
    subnet: str = ""
    gateway: str = ""
    internal: bool = False
    ours: bool = False


@dataclass(frozen=True)
class Plug:
    """A container's connection to a network.

    Attributes:
        network: the network's id.
        address: the container's on it; empty where it has none.
        mac: the hardware address of its interface.
        inside: the interface in the container; None where it does not run or shares another's.
        port: the interface of the machine at the other end: the bridge's port.
    """

    network: str
    address: str = ""
    mac: str = ""
    inside: Interface | None = None
    port: Interface | None = None


@dataclass(frozen=True)
class Box:
    """A container.

    Attributes:
        id: that the daemon knows it by.
        name: to show.
        state: "running", "exited" …
        process: the id of its first process; 0 where none runs.
        plugs: its connections.
        published: pairs of a port of the machine and of its own, such as ("8080", "80/tcp").
        ours: whether it bears the lesson's label.
    """

    id: str
    name: str
    state: str
    process: int = 0
    plugs: tuple[Plug, ...] = ()
    published: tuple[tuple[str, str], ...] = ()
    ours: bool = False


@dataclass(frozen=True)
class Topology:
    """The networks of a daemon at one moment.

    Attributes:
        networks: all of them, the lesson's own first.
        boxes: the containers.
        machine: interfaces of the daemon's machine; none where they cannot be seen.
        rules: its address translation rules.
    """

    networks: tuple[Network, ...] = ()
    boxes: tuple[Box, ...] = ()
    machine: tuple[Interface, ...] = ()
    rules: tuple[str, ...] = ()

    def ours(self) -> Topology:
        """The lesson's own networks and containers, and what they are connected to."""
        own = {network.id for network in self.networks if network.ours}
        boxes = [b for b in self.boxes if b.ours or own & {plug.network for plug in b.plugs}]
        kept = own | {plug.network for box in boxes for plug in box.plugs}
        networks = tuple(network for network in self.networks if network.id in kept)
        return replace(self, networks=networks, boxes=tuple(boxes))

    def doors(self) -> list[Interface]:
        """The interfaces by which the machine itself is on a network: hardware, macvlan's parents.

        Whatever has an address, and is neither a bridge of Docker's nor the loopback.
        """
        devices = {n.device for n in self.networks if n.driver == "bridge"}
        parents = {n.device for n in self.networks if n.driver in ("macvlan", "ipvlan")}
        return [
            each
            for each in self.machine
            if (each.addresses or each.name in parents)
            and each.name not in devices
            and each.name != "lo"
        ]

    def network(self, name: str) -> Network:
        """The network of this name.

        Raises:
            KeyError: there is none.
        """
        return {each.name: each for each in self.networks}[name]

    def box(self, name: str) -> Box:
        """The container of this name.

        Raises:
            KeyError: there is none.
        """
        return {each.name: each for each in self.boxes}[name]


def collect(client: docker.DockerClient, label: str, host: HostNetwork | None = None) -> Topology:
    """Ask the daemon for its networks and containers, and the machine for its interfaces.

    Args:
        client: of the engine.
        label: the lesson's, as KEY=VALUE.
        host: a look at the machine's own network; without it, what only that shows is left out.

    Raises:
        docker.errors.APIError: the daemon has trouble.
    """
    networks = tuple(
        sorted(
            (_network(each, label) for each in client.api.networks()),
            key=lambda network: (not network.ours, network.name),
        )
    )
    boxes = []
    for listed in client.api.containers(all=True):
        with contextlib.suppress(docker.errors.NotFound):  # removed meanwhile
            boxes.append(_box(client.api.inspect_container(listed["Id"]), networks, label))
    seen: dict[int, list[Interface]] = {}
    rules: list[str] = []
    if host:
        with contextlib.suppress(CommandFailed, docker.errors.APIError):
            seen = host.interfaces(box.process for box in boxes if box.process)
            rules = host.nat_rules()
    machine = seen.get(0, [])
    plugged = [plug_in(box, seen.get(box.process, []), machine) for box in boxes]
    plugged.sort(key=lambda box: (not box.ours, box.name))
    return Topology(networks, tuple(plugged), tuple(machine), tuple(rules))


def plug_in(box: Box, inside: Iterable[Interface], machine: Iterable[Interface]) -> Box:
    """Find the interface of each of a container's connections, and the port at its other end.

    The daemon tells the hardware address of each; the interface that has it is the one.

    Args:
        box: the container.
        inside: the interfaces in its network.
        machine: those of the daemon's machine.
    """
    by_mac = {each.mac: each for each in inside}
    plugs = []
    for plug in box.plugs:
        end = by_mac.get(plug.mac) if plug.mac else None
        port = other_end(end, machine) if end else None
        plugs.append(replace(plug, inside=end, port=port))
    return replace(box, plugs=tuple(plugs))


def _network(told: Mapping[str, Any], label: str) -> Network:
    options = told.get("Options") or {}
    pools = [p for p in (told["IPAM"].get("Config") or []) if ":" not in p.get("Subnet", ":")]
    device = options.get("parent", "")
    if told["Driver"] == "bridge":
        device = options.get(BRIDGE_NAME) or f"br-{told['Id'][:12]}"
    return Network(
        id=told["Id"],
        name=told["Name"],
        driver=told["Driver"],
        device=device,
        subnet=pools[0]["Subnet"] if pools else "",
        gateway=pools[0].get("Gateway", "") if pools else "",
        internal=bool(told.get("Internal")),
        ours=bears(label, told.get("Labels")),
    )


def _box(told: Mapping[str, Any], networks: Iterable[Network], label: str) -> Box:
    ids = {network.name: network.id for network in networks}
    settings = told["NetworkSettings"]
    plugs = []
    for name, joined in settings["Networks"].items():
        # A container that has never been started knows its network by name only.
        if network := joined.get("NetworkID") or ids.get(name):
            plugs.append(
                Plug(network, joined.get("IPAddress") or "", joined.get("MacAddress") or "")
            )
    published = {
        (way["HostPort"], inner)
        for inner, ways in (settings.get("Ports") or {}).items()
        for way in ways or []
        if way["HostPort"]
    }
    return Box(
        id=told["Id"],
        name=told["Name"].lstrip("/"),
        state=told["State"]["Status"],
        process=told["State"]["Pid"],
        plugs=tuple(plugs),
        published=tuple(sorted(published, key=lambda pair: int(pair[0]))),
        ours=bears(label, told["Config"].get("Labels")),
    )
