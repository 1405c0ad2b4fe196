"""Where each thing of a topology stands in its picture. No widgets here, and no drawing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from dockerlab.topology import Box, Network, Topology

WIDTH = 1000
TOP = 62  # of the first box, below the headings
GAP = 16
DOOR_X, DOOR_WIDTH, DOOR_HEIGHT = 10, 130, 40
NETWORK_X, NETWORK_WIDTH, NETWORK_HEAD = 206, 206, 62
BOX_X, BOX_WIDTH, BOX_HEAD = 726, 182, 28
PLUG_WIDTH, PORT_WIDTH, TAG_HEIGHT, ROW = 184, 128, 24, 32
PORT_X = NETWORK_X + NETWORK_WIDTH - 18  # the bridge's ports stick out of it
PLUG_X = BOX_X - PLUG_WIDTH + 30  # so do a container's interfaces
PUBLISHED_X, PUBLISHED_WIDTH = BOX_X + BOX_WIDTH - 44, 126
MOST = 12  # networks and containers that are drawn; the rest is counted

Key = tuple[str, str]
"""What can be chosen: its kind ("network", "container", "interface") and its id or name."""


@dataclass(frozen=True)
class Spot:
    """A rectangle of the picture, in its own units."""

    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> int:
        """The height of its middle."""
        return self.y + self.height // 2


@dataclass(frozen=True)
class Wire:
    """A line from a network to a container.

    Attributes:
        start: where it begins, on the network.
        end: where it ends, on the container's interface.
        strong: whether both are the lesson's own.
    """

    start: tuple[int, int]
    end: tuple[int, int]
    strong: bool


@dataclass
class Layout:
    """A topology's places.

    Attributes:
        networks: those that are drawn.
        boxes: those that are drawn.
        spots: of each thing that can be chosen.
        ports: of each bridge's port, by the index of its interface.
        plugs: of each container's interface, by the container's id and the network's.
        wires: from networks to containers.
        height: of the whole.
    """

    networks: list[Network]
    boxes: list[Box]
    spots: dict[Key, Spot] = field(default_factory=dict)
    ports: dict[int, Spot] = field(default_factory=dict)
    plugs: dict[tuple[str, str], Spot] = field(default_factory=dict)
    wires: list[Wire] = field(default_factory=list)
    height: int = 0


def lay_out(topology: Topology) -> Layout:
    """Find the places of all that is drawn.

    Containers stand in the order of their networks, so that few wires cross.

    Args:
        topology: what is to be drawn.
    """
    networks = list(topology.networks[:MOST])
    order = {network.id: place for place, network in enumerate(networks)}
    boxes = [
        replace(box, plugs=tuple(sorted(box.plugs, key=lambda plug: order.get(plug.network, MOST))))
        for box in sorted(topology.boxes, key=lambda box: _first(box, order))[:MOST]
    ]
    layout = Layout(networks, boxes)
    bottoms = [_networks(layout), _boxes(layout), _doors(layout, topology)]
    layout.height = max(bottoms) + GAP + 26
    _wires(layout)
    return layout


def has_gateway(network: Network) -> bool:
    """Whether the machine itself is the network's gateway, by an address of the bridge."""
    return network.driver == "bridge" and bool(network.gateway)


def _first(box: Box, order: dict[str, int]) -> int:
    return min((order.get(plug.network, MOST) for plug in box.plugs), default=MOST)


def _networks(layout: Layout) -> int:
    y = TOP
    for network in layout.networks:
        ends = [
            plug.port.index
            for box in layout.boxes
            for plug in box.plugs
            if plug.network == network.id and plug.port
        ]
        for row, index in enumerate(ends):
            layout.ports[index] = Spot(PORT_X, y + NETWORK_HEAD + row * ROW, PORT_WIDTH, TAG_HEIGHT)
        rows = max(len(ends), 1 if has_gateway(network) else 0)
        height = NETWORK_HEAD + rows * ROW + (4 if ends else 0)
        layout.spots["network", network.id] = Spot(NETWORK_X, y, NETWORK_WIDTH, height)
        y += height + GAP
    return y


def _boxes(layout: Layout) -> int:
    y = TOP
    for box in layout.boxes:
        rows = max(len(box.plugs), len(box.published), 1)
        for row, plug in enumerate(box.plugs):
            layout.plugs[box.id, plug.network] = Spot(
                PLUG_X, y + BOX_HEAD + row * ROW, PLUG_WIDTH, TAG_HEIGHT
            )
        height = BOX_HEAD + rows * ROW + 4
        layout.spots["container", box.id] = Spot(BOX_X, y, BOX_WIDTH, height)
        y += height + GAP
    return y


def _doors(layout: Layout, topology: Topology) -> int:
    y = TOP
    for door in topology.doors()[:MOST]:
        layout.spots["interface", door.name] = Spot(DOOR_X, y, DOOR_WIDTH, DOOR_HEIGHT)
        y += DOOR_HEIGHT + GAP
    return y


def _wires(layout: Layout) -> None:
    ours = {network.id for network in layout.networks if network.ours}
    for box in layout.boxes:
        for plug in box.plugs:
            network = layout.spots.get(("network", plug.network))
            end = layout.plugs[box.id, plug.network]
            if network is None:
                continue
            start = network.x + network.width, network.y + NETWORK_HEAD // 2
            if plug.port and plug.port.index in layout.ports:
                port = layout.ports[plug.port.index]
                start = port.x + port.width, port.middle
            layout.wires.append(Wire(start, (end.x, end.middle), box.ours and plug.network in ours))
