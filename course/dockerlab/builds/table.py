"""A build as a table: HTML in a notebook, plain text elsewhere."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from dockerlab.svg import cut

if TYPE_CHECKING:
    from dockerlab.builds.build import Build, Step

LONGEST = 74  # characters of an instruction that are shown
MARKS = {
    "base": "·",
    "built": "●",
    "cached": "✓",
    "failed": "✗",
    "setting": "·",
    "not run": "○",
}
CELL = "style='text-align:left;vertical-align:top;padding:2px 10px'"
NUMBER = "style='text-align:right;vertical-align:top;padding:2px 10px;white-space:nowrap'"


def size(number: int) -> str:
    """A number of bytes, for people: "2.1 MB"."""
    for unit, amount in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if number >= amount:
            return f"{number / amount:.1f} {unit}"
    return f"{number} B"


def short(text: str) -> str:
    """An instruction, cut to what fits in a line."""
    return cut(text, LONGEST)


def took(step: Step) -> str:
    """A step's time, where it was run."""
    return f"{step.seconds:.1f} s" if step.state in ("built", "failed") else ""


def adds(step: Step) -> str:
    """What a step adds to the image, where that is known."""
    return size(step.size) if step.size is not None else ""


def text(build: Build) -> str:
    """The build, a step a line.

    Args:
        build: to show.
    """
    lines = []
    for step in build.steps:
        figures = ", ".join(part for part in (took(step), adds(step)) if part)
        lines.append(
            f"{MARKS[step.state]} {step.state:<7}  {short(step.instruction.text)}"
            + (f"  ({figures})" if figures else "")
        )
    lines.append(_summary(build))
    return "\n".join(lines + _failure(build))


def html(build: Build) -> str:
    """The build, a step a row.

    Args:
        build: to show.
    """
    rows = "".join(
        f"<tr><td {CELL}>{MARKS[step.state]} {_strong(step)}</td>"
        f"<td {CELL}><code>{escape(short(step.instruction.text))}</code></td>"
        f"<td {NUMBER}>{took(step)}</td><td {NUMBER}>{adds(step)}</td></tr>"
        for step in build.steps
    )
    head = "".join(
        f"<th {style}>{word}</th>"
        for word, style in (("", CELL), ("instruction", CELL), ("time", NUMBER), ("adds", NUMBER))
    )
    failure = "\n".join(_failure(build))
    told = f"<pre style='margin:4px 10px'>{escape(failure)}</pre>" if failure else ""
    return (
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        f"<div style='padding:0 10px'>{escape(_summary(build))}</div>{told}"
    )


def _strong(step: Step) -> str:
    return f"<b>{step.state}</b>" if step.state in ("built", "failed") else step.state


def _summary(build: Build) -> str:
    how = f"done in {build.seconds:.1f} s" if build.ok else "it failed: there is no image"
    return f"{how}; sent to the builder: {size(build.sent)}"


def _failure(build: Build) -> list[str]:
    """What the failed step printed last, the place in the Dockerfile, and the error."""
    if build.ok:
        return []
    failed = next((step for step in build.steps if step.state == "failed"), None)
    log = [f"  {line}" for line in failed.log.strip().splitlines()[-3:]] if failed else []
    return [*log, *build.excerpt.splitlines(), f"ERROR: {build.error}"]
