"""A swarm as a picture: a column for each node, a box for each task."""

from __future__ import annotations

from html import escape

from dockerlab.svg import cut, picture
from dockerlab.swarm.reading import ENDED, RUNNING, Computer, Snapshot, Task

WIDTH, EDGE, GAP = 860, 14, 14
HEAD, BOX, STEP = 62, 42, 48
FEWEST_ROWS = 3
STYLE = """
text{font:13px system-ui,sans-serif;fill:#334155}
.name{font-weight:700}.small{font-size:12px}.end{text-anchor:end}
.node{fill:#fff;stroke:#94a3b8;stroke-width:1.5}
.off .node{stroke-dasharray:5 4;fill:#f1f5f9}.off .name{fill:#64748b}
.box{fill:#fff;stroke:#94a3b8;stroke-width:1.5}
.running .box{fill:#dcfce7;stroke:#15803d}
.coming .box{fill:#fef9c3;stroke:#a16207}
.going .box{fill:none;stroke:#64748b;stroke-dasharray:5 4}
.going text{fill:#64748b}
"""


def svg(seen: Snapshot) -> str:
    """Draw the nodes and their tasks. What runs, comes and goes differs in words and shape, too.

    Args:
        seen: the swarm at one moment.
    """
    shown = [task for task in seen.tasks if _is_shown(task)]
    columns = {
        computer.name: [task for task in shown if task.node == computer.name]
        for computer in seen.computers
    }
    waiting = [task for task in shown if task.node not in columns]
    rows = max(FEWEST_ROWS, *map(len, columns.values()), 0)
    bottom = EDGE + HEAD + STEP * rows + EDGE
    height = bottom + (STEP if waiting else 0) + 6
    width = (WIDTH - 2 * EDGE - GAP * (len(columns) - 1)) / max(len(columns), 1)
    drawn = "".join(
        _column(computer, columns[computer.name], EDGE + at * (width + GAP), width, bottom)
        for at, computer in enumerate(seen.computers)
    )
    if waiting:
        names = ", ".join(task.name for task in waiting)
        why = next((f": {task.error}" for task in waiting if task.error), "")
        line = cut(f"◌ waiting for a node: {names}{why}", 110)
        drawn += f'<text x="{EDGE}" y="{bottom + 26}">{escape(line)}</text>'
    label = ". ".join(_words(c, columns[c.name]) for c in seen.computers) + "."
    return picture(
        WIDTH,
        height,
        label,
        STYLE,
        f"{drawn}",
    )


def _is_shown(task: Task) -> bool:
    """Whether it is wanted, or still there although it is not."""
    return task.is_wanted or task.state not in ENDED


def _column(computer: Computer, tasks: list[Task], x: float, width: float, bottom: int) -> str:
    off = computer.state != "ready"
    sign = "✗" if off else "●" if computer.availability == "active" else "‖"
    role = "" if computer.role == "worker" else f" ({computer.role})"
    boxes = "".join(
        _box(task, off, x + 10, EDGE + HEAD + STEP * at, width - 20)
        for at, task in enumerate(tasks)
    )
    return (
        f'<g class="{"off" if off else "on"}"><rect class="node" x="{x:g}" y="{EDGE}" rx="9" '
        f'width="{width:g}" height="{bottom - EDGE - 6}"/>'
        f'<text class="name" x="{x + 14:g}" y="{EDGE + 25}">{escape(computer.name)}{role}</text>'
        f'<text class="small" x="{x + 14:g}" y="{EDGE + 45}">'
        f"{sign} {escape(computer.state)}, {escape(computer.availability)}</text></g>{boxes}"
    )


def _box(task: Task, off: bool, x: float, y: int, width: float) -> str:
    kind = "going" if off or not task.is_wanted else "coming" if not task.runs else "running"
    name, tag = (escape(cut(words, 18)) for words in (task.name, task.image.rpartition("/")[2]))
    return (
        f'<g class="{kind}"><rect class="box" x="{x:g}" y="{y}" width="{width:g}" height="{BOX}" '
        f'rx="7"/><text class="name" x="{x + 12:g}" y="{y + 18}">{name}</text>'
        f'<text class="small end" x="{x + width - 12:g}" y="{y + 18}">{tag}</text>'
        f'<text class="small" x="{x + 12:g}" y="{y + 34}">{escape(_state(task, off))}</text></g>'
    )


def _state(task: Task, off: bool) -> str:
    if off:
        return "? nobody knows: its node is gone"
    if not task.is_wanted:
        return "✗ is being stopped"
    if task.state == RUNNING:
        return "● running"
    return f"◌ {task.state}"


def _words(computer: Computer, tasks: list[Task]) -> str:
    off = computer.state != "ready"
    told = ", ".join(f"{task.name} {_state(task, off)[2:]}" for task in tasks) or "no task"
    return f"{computer.name} ({computer.state}, {computer.availability}): {told}"
