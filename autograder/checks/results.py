"""What a check answers, and how a person reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

LONGEST = 300  # characters of a value shown in a table


@dataclass(frozen=True)
class Result:
    """The answer of one check. It is true where the check passed.

    Attributes:
        name: what was checked, as a statement ("container 'web' is running").
        passed: whether that holds.
        expected: what was wanted.
        found: what the daemon has.
        hint: where it does not hold, what to look at or do next.
        weight: its share of the task's points, beside the other checks' weights.
    """

    name: str
    passed: bool
    expected: str = ""
    found: str = ""
    hint: str = ""
    weight: float = 1.0

    def __bool__(self) -> bool:
        return self.passed


class Report:
    """A task's results as a small table: HTML in a notebook, plain text elsewhere.

    Args:
        title: the task's name.
        results: in the order of the checks.
        score: points earned.
        points: points that can be earned.
    """

    def __init__(self, title: str, results: Sequence[Result], score: float, points: float) -> None:
        self._results = list(results)
        self._heading = f"{title}: {score:g} of {points:g} points"

    def __repr__(self) -> str:
        lines = [self._heading]
        for result in self._results:
            lines.append(f"  [{'passed' if result.passed else 'FAILED'}] {_short(result.name)}")
            if not result.passed:
                if result.expected:
                    lines.append(f"      expected: {_short(result.expected)}")
                if result.found:
                    lines.append(f"      found:    {_short(result.found)}")
                if result.hint:
                    lines.append(f"      hint:     {_short(result.hint)}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = "".join(_row(result) for result in self._results)
        # Only what nbconvert leaves alone where it takes scripts out: no caption, no tbody.
        return (
            f"<div><b>{escape(self._heading)}</b></div>"
            f"<table style='text-align:left;max-width:60em'>{rows}</table>"
        )


def _row(result: Result) -> str:
    cell = "<td style='text-align:left;vertical-align:top'>"
    if result.passed:
        return f"<tr>{cell}✓ passed</td>{cell}{escape(_short(result.name))}</td></tr>"
    told = [
        f"<div>{label} {escape(_short(text))}</div>"
        for label, text in (
            ("expected:", result.expected),
            ("found:", result.found),
            ("<b>hint:</b>", result.hint),
        )
        if text
    ]
    name = escape(_short(result.name))
    return f"<tr>{cell}<b>✗ failed</b></td>{cell}<b>{name}</b>{''.join(told)}</td></tr>"


def _short(text: str) -> str:
    """On one line, of printable characters only: a log must not draw table rows of its own."""
    text = " ".join(text[: 2 * LONGEST].splitlines())
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
