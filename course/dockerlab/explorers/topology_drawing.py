"""The topology as a picture: the machine's interfaces, networks, wires, containers, open ports."""

from __future__ import annotations

from html import escape

from dockerlab.explorers.topology_layout import (
    BOX_HEAD,
    BOX_X,
    DOOR_X,
    NETWORK_X,
    PLUG_WIDTH,
    PLUG_X,
    PUBLISHED_WIDTH,
    PUBLISHED_X,
    ROW,
    TAG_HEIGHT,
    WIDTH,
    Key,
    Layout,
    Spot,
    has_gateway,
    lay_out,
)
from dockerlab.svg import cut, picture
from dockerlab.topology import Box, Network, Topology

COLOURS = {"bridge": "#0f766e", "macvlan": "#7c3aed", "overlay": "#be185d", "host": "#b45309"}
OTHER = "#475569"  # for "null" (none), and drivers that we do not know
BLUE = "#0b5cad"
INSTEAD = {"host": "the machine's own", "null": "lo only"}  # of an interface of its own
LONGEST = {"network": 23, "container": 20}  # characters
STYLE = """
text{font:13px system-ui,sans-serif;fill:#334155}
.heading{font-weight:700}
.name{font-size:14px;font-weight:700}
.note{font-size:11.5px;fill:#475569}
.tag{font:11px ui-monospace,monospace}
.machine{fill:none;stroke:#94a3b8;stroke-width:1.5;stroke-dasharray:7 5}
.wire{fill:none;stroke:#94a3b8;stroke-width:1.5}
.strong{stroke:#475569;stroke-width:2.4}
.way-name{font-size:11.5px;paint-order:stroke;stroke:#f8fafc;stroke-width:4}
.way{fill:none;stroke-width:1.5;stroke-dasharray:2 3}
"""


def svg(topology: Topology, chosen: Key | None = None) -> str:
    """Draw a topology. The lesson's own things have a thick border and a star.

    Args:
        topology: what is to be drawn. Of many, the first are drawn, and the rest counted.
        chosen: what is marked.
    """
    layout = lay_out(topology)
    return picture(
        WIDTH,
        layout.height,
        describe(topology),
        STYLE,
        f"{_machine(topology, layout)}{_ways(topology, layout)}{_wires(layout)}"
        f"{''.join(_network(n, layout, chosen) for n in layout.networks)}"
        f"{''.join(_box(b, layout, chosen) for b in layout.boxes)}"
        f"{_doors(topology, layout, chosen)}",
    )


def describe(topology: Topology) -> str:
    """The topology in sentences, for those who do not see it."""
    names = {network.id: network.name for network in topology.networks}
    said = [f"{len(topology.networks)} networks and {len(topology.boxes)} containers."]
    for box in topology.boxes:
        ends = [
            f"{names.get(plug.network, 'another network')}"
            + (f" as {plug.address}" if plug.address else "")
            for plug in box.plugs
        ]
        ports = [f"port {outer} leads to its {inner}" for outer, inner in box.published]
        said.append(f"{box.name}, {box.state}: {'; '.join([*ends, *ports])}.")
    return " ".join(said)


def _machine(topology: Topology, layout: Layout) -> str:
    """The outline of the machine, and the headings of the columns."""
    bottom = layout.height - 14
    headings = (
        (DOOR_X, "its interfaces"),
        (NETWORK_X, f"networks ({len(topology.networks)})"),
        (BOX_X, f"containers ({len(topology.boxes)})"),
    )
    parts = [
        f'<rect class="machine" x="80" y="12" width="852" height="{bottom - 12}" rx="12"/>',
        '<text class="note" x="94" y="28">the engine\'s machine</text>',
    ]
    parts += [f'<text class="heading" x="{x}" y="50">{words}</text>' for x, words in headings]
    for kind, shown, x in (
        (topology.networks, layout.networks, NETWORK_X),
        (topology.boxes, layout.boxes, BOX_X),
    ):
        if len(kind) > len(shown):
            more = f"… and {len(kind) - len(shown)} more"
            parts.append(f'<text class="note" x="{x}" y="{bottom - 6}">{more}</text>')
    return "".join(parts)


def _ways(topology: Topology, layout: Layout) -> str:
    """The ways out of each network: by address translation, or straight by a macvlan's parent."""
    doors = {k[1]: spot for k, spot in layout.spots.items() if k[0] == "interface"}
    parents = {n.device for n in topology.networks if n.driver in ("macvlan", "ipvlan")}
    outside = [spot for name, spot in doors.items() if name not in parents]
    parts: list[str] = []
    names: list[str] = []
    for network in layout.networks:
        spot = layout.spots["network", network.id]
        if network.driver == "bridge" and not network.internal:
            ends, words = outside[:1], "NAT"
        elif network.driver in ("macvlan", "ipvlan"):
            ends, words = [doors[d] for d in (network.device,) if d in doors], "direct"
        elif network.driver == "host":
            ends, words = outside[:1], "itself"
        else:
            ends, words = [], "closed" if network.internal or network.driver == "null" else ""
        if words:
            names.append(
                f'<text class="way-name" x="{spot.x - 6}" y="{spot.y + 26}" text-anchor="end">'
                f"{words}</text>"
            )
        for end in ends:
            x1, x2, y = end.x + end.width, spot.x, spot.y + 31
            colour = COLOURS.get(network.driver, OTHER)
            parts.append(
                f'<path class="way" stroke="{colour}" d="M {x1} {end.middle} C {x1 + 30} '
                f'{end.middle} {x2 - 40} {y} {x2} {y}"/>'
            )
    return "".join([*parts, *names])


def _wires(layout: Layout) -> str:
    parts = []
    for wire in layout.wires:
        (x1, y1), (x2, y2) = wire.start, wire.end
        middle = (x1 + x2) // 2
        strong = " strong" if wire.strong else ""
        parts.append(
            f'<path class="wire{strong}" d="M {x1} {y1} C {middle} {y1} {middle} {y2} {x2} {y2}"/>'
        )
    return "".join(parts)


def _network(network: Network, layout: Layout, chosen: Key | None) -> str:
    key = "network", network.id
    spot, colour = layout.spots[key], COLOURS.get(network.driver, OTHER)
    gateway = f"gateway {network.gateway}" if has_gateway(network) else ""
    ports = "".join(
        _tag(layout.ports[plug.port.index], f"{plug.port.name} #{plug.port.index}", colour)
        for box in layout.boxes
        for plug in box.plugs
        if plug.network == network.id and plug.port
    )
    return (
        f"{_rect(spot, colour, network.ours, key == chosen, radius=16)}"
        f"{_name(spot, network.name, 'network', network.ours)}"
        f'<text class="note" x="{spot.x + 12}" y="{spot.y + 37}">'
        f"{escape(network.driver)}{f' · {network.subnet}' if network.subnet else ''}</text>"
        f'<text class="note" x="{spot.x + 12}" y="{spot.y + 53}">'
        f"{escape(network.device or 'no interface of its own')}</text>"
        f'<text class="note" x="{spot.x + 12}" y="{spot.y + 69}">{escape(gateway)}</text>{ports}'
    )


def _box(box: Box, layout: Layout, chosen: Key | None) -> str:
    key = "container", box.id
    spot = layout.spots[key]
    drivers = {network.id: network.driver for network in layout.networks}
    tags = []
    for plug in box.plugs:
        if own := plug.inside:
            words = f"{own.name} #{own.index} {plug.address}"
        else:
            driver = drivers.get(plug.network, "")
            words = plug.address or (INSTEAD.get(driver, "") if box.process else "does not run")
        tags.append(_tag(layout.plugs[box.id, plug.network], words, BLUE))
    for row, (outer, inner) in enumerate(box.published):
        y = spot.y + BOX_HEAD + row * ROW
        tag = Spot(PUBLISHED_X, y, PUBLISHED_WIDTH, TAG_HEIGHT)
        tags.append(_tag(tag, f"{inner} ◂ {outer}", "#b45309", fill="#fef3c7"))
    return (
        f"{_rect(spot, BLUE, box.ours, key == chosen, dashed=box.state != 'running')}"
        f"{_name(spot, box.name, 'container', box.ours)}"
        f'<text class="note" x="{PLUG_X + PLUG_WIDTH + 10}" y="{spot.y + BOX_HEAD + 16}">'
        f"{escape(box.state)}</text>"
        f"{''.join(tags)}"
    )


def _doors(topology: Topology, layout: Layout, chosen: Key | None) -> str:
    parts = []
    for door in topology.doors():
        key = "interface", door.name
        if spot := layout.spots.get(key):
            address = door.addresses[0] if door.addresses else "no address"
            parts.append(
                f"{_rect(spot, OTHER, False, key == chosen, radius=4)}"
                f'<text class="name" x="{spot.x + 10}" y="{spot.y + 17}">{escape(door.name)} '
                f'<tspan class="note">#{door.index}</tspan></text>'
                f'<text class="note" x="{spot.x + 10}" y="{spot.y + 33}">{address}</text>'
            )
    if not topology.machine:
        parts.append(f'<text class="note" x="{DOOR_X + 4}" y="80">cannot be seen here</text>')
    return "".join(parts)


def _rect(
    spot: Spot, colour: str, ours: bool, chosen: bool, *, radius: int = 8, dashed: bool = False
) -> str:
    dashes = ' stroke-dasharray="5 4"' if dashed else ""
    return (
        f'<rect x="{spot.x}" y="{spot.y}" width="{spot.width}" height="{spot.height}" '
        f'rx="{radius}" fill="{"#e0f2fe" if chosen else "#fff"}" stroke="{colour}" '
        f'stroke-width="{2.6 if ours else 1.2}"{dashes}/>'
    )


def _name(spot: Spot, name: str, kind: str, ours: bool) -> str:
    shown = cut(name, LONGEST[kind])
    star = "★ " if ours else ""
    return (
        f'<text class="name" x="{spot.x + 12}" y="{spot.y + 19}">{star}{escape(shown)}'
        f"<title>{escape(name)}</title></text>"
    )


def _tag(spot: Spot, words: str, colour: str, *, fill: str = "#fff") -> str:
    return (
        f'<rect x="{spot.x}" y="{spot.y}" width="{spot.width}" height="{spot.height}" rx="5" '
        f'fill="{fill}" stroke="{colour}" stroke-width="1.2"/>'
        f'<text class="tag" x="{spot.x + spot.width / 2:g}" y="{spot.y + 16}" '
        f'text-anchor="middle">{escape(words)}</text>'
    )
