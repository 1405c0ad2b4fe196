"""`autograder collect` and `autograder submit`: handing in by an LMS, not by an exchange."""

from __future__ import annotations

import sys
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from autograder.grading.handing_in.filing import Assignment, Filed
    from autograder.grading.handing_in.lms import Person
    from autograder.grading.parallel.course import Course


@click.command()
@click.argument("assignment")
@click.argument("download", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--ids",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV: name or id in the LMS, student's id. For those whom the grade book does not tell.",
)
@click.option("--take-ids", is_flag=True, help="Take the LMS's own ids for all others.")
def collect(assignment: str, download: Path, ids: Path | None, take_ids: bool) -> None:
    """File all submissions of a download from Canvas or Moodle, for nbgrader.

    DOWNLOAD is the zip of all submissions, or a folder with what was in it. Run this in the
    course's folder. Students are known by the grade book: by lms_user_id, else by their names.
    Ends with status 1 where something was not filed.
    """
    from autograder.grading.handing_in import filing, lms
    from autograder.grading.parallel.course import Course

    course = Course.here()
    course.check_gradebook()
    wanted, people = _known(course, assignment)
    filed = filing.collect(
        download,
        course.root / course.app.coursedir.submitted_directory,
        wanted,
        people,
        ids=lms.read_ids(ids) if ids else None,
        take_ids=take_ids,
    )
    for each in filed:
        click.echo(_line(each))
    found = [each for each in filed if each.outcome != "refused"]
    click.echo(f"{len(found)} submissions, {len(filed) - len(found)} not filed.")
    if found:
        click.echo(f"Next: autograder grade {assignment}")
    sys.exit(len(found) < len(filed))


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--student", help="Your id in this course, where it is not the name of your account.")
def submit(folder: Path, student: str | None) -> None:
    """Make the zip that you upload to your course's Canvas or Moodle.

    FOLDER is the assignment's, with the notebook in it. Save the notebook first.
    """
    from autograder import mine
    from autograder.grading.handing_in import sending

    packed = sending.pack(folder, student or mine.student())
    for note in packed.notes:
        click.echo(f"note: {note}")
    click.echo(f"Packed: {', '.join(packed.names)}")
    click.echo(f"Upload this file: {packed.file}")


def _known(course: Course, assignment: str) -> tuple[Assignment, list[Person]]:
    from autograder.grading.handing_in.filing import Assignment
    from autograder.grading.handing_in.lms import Person

    course.notebooks(assignment)
    with course.gradebook() as book:
        found = book.find_assignment(assignment)
        wanted = Assignment(
            assignment,
            frozenset(notebook.name for notebook in found.notebooks),
            {n.name: frozenset(c.name for c in n.source_cells) for n in found.notebooks},
            found.duedate.replace(tzinfo=UTC) if found.duedate else None,
        )
        people = [
            Person(s.id, (s.first_name or "", s.last_name or ""), s.lms_user_id or "")
            for s in book.students
        ]
    return wanted, people


def _line(each: Filed) -> str:
    parts = [f"{each.student or '?'} ({each.called}): {each.outcome}"]
    if each.time:
        parts.append(f"handed in {each.time:%Y-%m-%d %H:%M} UTC")
    if each.late:
        hours, minutes = divmod(round(each.late / 60), 60)
        parts.append(f"late by {hours}:{minutes:02}")
    return ", ".join(parts) + "".join(f"\n    {note}" for note in each.notes)
