"""`autograder export`: the grades, as Canvas, Moodle or a spreadsheet want them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click


@click.command()
@click.option("--format", "kind", type=click.Choice(["canvas", "moodle", "csv"]), required=True)
@click.option("--assignment", "assignments", multiple=True, help="Only this (may be repeated).")
@click.option("--student", "students", multiple=True, help="Only this one (may be repeated).")
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="The file.")
@click.option("--preliminary", is_flag=True, help="Also grades that a person has to complete.")
@click.option("--zero-for-missing", is_flag=True, help="0 for who has handed in nothing.")
def export(
    kind: str,
    assignments: Sequence[str],
    students: Sequence[str],
    to: Path | None,
    preliminary: bool,
    zero_for_missing: bool,
) -> None:
    """Write the grades into a file that Canvas or Moodle imports, or as nbgrader's own CSV.

    Run this in the course's folder. What is not certain yet is left out, and told: who could not be
    graded, whom a person has still to read, and who has handed in nothing.
    """
    from autograder.grading.export import CsvWithoutFalseZeros
    from autograder.grading.parallel.course import Course
    from autograder.grading.reports.lms_export import CanvasExport, LmsExport, MoodleExport

    course = Course.here()
    course.check_gradebook()
    for name in assignments:
        course.notebooks(name)
    plugins: dict[str, Any] = {
        "canvas": CanvasExport,
        "moodle": MoodleExport,
        "csv": CsvWithoutFalseZeros,
    }
    plugin = plugins[kind](parent=course.app)
    plugin.to = str(to or f"{'grades' if kind == 'csv' else kind}.csv")
    plugin.assignment, plugin.student = list(assignments), list(students)
    course.app.log.setLevel("ERROR")
    if isinstance(plugin, LmsExport):
        plugin.preliminary, plugin.zero_for_missing = preliminary, zero_for_missing
    with course.gradebook() as book:
        if unknown := set(students) - {student.id for student in book.students}:
            raise click.ClickException(f"There is no student {sorted(unknown)[0]!r}.")
        plugin.export(book)
    for line in getattr(plugin, "left_out", []):
        click.echo(f"left out: {line}")
    click.echo(f"Written: {plugin.to}")
