"""The four places as a picture: the container on the left, where the bytes are on the right."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from dockerlab.explorers.places import PATHS, Found, Place
from dockerlab.explorers.states import State
from dockerlab.peek import shortened
from dockerlab.svg import picture

WIDTH = 860
TOP, ROW = 44, 64
LEFT_WIDTH = 170
RIGHT = 290
KIND = {
    Place.VOLUME: "Docker's own folder",
    Place.BIND: "a folder of yours",
    Place.TMPFS: "memory",
    Place.LAYER: "the container's own layer",
}
UNTOLD = {  # instead of a folder
    Place.VOLUME: "",
    Place.BIND: "",
    Place.TMPFS: "on no disk",
    Place.LAYER: "the engine does not say where",
}
STYLE = """
text{font:13px system-ui,sans-serif;fill:#334155}
.path,.where{font-family:ui-monospace,monospace;font-size:12px}
.name{font-weight:700}
.size{font-weight:700;text-anchor:end}
.box{fill:#fff;stroke:#94a3b8;stroke-width:1.5}
.full .box{fill:#e0efff;stroke:#0b5cad;stroke-width:2.5}
.gone .box{fill:none;stroke-dasharray:5 4}
.gone text{fill:#64748b}
.box.up{stroke:#0b5cad;stroke-width:2.5}
.way{stroke:#64748b;stroke-width:1.5;marker-end:url(#end)}
"""


def svg(
    name: str,
    state: State | None,
    found: Mapping[Place, Found],
    before: Mapping[Place, Found],
    root: str,
) -> str:
    """Draw what was found. What is there, empty or gone differs in words and shape, too.

    Args:
        name: of the container.
        state: its state.
        found: what there is now.
        before: what there was before the last act; what it took is marked as lost.
        root: the folder of the daemon's data, which is written as "$ROOT".
    """
    height = TOP + ROW * len(found) + 14
    now = str(state) if state else "between two states"
    words = "; ".join(f"{place}: {_content(found[place], before.get(place))}" for place in found)
    there = state not in (None, State.REMOVED)
    outline = 'class="box up"' if there else 'class="box" stroke-dasharray="5 4"'
    rows = "".join(
        _row(place, at, found[place], before.get(place), there, root)
        for at, place in enumerate(found)
    )
    label = f"Container {name}: {now}. {words}."
    return picture(
        WIDTH,
        height,
        label,
        STYLE,
        f'<rect {outline} x="14" y="12" width="{LEFT_WIDTH}" height="{height - 26}" rx="9" '
        'fill="none"/>'
        f'<text class="name" x="28" y="36">container: {escape(now)}</text>'
        f"{rows}",
        tip="end",
    )


def _row(
    place: Place, at: int, found: Found, before: Found | None, container: bool, root: str
) -> str:
    y = TOP + ROW * at
    middle = y + ROW // 2
    kind = "gone" if not found.is_there else "empty" if found.size is None else "full"
    arrow = (
        f'<line class="way" x1="{LEFT_WIDTH + 14}" y1="{middle}" x2="{RIGHT - 6}" y2="{middle}"/>'
        if container and found.is_there
        else ""
    )
    path = PATHS[place]
    inner = f'<text class="path" x="28" y="{middle + 4}">{path}</text>' if container else ""
    where = shortened(found.where, root) if found.where else UNTOLD[place]
    where = escape(where) if found.is_there else ""
    return (
        f'{inner}{arrow}<g class="{kind}">'
        f'<rect class="box" x="{RIGHT}" y="{y + 6}" width="{WIDTH - RIGHT - 14}" '
        f'height="{ROW - 12}" rx="9"/>'
        f'<text class="name" x="{RIGHT + 14}" y="{y + 27}">{place}'
        f'<tspan font-weight="400">: {KIND[place]}</tspan></text>'
        f'<text class="where" x="{RIGHT + 14}" y="{y + 46}">{where}</text>'
        f'<text class="size" x="{WIDTH - 28}" y="{y + 27}">{_content(found, before)}</text></g>'
    )


def _content(found: Found, before: Found | None) -> str:
    lost = before is not None and before.size is not None and found.size is None
    mark = "✗ lost" if lost else ""
    if not found.is_there:
        return mark or "not there"
    if found.size is None:
        return mark or "empty"
    return f"✓ {found.size // 1024} KiB"
