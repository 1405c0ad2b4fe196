"""What is told of a thing of the topology once it is chosen. No widgets here."""

from __future__ import annotations

from dockerlab.explorers.topology_layout import Key
from dockerlab.host_network import Interface
from dockerlab.topology import Box, Network, Topology

Rows = list[tuple[str, str]]


def details(topology: Topology, key: Key) -> tuple[str, Rows]:
    """A heading, and what there is to tell, as pairs of a title and a text.

    Args:
        topology: in which the thing is.
        key: of the thing.

    Returns:
        An empty heading where it is gone.
    """
    kind, name = key
    for network in topology.networks:
        if kind == "network" and network.id == name:
            return f"network {network.name}", _network(topology, network)
    for box in topology.boxes:
        if kind == "container" and box.id == name:
            return f"container {box.name}", _box(topology, box)
    for interface in topology.machine:
        if kind == "interface" and interface.name == name:
            return f"the machine's {interface.name}", _interface(topology, interface)
    return "", []


def _network(topology: Topology, network: Network) -> Rows:
    rows = [("driver", network.driver), ("id", network.id[:12])]
    if network.subnet:
        rows += [("addresses", network.subnet), ("gateway", network.gateway or "none")]
    if network.device:
        standing = {each.name: each for each in topology.machine}.get(network.device)
        rows.append(("stands on", _named(standing) if standing else network.device))
    on_it = [
        f"{box.name} {plug.address}".strip()
        for box in topology.boxes
        for plug in box.plugs
        if plug.network == network.id
    ]
    rows.append(("containers", ", ".join(on_it) or "none"))
    if network.subnet:
        rows += _rules(topology, network.subnet)
    return [*rows, ("command", f"docker network inspect {network.name}")]


def _box(topology: Topology, box: Box) -> Rows:
    names = {network.id: network.name for network in topology.networks}
    rows = [("state", box.state + (f", process {box.process}" if box.process else ""))]
    for plug in box.plugs:
        parts = [part for part in (plug.address, plug.mac) if part]
        if plug.inside:
            parts.append(f"inside {_named(plug.inside)}")
        if plug.port:
            parts.append(f"outside {_named(plug.port)}, a port of {plug.port.bridge}")
        rows.append((f"on {names.get(plug.network, '?')}", "; ".join(parts) or "no interface"))
    rows += [("published", f"machine's {o} → container's {i}") for o, i in box.published]
    for plug in box.plugs:
        if plug.address:
            rows += _rules(topology, plug.address)
    return [*rows, ("command", f"docker inspect {box.name}")]


def _interface(topology: Topology, interface: Interface) -> Rows:
    parents = [n.name for n in topology.networks if n.device == interface.name]
    return [
        ("index", str(interface.index)),
        ("addresses", ", ".join(interface.addresses) or "none"),
        ("hardware address", interface.mac),
        ("parent of", ", ".join(parents) or "no network"),
        ("command", f"ip address show {interface.name}"),
    ]


def _rules(topology: Topology, address: str) -> Rows:
    """The address translation rules that name an address or a subnet."""
    words = (address, f"{address}/32", f"{address}:")
    return [
        ("NAT rule", rule)
        for rule in topology.rules
        if any(
            word == words[0] or word == words[1] or word.startswith(words[2])
            for word in rule.split()
        )
    ]


def _named(interface: Interface) -> str:
    peer = f", whose peer is #{interface.peer}" if interface.peer else ""
    return f"{interface.name} (#{interface.index}{peer})"
