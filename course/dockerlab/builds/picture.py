"""A build beside the one before it, as a picture: each instruction, what became of it, how long."""

from __future__ import annotations

from html import escape

from dockerlab.builds.build import Build, Step
from dockerlab.builds.table import MARKS, adds, size, took
from dockerlab.svg import cut, picture

WIDTH, ROW, TOP = 612, 34, 58
TEXT, STATE, BAR, BAR_WIDTH, SIZE = 14, 304, 398, 106, 600
LONGEST = 39  # characters of an instruction
COLOURS = {"built": "#b45309", "cached": "#15803d", "failed": "#b91c1c"}
STYLE = """
text{font:12.5px system-ui,sans-serif;fill:#334155}
.code{font:12px ui-monospace,monospace;fill:#0f172a}
.head{font-weight:700}
.was{fill:#64748b;font-size:11px}
"""


def svg(build: Build | None, before: Build | None = None) -> str:
    """Draw a build: states by mark, word and colour; time as bars.

    Args:
        build: the last one; None before the first.
        before: the one before that, whose states and times are drawn in grey.
    """
    steps = build.steps if build else ()
    old = {step.instruction.text: step for step in before.steps} if before else {}
    longest = max([step.seconds or 0 for step in (*steps, *old.values())], default=0) or 1
    height = TOP + ROW * max(len(steps), 1) + 34
    rows = "".join(
        _row(step, old.get(step.instruction.text), TOP + ROW * place, longest)
        for place, step in enumerate(steps)
    )
    told = _told(build, before)
    if not build:
        rows = f'<text x="{TEXT}" y="{TOP + 22}">Nothing is built yet: press Build.</text>'
    return picture(
        WIDTH,
        height,
        told,
        STYLE,
        f'<text class="head" x="{TEXT}" y="26">instruction</text>'
        f'<text class="head" x="{STATE}" y="26">now</text>'
        f'<text class="was" x="{STATE}" y="42">before</text>'
        f'<text class="head" x="{BAR}" y="26">time</text>'
        f'<text class="head" x="{SIZE}" y="26" text-anchor="end">adds</text>'
        f'{rows}<text x="{TEXT}" y="{height - 14}">{escape(told)}</text>',
    )


def _row(step: Step, old: Step | None, y: int, longest: float) -> str:
    colour = COLOURS.get(step.state, "#64748b")
    text = step.instruction.text
    shown = cut(text, LONGEST)
    parts = [
        f'<line x1="8" x2="{WIDTH - 8}" y1="{y}" y2="{y}" stroke="#e2e8f0"/>',
        f'<text class="code" x="{TEXT}" y="{y + 16}">{escape(shown)}'
        f"<title>{escape(text)}</title></text>",
        f'<text x="{STATE}" y="{y + 15}" style="fill:{colour};font-weight:700">'
        f"{MARKS[step.state]} {step.state}</text>",
        _bar(step, y + 6, 10, colour, longest),
        f'<text x="{SIZE}" y="{y + 15}" text-anchor="end">{adds(step)}</text>',
    ]
    if old:
        parts.append(
            f'<text class="was" x="{STATE}" y="{y + 28}">{MARKS[old.state]} {old.state}</text>'
        )
        parts.append(_bar(old, y + 21, 7, "#cbd5e1", longest, "was"))
    return "".join(parts)


def _bar(step: Step, y: int, height: int, colour: str, longest: float, kind: str = "") -> str:
    if not took(step):
        return ""
    width = max(2, BAR_WIDTH * (step.seconds or 0) / longest)
    return (
        f'<rect x="{BAR}" y="{y}" width="{width:.0f}" height="{height}" rx="2" fill="{colour}"/>'
        f'<text class="{kind}" x="{BAR + width + 5:.0f}" y="{y + height - 1}">{took(step)}</text>'
    )


def _told(build: Build | None, before: Build | None) -> str:
    if not build:
        return "No build yet."
    if not build.ok:
        return "The build failed."
    was = f" (before: {before.seconds:.1f} s)" if before and before.ok else ""
    return f"Built in {build.seconds:.1f} s{was}; {size(build.sent)} were sent to the builder."
