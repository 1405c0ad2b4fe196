"""The state machine of a container as a picture: states as boxes, actions as arrows."""

from __future__ import annotations

from dockerlab.explorers.states import State
from dockerlab.svg import picture

WIDTH, HEIGHT = 720, 300
BOX_WIDTH, BOX_HEIGHT = 124, 50

PLACES = {  # the middle of each state's box
    State.REMOVED: (90, 240),
    State.CREATED: (90, 60),
    State.RUNNING: (360, 60),
    State.PAUSED: (630, 60),
    State.EXITED: (360, 240),
}
ARROWS = (  # path of the arrow, the actions on it, and where their names stand
    ("M 60 215 V 92", "create", 68, 158, "start"),
    ("M 152 60 H 291", "start", 225, 52, "middle"),
    ("M 422 48 H 561", "pause", 495, 40, "middle"),
    ("M 568 72 H 429", "unpause", 495, 90, "middle"),
    ("M 346 85 V 208", "stop, kill", 338, 154, "end"),
    ("M 374 215 V 92", "start, restart", 382, 154, "start"),
    ("M 298 240 H 159", "rm", 225, 232, "middle"),
    ("M 128 85 V 208", "rm", 136, 158, "start"),
    ("M 630 85 V 240 H 429", "stop, kill", 520, 232, "middle"),
)

STYLE = """
text{font:13px system-ui,sans-serif;fill:#334155}
.box{fill:#fff;stroke:#94a3b8;stroke-width:1.5}
.name{font-size:15px;text-anchor:middle}
.here .box{fill:#0b5cad;stroke:#083f78;stroke-width:4}
.here text{fill:#fff;font-weight:700}
.arrow{fill:none;stroke:#64748b;stroke-width:1.5;marker-end:url(#tip)}
"""


def svg(state: State | None, exit_code: int | None = None) -> str:
    """Draw the machine with the present state marked: by fill, border, an arrow head and words.

    Args:
        state: the present one; None marks none.
        exit_code: written beside "exited", where known.
    """
    now = str(state) if state else "between two states"
    code = f", exit code {exit_code}" if exit_code is not None else ""
    boxes = "".join(_box(each, each is state, exit_code) for each in State)
    arrows = "".join(
        f'<path class="arrow" d="{path}"/>'
        f'<text x="{x}" y="{y}" text-anchor="{anchor}">{words}</text>'
        for path, words, x, y, anchor in ARROWS
    )
    return picture(
        WIDTH,
        HEIGHT,
        f"States of a container. Now: {now}{code}.",
        STYLE,
        f"{arrows}{boxes}",
        tip="tip",
    )


def _box(state: State, here: bool, exit_code: int | None) -> str:
    x, y = PLACES[state]
    words = f"{'▶ ' if here else ''}{state}"
    if here and exit_code is not None:
        words += f" ({exit_code})"
    dashes = ' stroke-dasharray="5 4"' if state is State.REMOVED and not here else ""
    return (
        f'<g class="{"here" if here else "state"}">'
        f'<rect class="box" x="{x - BOX_WIDTH // 2}" y="{y - BOX_HEIGHT // 2}" '
        f'width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="9"{dashes}/>'
        f'<text class="name" x="{x}" y="{y + 5}">{words}</text></g>'
    )
