"""A dashboard's panels as a picture, from what Prometheus has."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

from dockerlab.dashboard import COLUMNS, Dashboard, Panel, written
from dockerlab.prometheus import Series
from dockerlab.svg import picture

WIDTH, UNIT, TOP = 980, 30, 44  # of the whole; a row of the grid; room for the title
LEFT, RIGHT, HEAD, FOOT, LEGEND = 66, 14, 30, 20, 17  # a panel's margins, a line of its legend
SHOWN = 8  # lines that a legend names
COLOURS = ("#0b5cad", "#b45309", "#15803d", "#7c3aed", "#be123c", "#0e7490", "#4d7c0f", "#64748b")
DASHES = ("", "7 3", "2 3", "9 3 2 3")  # so that lines differ without colour, too
STYLE = """
text{font:12px system-ui,sans-serif;fill:#334155}
.head{font-size:15px;font-weight:700}
.title{font-size:13px;font-weight:700}
.panel{fill:#fff;stroke:#cbd5e1}
.grid{stroke:#e2e8f0}
.scale{fill:#64748b;font-size:11px}
.line{fill:none;stroke-width:2;stroke-linejoin:round}
"""

Lines = Sequence[tuple[str, Series]]


def svg(dashboard: Dashboard, drawn: Mapping[Panel, Lines], start: float, end: float) -> str:
    """Draw all panels where the dashboard's file has them.

    Args:
        dashboard: as read from its file.
        drawn: the lines of each panel, each with its name in the legend.
        start: the moment at the left edge, in seconds since 1970.
        end: the moment at the right edge.
    """
    legends: dict[int, float] = {}  # how much taller each row is for its legends
    for panel in dashboard.panels:
        lines = min(len(drawn.get(panel, ())), SHOWN + 1)
        legends[panel.y] = max(legends.get(panel.y, 0), LEGEND * lines)
    extra = {y: sum(more for other, more in legends.items() if other < y) for y in legends}
    bottom = max((p.y + p.height for p in dashboard.panels), default=0)
    height = TOP + UNIT * bottom + sum(legends.values()) + 8
    panels = "".join(
        _panel(
            panel,
            drawn.get(panel, ()),
            (start, end),
            (
                8 + (WIDTH - 8) * panel.x / COLUMNS,
                TOP + UNIT * panel.y + extra[panel.y],
                (WIDTH - 8) * panel.width / COLUMNS - 8,
                UNIT * panel.height + legends[panel.y] - 8,
            ),
            legends[panel.y],
        )
        for panel in dashboard.panels
    )
    label = f"{dashboard.title}. " + " ".join(
        f"{panel.title}: "
        + ", ".join(f"{name} {written(s.last, panel.unit)}" for name, s in drawn.get(panel, ()))
        + "."
        for panel in dashboard.panels
    )
    return picture(
        WIDTH,
        height,
        label,
        STYLE,
        f'<text class="head" x="16" y="28">{escape(dashboard.title)}</text>{panels}',
        ground="#f1f5f9",
    )


def _panel(
    panel: Panel,
    lines: Lines,
    span: tuple[float, float],
    place: tuple[float, float, float, float],
    legend: float,
) -> str:
    x, y, width, height = place
    left, right = x + LEFT, x + width - RIGHT
    top, bottom = y + HEAD, y + height - FOOT - legend
    highest = ceiling(max((v for _, s in lines for _, v in s.points), default=0.0), panel.unit)
    start, end = span

    def at(moment: float, value: float) -> str:
        return (
            f"{left + (right - left) * (moment - start) / (end - start):.1f} "
            f"{bottom - (bottom - top) * value / highest:.1f}"
        )

    parts = [
        f'<rect class="panel" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'rx="6"/><text class="title" x="{x + 12:.1f}" y="{y + 19:.1f}">'
        f"{escape(panel.title)}</text>"
    ]
    for part in (0.0, 0.5, 1.0):
        level = bottom - (bottom - top) * part
        parts.append(
            f'<path class="grid" d="M {left:.1f} {level:.1f} H {right:.1f}"/>'
            f'<text class="scale" x="{left - 6:.1f}" y="{level + 4:.1f}" text-anchor="end">'
            f"{written(highest * part, panel.unit)}</text>"
        )
    for words, edge, anchor in (
        (f"{end - start:.0f} s ago", left, "start"),
        ("now", right, "end"),
    ):
        parts.append(
            f'<text class="scale" x="{edge:.1f}" y="{bottom + 15:.1f}" '
            f'text-anchor="{anchor}">{words}</text>'
        )
    for number, (name, series) in enumerate(lines):
        colour = COLOURS[number % len(COLOURS)]
        look = f'style="stroke:{colour}" stroke-dasharray="{DASHES[number % len(DASHES)]}"'
        path = " L ".join(at(moment, value) for moment, value in series.points)
        level = bottom + FOOT + LEGEND * (number + 1) - 6
        parts.append(f'<path class="line" {look} d="M {path}"/>')
        if number < SHOWN:
            parts.append(
                f'<path class="line" {look} d="M {x + 14:.1f} {level - 4:.1f} h 26"/>'
                f'<text x="{x + 48:.1f}" y="{level:.1f}">{escape(name)}: '
                f"{written(series.last, panel.unit)}</text>"
            )
    if len(lines) > SHOWN:
        level = bottom + FOOT + LEGEND * (SHOWN + 1) - 6
        parts.append(f'<text x="{x + 48:.1f}" y="{level:.1f}">and {len(lines) - SHOWN} more</text>')
    if not lines:
        parts.append(f'<text x="{left + 12:.1f}" y="{(top + bottom) / 2:.1f}">no data</text>')
    return "".join(parts)


def ceiling(value: float, unit: str) -> float:
    """A round number that is not below a value, for the top of a scale."""
    if value <= 0 or not math.isfinite(value):
        return 1.0
    base = 1024.0 ** max(math.floor(math.log(value, 1024)), 0) if unit == "bytes" else 1.0
    tens = 10.0 ** math.floor(math.log10(value / base))
    return next(n for step in (1, 2, 5, 10) if (n := step * tens * base) >= value * 0.999)
