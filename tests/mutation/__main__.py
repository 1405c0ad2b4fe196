"""Break the assignments' right answers in small ways, and see that the tests notice.

`make mutants`, or `python tests/mutation containers --only 'page/*'`.
"""

from __future__ import annotations

import fnmatch
import os
import sys
import textwrap
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import click
import survivors
from mutants import Mutant, bases, mutants, sample, solution
from rich.console import Console
from rich.table import Table
from trying import Outcome, attempt

from autograder.grading import bank
from autograder.sandbox import SandboxHost
from dockerlab import paths

MOST = 30  # of an assignment
LEAST_EXPLAINED = 0.97  # share of the mutants that are killed or explained


@click.command()
@click.argument("assignments", nargs=-1)
@click.option("--only", default="*", help="Only mutants of this id, without the assignment.")
@click.option("--most", type=click.IntRange(1), default=MOST, show_default=True)
@click.option("--workers", type=click.IntRange(1), default=os.cpu_count() or 1, show_default=True)
@click.option(
    "--root",
    type=click.Path(exists=True, path_type=Path),
    default=paths.course().parent,
    help="Another folder with assignments and their bank.",
)
@click.option("--list", "only_list", is_flag=True, help="Show them, and grade none.")
def main(
    assignments: Sequence[str], only: str, most: int, workers: int, root: Path, only_list: bool
) -> None:
    """Break right answers in small ways, and tell which mutants lose no points.

    ASSIGNMENTS are all, where none is named. Of each, a sample is taken that is always the same;
    mutants whose survival is explained are in it only where --only names some.
    """
    reasons = survivors.read()
    chosen = []
    for name in assignments or bank.assignments(root):
        some = [m for m in mutants(root, name) if fnmatch.fnmatch(m.id, f"{name}/{only}")]
        chosen += sample(some, most, equal=reasons if only == "*" else ())
    if only_list:
        for mutant in chosen:
            click.echo(f"{mutant.id}\n{textwrap.indent(mutant.change, '    ')}")
        return
    if not chosen:
        raise click.ClickException("There is no such mutant.")
    with SandboxHost(click.echo):  # made once, before many ask for it
        pass
    began = time.monotonic()
    names = list(dict.fromkeys(m.assignment for m in chosen))
    whole = [solution(name, base) for name in names for base in bases(root, name)]
    wrong = [o for o in _attempts(root, whole, workers, {}) if o.fate != "survived"]
    for outcome in wrong:
        click.echo(f"The solution itself loses points: {outcome.told}")
    sound = [m for m in chosen if m.assignment not in {o.mutant.assignment for o in wrong}]
    outcomes = list(_attempts(root, sound, workers, reasons))
    Console().print(_table(outcomes, reasons))
    click.echo(f"{time.monotonic() - began:.0f} s")
    left = [o for o in outcomes if _is_unexplained(o, reasons)]
    for outcome in left:
        told = textwrap.indent(outcome.mutant.change, "    ")
        click.echo(f"\n{outcome.mutant.id} has {outcome.fate}. {outcome.told}\n{told}")
    counted = sum(o.fate != "void" for o in outcomes)
    if wrong or len(left) > (1 - LEAST_EXPLAINED) * counted:
        sys.exit(1)


def _attempts(
    root: Path, chosen: Sequence[Mutant], workers: int, reasons: dict[str, str]
) -> Iterable[Outcome]:
    with ThreadPoolExecutor(workers) as pool:
        tried = [pool.submit(attempt, root, mutant) for mutant in chosen]
        for count, done in enumerate(as_completed(tried), 1):
            outcome = done.result()
            word = "explained" if _is_explained(outcome, reasons) else outcome.fate
            about = f"{outcome.mutant.id} ({outcome.seconds:.0f} s) {outcome.told}"
            click.echo(f"[{count}/{len(chosen)}] {word:9} {about}")
            yield outcome


def _is_explained(outcome: Outcome, reasons: dict[str, str]) -> bool:
    return outcome.fate == "survived" and outcome.mutant.id in reasons


def _is_unexplained(outcome: Outcome, reasons: dict[str, str]) -> bool:
    return outcome.fate in ("survived", "failed") and not _is_explained(outcome, reasons)


def _table(outcomes: Sequence[Outcome], reasons: dict[str, str]) -> Table:
    table = Table(title="Right answers, broken")
    for heading in ("assignment", "mutants", "killed", "explained", "unexplained", "seconds"):
        table.add_column(heading, justify="left" if heading == "assignment" else "right")
    names = list(dict.fromkeys(o.mutant.assignment for o in outcomes))
    for name in [*names, "all"]:
        if name == "all":
            table.add_section()
        these = [o for o in outcomes if o.fate != "void" and name in (o.mutant.assignment, "all")]
        counts = (
            len(these),
            sum(o.fate == "killed" for o in these),
            sum(_is_explained(o, reasons) for o in these),
            sum(_is_unexplained(o, reasons) for o in these),
        )
        seconds = sum(o.seconds for o in these)
        table.add_row(name, *map(str, counts), f"{seconds:.0f}")
    return table


if __name__ == "__main__":
    main()
