"""`autograder report`: one page about a graded class."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click


@click.command()
@click.argument("assignment")
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="The file.")
def report(assignment: str, to: Path | None) -> None:
    """Write one HTML page about a graded class, which opens without a server.

    Points, tasks, the commonest failed checks with their hints, what a person has to look at,
    values that are somebody else's, time and resources. It names students: keep it to yourself.
    """
    from autograder.grading.parallel.course import Course
    from autograder.grading.reports import copies, gathering
    from autograder.grading.reports.page import page

    course = Course.here()
    with course.inside():
        result = gathering.gather(course, assignment)
        source = course.root / course.app.coursedir.source_directory / assignment
        found = copies.copies(result.submissions, copies.asked(sorted(source.glob("*.ipynb"))))
    to = to or course.root / f"report-{assignment}.html"
    half = to.with_name(f".{to.name}.part")
    try:
        half.write_text(page(result, found, f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"))
        half.replace(to)
    finally:
        half.unlink(missing_ok=True)
    click.echo(f"Written: {to}")
