"""The daemon's objects as a picture: images, containers, and what those are tied to."""

from __future__ import annotations

from html import escape

from dockerlab.object_map import Kind, ObjectMap, Thing
from dockerlab.svg import cut, picture

WIDTH = 960
BOX_WIDTH, BOX_HEIGHT, GAP = 220, 38, 10
TOP = 44  # of the first box, below the headings
COLUMNS = {Kind.IMAGE: 20, Kind.CONTAINER: 370, Kind.NETWORK: 720, Kind.VOLUME: 720}
MOST = 12  # boxes of a kind that are drawn; the rest is counted
LONGEST = 25  # characters of a name
COLOURS = {
    Kind.IMAGE: "#7c3aed",
    Kind.CONTAINER: "#0b5cad",
    Kind.NETWORK: "#0f766e",
    Kind.VOLUME: "#b45309",
}
SHAPES = {Kind.IMAGE: 3, Kind.CONTAINER: 9, Kind.NETWORK: 19, Kind.VOLUME: 3}  # corner radius
STYLE = """
text{font:13px system-ui,sans-serif;fill:#334155}
.heading{font-weight:700}
.note{font-size:11px;fill:#475569}
.link{fill:none;stroke:#94a3b8;stroke-width:1.5}
.strong{stroke:#475569;stroke-width:2.2}
"""

Key = tuple[Kind, str]


def svg(objects: ObjectMap) -> str:
    """Draw the map. The lesson's own objects have a thick border and a star.

    Args:
        objects: what is to be drawn. Of many of a kind, the first are drawn, and the rest counted.
    """
    shown = {kind: objects.of(kind)[:MOST] for kind in Kind}
    places, spans, height = _places(objects, shown)
    things = [thing for kind in Kind for thing in shown[kind]]
    boxes = "".join(_box(thing, *places[thing.kind, thing.id]) for thing in things)
    return picture(
        WIDTH,
        height,
        describe(objects),
        STYLE,
        f"{_links(objects, places)}{_headings(objects, shown, spans)}{boxes}",
    )


def describe(objects: ObjectMap) -> str:
    """The map in a sentence, for those who do not see it."""
    counts = {kind: len(objects.of(kind)) for kind in Kind}
    words = [f"{n} {kind}{'' if n == 1 else 's'}" for kind, n in counts.items()]
    return f"The daemon's objects: {', '.join(words)}; {len(objects.links)} references."


def _places(
    objects: ObjectMap, shown: dict[Kind, list[Thing]]
) -> tuple[dict[Key, tuple[int, int]], dict[Kind, tuple[int, int]], int]:
    """The corner of each box, where each kind's boxes begin and end, and the picture's height.

    Networks and volumes share a column. What is not a container stands as near as can be to the
    containers that refer to it, so that lines seldom cross.
    """
    places: dict[Key, tuple[int, int]] = {}
    spans: dict[Kind, tuple[int, int]] = {}
    rows = {thing.id: row for row, thing in enumerate(shown[Kind.CONTAINER])}
    for kind in Kind:
        top = y = spans[Kind.NETWORK][1] + TOP if kind is Kind.VOLUME else TOP
        if kind is not Kind.CONTAINER:
            shown[kind].sort(key=lambda thing: _mean_row(objects, thing, rows))
        for thing in shown[kind]:
            places[kind, thing.id] = COLUMNS[kind], y
            y += BOX_HEIGHT + GAP
        if _left_out(objects, shown, kind) or not shown[kind]:
            y += 20  # for a line that says so
        spans[kind] = top, y
    return places, spans, max(end for _, end in spans.values()) + GAP


def _left_out(objects: ObjectMap, shown: dict[Kind, list[Thing]], kind: Kind) -> int:
    return len(objects.of(kind)) - len(shown[kind])


def _mean_row(objects: ObjectMap, thing: Thing, rows: dict[str, int]) -> float:
    mine = [
        rows[link.container]
        for link in objects.links
        if (link.kind, link.other) == (thing.kind, thing.id) and link.container in rows
    ]
    return sum(mine) / len(mine) if mine else len(rows)


def _headings(
    objects: ObjectMap, shown: dict[Kind, list[Thing]], spans: dict[Kind, tuple[int, int]]
) -> str:
    parts = []
    for kind, (top, end) in spans.items():
        x, rest = COLUMNS[kind], _left_out(objects, shown, kind)
        parts.append(
            f'<text class="heading" x="{x}" y="{top - 14}" style="fill:{COLOURS[kind]}">'
            f"{kind}s ({len(shown[kind]) + rest})</text>"
        )
        if rest or not shown[kind]:
            words = f"… and {rest} more" if rest else "none"
            parts.append(f'<text class="note" x="{x}" y="{end - 8}">{words}</text>')
    return "".join(parts)


def _links(objects: ObjectMap, places: dict[Key, tuple[int, int]]) -> str:
    own = {thing.id for thing in objects.things if thing.ours}
    parts = []
    for link in objects.links:
        here = places.get((Kind.CONTAINER, link.container))
        there = places.get((link.kind, link.other))
        if not here or not there:
            continue
        left, right = (there, here) if link.kind is Kind.IMAGE else (here, there)
        x1, y1 = left[0] + BOX_WIDTH, left[1] + BOX_HEIGHT // 2
        x2, y2 = right[0], right[1] + BOX_HEIGHT // 2
        middle = (x1 + x2) // 2
        strong = " strong" if link.container in own else ""
        title = f"<title>{escape(link.how)}</title>" if link.how else ""
        parts.append(
            f'<path class="link{strong}" d="M {x1} {y1} C {middle} {y1} {middle} {y2} {x2} {y2}">'
            f"{title}</path>"
        )
    return "".join(parts)


def _box(thing: Thing, x: int, y: int) -> str:
    colour = COLOURS[thing.kind]
    border = 3 if thing.ours else 1.2
    fill = "#fff" if thing.note != "exited" else "#e2e8f0"
    dashes = ' stroke-dasharray="5 4"' if thing.note in ("created", "exited") else ""
    name = cut(thing.name, LONGEST)
    star = "★ " if thing.ours else ""
    return (
        f"<g><title>{escape(f'{thing.kind} {thing.name}')}</title>"
        f'<rect x="{x}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" '
        f'rx="{SHAPES[thing.kind]}" fill="{fill}" stroke="{colour}" stroke-width="{border}"'
        f"{dashes}/>"
        f'<text x="{x + 10}" y="{y + 16}">{star}{escape(name)}</text>'
        f'<text class="note" x="{x + 10}" y="{y + 31}">{escape(thing.note)}</text></g>'
    )
