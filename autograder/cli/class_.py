"""`autograder class`: see the whole cycle of an assignment work."""

from __future__ import annotations

import time

import click
from rich.console import Console
from rich.table import Table

from autograder.cli.images import fetch
from autograder.grading import demo
from dockerlab import engine


@click.command("class")
def class_() -> None:
    """Release, submit, collect, grade and return the work of a class of five.

    By stock nbgrader commands, in this folder, with students called demo-…; formgrader then shows
    them. A folder with real students in it is refused.
    """
    client = engine.connect(say=click.echo)
    fetch(client, ("mariadb", "busybox", "httpd", "nginx"))
    client.close()
    small = demo.here()
    total = 4 + 2 * len(small.students)
    started, count = time.monotonic(), 0

    def step(doing: str) -> None:
        nonlocal count
        count += 1
        click.echo(f"[{count:2}/{total}] {time.monotonic() - started:4.0f} s  {doing}")

    marks = small.run(step)
    console = Console()
    console.print(_table(marks))
    for mark in marks:
        if not mark.points:
            console.print(f"{mark.student}: {mark.outcome}", soft_wrap=True)
    console.print(
        f"Feedback pages: {small.root}/feedback/<student>/{small.assignment}/ (and, as the "
        f"students fetched them, {small.workplace}/<student>/{small.assignment}/feedback/)\n"
        f"Grade book as CSV: {small.workplace}/grades.csv\n"
        "In JupyterLab (make lab): Nbgrader → Formgrader, also for the answers that a person "
        "has to read",
        soft_wrap=True,
        highlight=False,
    )


def _table(marks: list[demo.Mark]) -> Table:
    cells = list(dict.fromkeys(name for mark in marks for name in mark.points))
    table = Table(title="Points of each task, and in all; ? waits for a person")
    for heading in ("student", *(str(task) for task, _ in enumerate(cells, 1)), "total"):
        table.add_column(heading, no_wrap=True)
    for mark in marks:
        points = [mark.points.get(name) for name in cells]
        shown = ["?" if p is None else f"{p:g}" for p in points]
        total = f"{sum(p for p in points if p is not None):g}"
        if not mark.points:
            shown, total = [""] * len(cells), "not graded"
        table.add_row(mark.student, *shown, total)
    return table
