"""The grade book as a file that Canvas or Moodle imports.

nbgrader export --exporter=autograder.grading.reports.lms_export.CanvasExport --to=canvas.csv
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.api import Assignment, Gradebook, MissingEntry, Student
from nbgrader.plugins import ExportPlugin
from traitlets import Bool

from autograder.grading.export import was_graded


@dataclass(frozen=True)
class Grade:
    """What a student has for an assignment.

    Attributes:
        student: who.
        points: with the penalty for being late; None where there are none to be told yet.
        why: there are none.
    """

    student: Student
    points: float | None
    why: str = ""


class LmsExport(ExportPlugin):  # type: ignore[misc]
    """A file with the grades that are certain; what is not is left out, and told in the log.

    Left out is who could not be graded, whom a person has still to read, and who handed in nothing.
    An LMS takes an empty field for a wish to have no grade.
    """

    preliminary = Bool(False, help="Also tell grades that a person has still to complete").tag(
        config=True
    )
    zero_for_missing = Bool(False, help="Tell 0 for who has handed in nothing").tag(config=True)
    default_name = "grades.csv"

    def export(self, gradebook: Gradebook) -> None:
        """Write the file.

        Args:
            gradebook: the course's.
        """
        chosen = [str(name) for name in self.assignment]
        assignments = [a for a in gradebook.assignments if not chosen or a.name in chosen]
        people = [str(name) for name in self.student]
        students = [s for s in gradebook.students if not people or s.id in people]
        grades = {}
        self.left_out: list[str] = []
        for assignment in assignments:
            for student in students:
                grade = self._grade(gradebook, assignment, student)
                if grade.points is None:
                    self.left_out.append(f"{student.id}, {assignment.name}: {grade.why}")
                else:
                    grades[student.id, assignment.name] = round(grade.points, 4)
        for line in self.left_out:
            self.log.warning("Left out: %s", line)
        to = Path(self.to or self.default_name)
        half = to.with_name(f".{to.name}.part")
        try:
            with half.open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerows(self.header(assignments))
                for student in students:
                    cells = [grades.get((student.id, a.name), "") for a in assignments]
                    if any(cell != "" for cell in cells):
                        writer.writerow([*self.person(student), *cells])
                file.flush()
                os.fsync(file.fileno())
            half.replace(to)
        finally:
            half.unlink(missing_ok=True)

    def header(self, assignments: list[Assignment]) -> Iterator[list[Any]]:
        """The rows above the students'.

        Args:
            assignments: the last columns.
        """
        raise NotImplementedError

    def person(self, student: Student) -> list[str]:
        """What the LMS knows a student by: the first columns.

        Args:
            student: of the grade book.
        """
        raise NotImplementedError

    def _grade(self, gradebook: Gradebook, assignment: Assignment, student: Student) -> Grade:
        try:
            submission = gradebook.find_submission(assignment.name, student.id)
        except MissingEntry:
            points = 0.0 if self.zero_for_missing else None
            return Grade(student, points, "nothing was handed in")
        if not was_graded(gradebook, assignment.name, student.id):
            return Grade(student, None, "could not be graded")
        if submission.needs_manual_grade and not self.preliminary:
            return Grade(student, None, "a person has to read a part of it")
        penalty = submission.late_submission_penalty or 0.0
        return Grade(student, max(0.0, submission.score - penalty))


class CanvasExport(LmsExport):
    """For Grades → Import in Canvas: students by their Canvas id, or their login."""

    default_name = "canvas.csv"

    def header(self, assignments: list[Assignment]) -> Iterator[list[Any]]:
        """The names of the columns, and the points that can be had."""
        own = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
        yield own + [assignment.name for assignment in assignments]
        yield ["    Points Possible", "", "", "", "", *(a.max_score for a in assignments)]

    def person(self, student: Student) -> list[str]:
        """Their name and ids."""
        name = ", ".join(part for part in (student.last_name, student.first_name) if part)
        return [name or student.id, student.lms_user_id or "", "", student.id, ""]


class MoodleExport(LmsExport):
    """For Grades → Import → CSV in Moodle: students by their username, or their e-mail address."""

    default_name = "moodle.csv"

    def header(self, assignments: list[Assignment]) -> Iterator[list[Any]]:
        """The names of the columns."""
        yield ["Username", "Email address", *(assignment.name for assignment in assignments)]

    def person(self, student: Student) -> list[str]:
        """Their username and address."""
        return [student.id, student.email or ""]
