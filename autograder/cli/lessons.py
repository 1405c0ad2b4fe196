"""`autograder lessons`: the whole course from top to bottom, without a browser."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from autograder import lessons as headless
from autograder.cli.images import fetch
from autograder.lessons import Outcome
from dockerlab import engine, images


@click.command()
@click.argument("names", nargs=-1)
def lessons(names: tuple[str, ...]) -> None:
    """Run lessons headless (all, where none is named), and tell what was shown.

    NAMES are numbers ("07"), names ("registry") or notebook files. The files stay as they are. Ends
    with status 1 when a cell fails; the lessons after it are run all the same.
    """
    found = headless.find(names)
    client = engine.connect(say=click.echo)
    fetch(client, tuple(images.catalogue()))
    client.close()
    console = Console()
    outcomes = _run(found, console)
    console.print(table(outcomes))
    for line in remarks(outcomes):
        console.print(line, soft_wrap=True, highlight=False)
    sys.exit(any(outcome.failed for outcome in outcomes))


def _run(found: list[Path], console: Console) -> list[Outcome]:
    """Run lessons, with a bar for each; where nobody watches, a line for each that is done."""
    outcomes = []
    columns = (
        TextColumn("{task.fields[lesson]}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        for number, path in enumerate(found, 1):
            task = bar.add_task("starting", lesson=path.stem, total=None)

            def show(done: int, total: int, cell: str, task: TaskID = task) -> None:
                bar.update(task, completed=done, total=total, description=cell)

            outcome = headless.run(path, show)
            outcomes.append(outcome)
            bar.update(task, description="failed" if outcome.failed else "done")
            if not console.is_terminal:
                state = f"failed at {outcome.failed}" if outcome.failed else "done"
                click.echo(
                    f"[{number:2}/{len(found)}] {outcome.lesson}: {state}, {outcome.seconds:.0f} s"
                )
    return outcomes


def table(outcomes: Iterable[Outcome]) -> Table:
    """The outcomes as a table, with what they come to in the last row."""
    rows = list(outcomes)
    shown = Table(title="The course, from top to bottom", show_footer=True)
    failed = sum(bool(row.failed) for row in rows)
    footers = (
        f"{len(rows)} lessons" + (f", {failed} failed" if failed else ""),
        _time(sum(row.seconds for row in rows)),
        f"{sum(row.cells for row in rows)} of {sum(row.all_cells for row in rows)}",
        _share(
            # A claim that two lessons show counts once, and is shown where either has shown it.
            {claim for row in rows for claim in row.claims},
            {claim for row in rows for claim in row.all_claims},
        ),
        str(sum(len(row.gaps) for row in rows)),
    )
    headings = ("lesson", "time", "cells", "claims", "not shown here")
    for number, (heading, footer) in enumerate(zip(headings, footers, strict=True)):
        shown.add_column(heading, footer, justify="right" if number else "left", no_wrap=True)
    for row in rows:
        shown.add_row(
            f"[red bold]{row.lesson} failed[/]" if row.failed else row.lesson,
            _time(row.seconds),
            f"{row.cells} of {row.all_cells}",
            _share(row.claims, row.all_claims),
            str(len(row.gaps) or "-"),
        )
    return shown


def remarks(outcomes: Iterable[Outcome]) -> list[str]:
    """What failed, and what this engine lacks, a line each, with the cell's name."""
    rows = list(outcomes)
    failures = [
        f"[red bold]{row.lesson}[/]: the cell [bold]{escape(row.failed)}[/] failed: "
        f"{escape(row.why)}"
        for row in rows
        if row.failed
    ]
    missing = [
        f"{row.lesson}: the cell [bold]{escape(cell)}[/] could not show all; not on this engine: "
        f"{escape(what)}"
        for row in rows
        for cell, what in row.gaps
    ]
    return [*failures, *missing]


def _share(part: Collection[str], whole: Collection[str]) -> str:
    return f"{len(part)} of {len(whole)}"


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"
