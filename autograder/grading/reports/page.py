"""One HTML page about a class, which needs no server, no script and no network."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from html import escape

from autograder.grading.reports.copies import Copy
from autograder.grading.reports.figures import BINS, Task, distribution, tasks
from autograder.grading.reports.gathering import STOPPED, ClassResult, Submission

MOST_CHECKS = 25
STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;
color:#1b1f24;background:#fff}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2.5rem}
table{border-collapse:collapse;width:100%}caption{text-align:left;color:#57606a}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #d0d7de;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
.bar{fill:#0b5cad}.axis{font:12px system-ui,sans-serif;fill:#57606a}
@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}
th,td{border-color:#30363d}.bar{fill:#6cb6ff}.axis,caption{fill:#9ea7b3;color:#9ea7b3}}
"""


def page(result: ClassResult, copies: Sequence[Copy], when: str) -> str:
    """The page.

    Args:
        result: what is known of the class.
        copies: values of others in somebody's work.
        when: it is made.
    """
    title = f"{result.assignment}: {len(result.submissions)} submissions"
    parts = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{escape(_summary(result))} As of {escape(when)}.</p>",
        "<h2>Points</h2>",
        _histogram(result),
        "<h2>Tasks</h2>",
        _tasks(tasks(result)),
        "<h2>The commonest failed checks</h2>",
        _checks(result),
        "<h2>For a person to look at</h2>",
        _people(result),
        "<h2>Values of somebody else</h2>",
        _copies(copies),
        "<h2>Submissions</h2>",
        _submissions(result),
    ]
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>\n"
        + "\n".join(parts)
        + "\n</main></body></html>\n"
    )


def _summary(result: ClassResult) -> str:
    graded = result.graded
    failed = len(result.submissions) - len(graded)
    said = [f"{len(graded)} graded"]
    if failed:
        said.append(f"{failed} not graded (which is no zero)")
    if graded:
        totals = [each.total for each in graded]
        said.append(
            f"median {statistics.median(totals):.1f}, mean {statistics.fmean(totals):.1f} "
            f"of {result.most:g} points"
        )
    return "; ".join(said) + "."


def _histogram(result: ClassResult) -> str:
    bins = distribution(result)
    most = max(*bins, 1)
    told = ", ".join(
        f"{number} with {_range(i, result.most)}" for i, number in enumerate(bins) if number
    )
    shapes = []
    for place, number in enumerate(bins):
        height = round(160 * number / most)
        x = 10 + place * 60
        shapes.append(
            f'<rect class="bar" x="{x}" y="{180 - height}" width="52" height="{height}"/>'
        )
        if number:
            at = f'x="{x + 26}" y="{174 - height}"'
            shapes.append(f'<text class="axis" {at} text-anchor="middle">{number}</text>')
        at = f'x="{x + 26}" y="198"'
        label = _range(place, result.most)
        shapes.append(f'<text class="axis" {at} text-anchor="middle">{label}</text>')
    return (
        f'<svg viewBox="0 0 620 210" role="img" width="100%" aria-label="{escape(told)}">'
        f"{''.join(shapes)}</svg>"
    )


def _range(place: int, most: float) -> str:
    return f"{most * place / BINS:g}–{most * (place + 1) / BINS:g}"  # noqa: RUF001 - from, to


def _tasks(rows: Iterable[Task]) -> str:
    head = ("task", "points", "earned", "discrimination", "all", "none", "waiting")
    body = [
        (
            task.name,
            f"{task.worth:g}",
            "" if task.difficulty is None else f"{task.difficulty:.0%}",
            "" if task.discrimination is None else f"{task.discrimination:.2f}",
            str(task.full),
            str(task.none),
            str(task.waiting or ""),
        )
        for task in rows
    ]
    caption = (
        "Earned: the share of the points that the class has. Discrimination: how well a task goes "
        "together with the rest, from 1 to -1; below 0.1, look at the task."
    )
    return _table(head, body, numbers=range(1, 7), caption=caption)


def _checks(result: ClassResult) -> str:
    found = result.commonest()[:MOST_CHECKS]
    if not found:
        return "<p>No check has failed.</p>"
    body = [
        (
            str(number),
            f"{number / max(1, len(result.graded)):.0%}",
            failure.task,
            failure.name,
            failure.hint,
        )
        for failure, number in found
    ]
    return _table(("students", "", "task", "check", "its hint"), body, numbers=(0, 1))


def _people(result: ClassResult) -> str:
    body = []
    for each in result.submissions:
        if not each.graded:
            body.append((each.student, "not graded", each.why))
        for cell, how in each.stopped.items():
            body.append((each.student, f"cell {cell}", STOPPED[how]))
        if each.manual:
            body.append((each.student, "to be read (formgrader)", ", ".join(each.manual)))
    if not body:
        return "<p>Nothing.</p>"
    return _table(("student", "what", "why"), body)


def _copies(copies: Sequence[Copy]) -> str:
    if not copies:
        return "<p>None was found, or no task asks for a student's own values.</p>"
    body = [(c.student, c.owner, c.what, c.cell) for c in copies]
    caption = "In whose work there is a value that is somebody else's own. Ask before you judge."
    return _table(("student", "whose", "value", "cell"), body, caption=caption)


def _submissions(result: ClassResult) -> str:
    head = ("student", "points", "penalty", "late", "time", "processor", "memory", "failed checks")
    rows = sorted(result.submissions, key=lambda each: each.student)
    return _table(head, [_row(each) for each in rows], numbers=range(1, 8))


def _row(each: Submission) -> tuple[str, ...]:
    record = each.record
    return (
        each.student,
        f"{each.total:g}" if each.graded else "not graded",
        f"{each.penalty:g}" if each.penalty else "",
        f"{each.late / 3600:.1f} h" if each.late else "",
        f"{record.seconds:.0f} s" if record and record.seconds else "",
        f"{record.cpu:.0f} s" if record and record.cpu else "",
        f"{record.memory / 1e6:.0f} MB" if record and record.memory else "",
        str(len(each.failures)) if each.graded else "",
    )


def _table(
    head: Sequence[str],
    body: Iterable[Sequence[str]],
    *,
    numbers: Iterable[int] = (),
    caption: str = "",
) -> str:
    right = set(numbers)

    def cells(tag: str, texts: Sequence[str]) -> str:
        return "".join(
            f"<{tag}{' class=n' if place in right else ''}>{escape(text)}</{tag}>"
            for place, text in enumerate(texts)
        )

    rows = "".join(f"<tr>{cells('td', texts)}</tr>" for texts in body)
    said = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{said}<tr>{cells('th', head)}</tr>{rows}</table>"
