"""`autograder doctor`: is this machine ready for the course?"""

from __future__ import annotations

import dataclasses
import json
import sys

import click
from rich.console import Console
from rich.markup import escape

from autograder.doctor import Finding, examine


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as a JSON list.")
def doctor(as_json: bool) -> None:
    """Say what the course needs and whether this machine has it.

    Changes nothing. Ends with status 0 when all is well, 1 otherwise.
    """
    if as_json:
        findings = list(examine())
        click.echo(json.dumps([dataclasses.asdict(f) for f in findings], indent=2))
    else:
        findings = [_show(finding) for finding in examine()]
        wrong = sum(not f.ok for f in findings)
        click.echo(f"\n{wrong} of {len(findings)} to mend." if wrong else "\nAll is well.")
    sys.exit(not all(f.ok for f in findings))


def _show(finding: Finding) -> Finding:
    """Print one finding as soon as it is known: some take seconds to find out."""
    mark = "[green]OK   [/]" if finding.ok else "[red bold]WRONG[/]"
    console = Console(soft_wrap=True)
    console.print(f"{mark} [bold]{escape(finding.topic)}[/]: {escape(finding.found)}")
    if finding.advice:
        console.print(f"      → {escape(finding.advice)}")
    return finding
