"""The states of a container and the ways between them, as the daemon has them."""

from __future__ import annotations

from html import escape

STATES = {  # state: the middle of its box in the drawing
    "removed": (90, 60),
    "created": (320, 60),
    "running": (320, 190),
    "paused": (90, 190),
    "exited": (550, 190),
}
ACTIONS: dict[str, dict[str, str]] = {  # action: from which states it leads to which
    "create": {"removed": "created"},
    "start": {"created": "running", "exited": "running"},
    "pause": {"running": "paused"},
    "unpause": {"paused": "running"},
    "stop": {"running": "exited"},
    "kill": {"running": "exited"},
    "restart": {"running": "running", "exited": "running", "created": "running"},
    "remove": {"created": "removed", "exited": "removed"},
}
WIDTH, HEIGHT = 660, 250
BOX_WIDTH, BOX_HEIGHT = 116, 44
ARROWS = (  # from (x, y) to (x, y), the label's middle, the label
    ((148, 50), (262, 50), (205, 40), "create"),
    ((262, 70), (148, 70), (205, 90), "remove"),
    ((320, 82), (320, 168), (346, 130), "start"),
    ((262, 180), (148, 180), (205, 170), "pause"),
    ((148, 200), (262, 200), (205, 220), "unpause"),
    ((378, 180), (492, 180), (435, 170), "stop, kill"),
    ((492, 200), (378, 200), (435, 220), "start"),
    ((530, 168), (160, 30), (440, 96), "remove"),
)


def allowed(state: str) -> list[str]:
    """The actions that the daemon accepts for a container in this state."""
    return [action for action, ways in ACTIONS.items() if state in ways]


def drawing(state: str, *, note: str = "") -> str:
    """The states as a picture (SVG), with the present one marked by colour, frame and words.

    Args:
        state: the present one.
        note: a line below the picture.
    """
    arrows = "".join(
        f"<line x1='{x1}' y1='{y1}' x2='{x2}' y2='{y2}' stroke='#64748b' stroke-width='1.5'"
        f" marker-end='url(#tip)'/><text x='{x}' y='{y}' font-size='12' fill='#475569'"
        f" text-anchor='middle'>{label}</text>"
        for (x1, y1), (x2, y2), (x, y), label in ARROWS
    )
    boxes = "".join(_box(name, name == state) for name in STATES)
    return (
        f"<svg viewBox='0 0 {WIDTH} {HEIGHT}' width='100%' style='max-width:{WIDTH}px;"
        "background:#fff;border:1px solid #e2e8f0;border-radius:8px'"
        " xmlns='http://www.w3.org/2000/svg' role='img' font-family='sans-serif'>"
        f"<title>States of a container; now: {escape(state)}</title>"
        "<defs><marker id='tip' viewBox='0 0 8 8' refX='7' refY='4' markerWidth='8'"
        " markerHeight='8' orient='auto'><path d='M0 0 8 4 0 8z' fill='#64748b'/></marker></defs>"
        f"{arrows}{boxes}"
        f"<text x='{WIDTH / 2}' y='{HEIGHT - 8}' font-size='12' fill='#475569'"
        f" text-anchor='middle'>{escape(note)}</text></svg>"
    )


def _box(name: str, now: bool) -> str:
    x, y = STATES[name]
    left, top = x - BOX_WIDTH / 2, y - BOX_HEIGHT / 2
    fill, frame, ink = ("#1d4ed8", "#1e3a8a", "#fff") if now else ("#f1f5f9", "#94a3b8", "#0f172a")
    label = f"▶ {name}" if now else name
    return (
        f"<rect x='{left}' y='{top}' width='{BOX_WIDTH}' height='{BOX_HEIGHT}' rx='8'"
        f" fill='{fill}' stroke='{frame}' stroke-width='{3 if now else 1}'/>"
        f"<text x='{x}' y='{y + 5}' font-size='15' text-anchor='middle' fill='{ink}'"
        f" font-weight='{'bold' if now else 'normal'}'>{label}</text>"
    )
