"""`autograder bank`: grade the bank of answers, whose points are known beforehand."""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

import click
from rich.console import Console
from rich.table import Table

from autograder.grading import bank
from autograder.grading.proof import Proof, prove
from autograder.sandbox import SandboxHost
from dockerlab import paths

AT_ONCE = 8  # cases for one nbgrader command, whose start takes as long as a sandbox's


@click.command("bank")
@click.argument("assignments", nargs=-1)
@click.option("--case", "only", multiple=True, help="Only cases of this name (may be repeated).")
@click.option("--workers", type=click.IntRange(1), default=os.cpu_count() or 1, show_default=True)
def bank_(assignments: Sequence[str], only: Sequence[str], workers: int) -> None:
    """Grade the bank of answers in sandboxes, and tell which verdicts are wrong.

    ASSIGNMENTS are all, where none is named.
    """
    root = paths.course().parent
    known = bank.assignments(root)
    if unknown := sorted(set(assignments) - set(known)):
        raise click.ClickException(
            f"There is no assignment {unknown[0]!r}. There are: {', '.join(known)}"
        )
    parts = []
    for name in assignments or known:
        cases = [c for c in bank.cases(root, name) if not only or c.name in only]
        parts += [cases[i : i + AT_ONCE] for i in range(0, len(cases), AT_ONCE)]
    if not parts:
        raise click.ClickException("There is no such case.")
    with SandboxHost(click.echo):  # made once, before many ask for it
        pass
    proofs: dict[str, list[Proof]] = defaultdict(list)
    with ThreadPoolExecutor(workers) as pool:
        for done in as_completed([pool.submit(prove, part) for part in parts]):
            proof = done.result()
            proofs[proof.assignment].append(proof)
            for verdict in proof.verdicts:
                told = "WRONG" if verdict.wrong else "right"
                click.echo(f"{told} {proof.assignment}/{verdict.case.name}")
                for wrong in verdict.wrong:
                    click.echo(f"      {wrong}")
    Console().print(_table(proofs))
    if any(verdict.wrong for each in proofs.values() for p in each for verdict in p.verdicts):
        sys.exit(1)


def _table(proofs: dict[str, list[Proof]]) -> Table:
    table = Table(title="The bank of answers")
    for heading in ("assignment", "cases", "wrong verdicts", "seconds"):
        table.add_column(heading, justify="left" if heading == "assignment" else "right")
    rows = [
        (
            name,
            sum(len(proof.verdicts) for proof in each),
            sum(bool(verdict.wrong) for proof in each for verdict in proof.verdicts),
            sum(proof.seconds for proof in each),
        )
        for name, each in sorted(proofs.items())
    ]
    for name, cases, wrong, seconds in rows:
        table.add_row(name, str(cases), str(wrong), f"{seconds:.0f}")
    table.add_section()
    _, *counts = zip(*rows, strict=True)
    cases, wrong, seconds = map(sum, counts)
    table.add_row("all", str(cases), str(wrong), f"{seconds:.0f}")
    return table
