"""The exported grade book has no zero where nobody graded."""

import csv
import datetime
import os
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.grading import CsvWithoutFalseZeros

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's


@pytest.fixture
def gradebook(tmp_path, monkeypatch):
    # nbgrader runs alembic by name; nbgrader_config.py sees to that otherwise.
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as book:
        book.add_assignment("a")
        book.add_notebook("n", "a")
        book.add_grade_cell("t", "n", "a", max_score=2, cell_type="code")
        for student in ("absent", "failed", "graded", "by-hand", "zero"):
            book.add_student(student)
            if student != "absent":
                book.add_submission("a", student, timestamp=datetime.datetime(2026, 1, 1))
        book.find_grade("t", "n", "a", "graded").auto_score = 1.5
        book.find_grade("t", "n", "a", "zero").auto_score = 0
        book.find_grade("t", "n", "a", "by-hand").manual_score = 2
        book.db.commit()
        yield book


def test_only_what_was_graded_has_a_score(gradebook, tmp_path):
    file = tmp_path / "out.csv"
    CsvWithoutFalseZeros(to=str(file)).export(gradebook)
    with file.open(newline="") as lines:
        rows = {row["student_id"]: row for row in csv.DictReader(lines)}
    assert {student: row["score"] for student, row in rows.items()} == {
        "absent": "0.0",
        "failed": "",
        "graded": "1.5",
        "by-hand": "2.0",
        "zero": "0.0",
    }
    assert rows["failed"]["raw_score"] == ""
    assert rows["graded"]["max_score"] == "2.0"
