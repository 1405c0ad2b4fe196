"""The grade book as CSV, in which what was not graded is not a zero."""

from __future__ import annotations

import csv
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry, SubmittedNotebook
from nbgrader.plugins import CsvExportPlugin


class CsvWithoutFalseZeros(CsvExportPlugin):  # type: ignore[misc]
    """nbgrader's CSV, with no score for a submission that was never graded.

    Stock nbgrader writes 0.0 there, as for a student who handed in nothing.
    """

    def export(self, gradebook: Gradebook) -> None:
        """Write the grade book.

        Args:
            gradebook: the course's.
        """
        super().export(gradebook)
        path = Path(self.to or "grades.csv")
        with path.open(newline="") as file:
            rows = csv.DictReader(file)
            names, entries = rows.fieldnames or [], list(rows)
        for entry in entries:
            if not was_graded(gradebook, entry["assignment"], entry["student_id"]):
                entry["raw_score"] = entry["score"] = ""
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, names, lineterminator="\n")
            writer.writeheader()
            writer.writerows(entries)


def was_graded(gradebook: Gradebook, assignment: str, student: str) -> bool:
    """Whether a submission has been graded, or there is none (which is worth zero).

    Args:
        gradebook: the course's.
        assignment: its name.
        student: the student's id.
    """
    try:
        submission = gradebook.find_submission(assignment, student)
    except MissingEntry:
        return True
    return any(
        score is not None
        for notebook in submission.notebooks
        for grade in notebook.grades
        for score in (grade.auto_score, grade.manual_score)
    )


def points(notebook: SubmittedNotebook) -> dict[str, float | None]:
    """What each graded cell of a submission has got; None where a person has to read it.

    Args:
        notebook: as the grade book has it.
    """
    return {g.name: None if g.needs_manual_grade else float(g.score) for g in notebook.grades}
