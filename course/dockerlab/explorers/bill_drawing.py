"""A month's bill as a picture: a bar for each part, the notes' figure as a line."""

from __future__ import annotations

from html import escape

from dockerlab.azure.prices import ADDRESS, DISKS, NOTES, Bill, Figure
from dockerlab.svg import picture

WIDTH, LEFT, RIGHT = 760, 190, 670
ROW, BAR = 44, 24  # pixels from bar to bar, and of a bar
COLOURS = {"machine": "#0b5cad", "disk": "#0f766e", "address": "#b45309", "all of it": "#334155"}
STYLE = """
text{font:13px system-ui,sans-serif;fill:#334155}
.name{font-weight:700}.sum{font-weight:700}.small{font-size:11px;fill:#64748b}
.notes{stroke:#be123c;stroke-width:1.5;stroke-dasharray:5 4}
"""


def svg(bill: Bill, *, size: str, hours: float, hour: Figure, disk: str) -> str:
    """Draw a bill.

    Args:
        bill: to draw.
        size: of the machine.
        hours: that it is allocated in the month.
        hour: what it costs an hour.
        disk: its type.
    """
    rows = {
        "machine": (bill.machine, f"{hours:g} h at {hour}"),
        "disk": (bill.disk, f"{disk}, 32 GiB"),
        "address": (bill.address, f"{ADDRESS}" if bill.address else "none"),
        "all of it": (bill.total, "a month"),
    }
    scale = (RIGHT - LEFT) / max(bill.total, NOTES.amount * 1.15)
    line = LEFT + NOTES.amount * scale
    bars = "".join(
        _bar(40 + ROW * number, name, amount, said, scale)
        for number, (name, (amount, said)) in enumerate(rows.items())
    )
    bottom = 40 + ROW * len(rows)
    height = bottom + 42
    figures = {"Machine": hour, "disk": DISKS[disk], "address": ADDRESS}
    read = "; ".join(f"{name}: {f.where}, {f.when}" for name, f in figures.items())
    told = f"{size}: {bill.total:.2f} US dollars a month, {bill.machine:.2f} for the machine"
    return picture(
        WIDTH,
        height,
        told,
        STYLE,
        f'<text x="16" y="24" class="name">{escape(size)}</text>'
        f'<path class="notes" d="M {line:.0f} 34 V {bottom - 6}"/>{bars}'
        f'<text x="{line + 4:.0f}" y="26" text-anchor="middle">the notes: ${NOTES.amount}</text>'
        f'<text x="16" y="{bottom + 14}" class="small">US dollars, without tax and traffic.</text>'
        f'<text x="16" y="{bottom + 30}" class="small">{escape(read)}.</text>',
    )


def _bar(y: int, name: str, amount: float, said: str, scale: float) -> str:
    width = max(1.0, amount * scale)
    return (
        f'<text x="16" y="{y + 12}" class="name">{name}</text>'
        f'<text x="16" y="{y + 27}" class="small">{escape(said)}</text>'
        f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" height="{BAR}" rx="3" '
        f'fill="{COLOURS[name]}"/>'
        f'<text x="{LEFT + width + 8:.0f}" y="{y + 17}" class="sum">${amount:.2f}</text>'
    )
