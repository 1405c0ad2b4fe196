"""Files for Canvas and Moodle tell what is certain, and never a zero for what is not."""

from __future__ import annotations

import csv
from datetime import datetime

import pytest
from nbgrader.api import Gradebook

from autograder.grading.reports.lms_export import CanvasExport, MoodleExport

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's


@pytest.fixture
def book(tmp_path):
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}", "course") as book:
        book.add_assignment("small", duedate="2026-01-01")
        book.add_notebook("one", "small")
        book.add_grade_cell("test", "one", "small", max_score=4, cell_type="code")
        book.add_grade_cell("why", "one", "small", max_score=2, cell_type="markdown")
        about = {"first_name": "Ann, the", "last_name": "Né", "email": "ann@example.org"}
        book.add_student("ann", lms_user_id="77", **about)
        for name in ("bob", "cleo", "dora", "eve"):
            book.add_student(name)
        for name, points, why in (("ann", 3.5, 2), ("bob", 4, None), ("eve", 1, 0)):
            book.add_submission("small", name, timestamp=datetime(2026, 1, 2))
            test, explain = (
                book.find_grade(cell, "one", "small", name) for cell in ("test", "why")
            )
            test.auto_score, test.needs_manual_grade = points, False
            explain.manual_score, explain.needs_manual_grade = why, why is None
        book.add_submission("small", "cleo")
        (late,) = book.find_submission("small", "eve").notebooks
        late.late_submission_penalty = 3
        book.db.commit()
        yield book


def rows(plugin, book, tmp_path, **settings):
    made = plugin()
    made.to = str(tmp_path / "out.csv")
    for name, value in settings.items():
        setattr(made, name, value)
    made.export(book)
    with open(made.to, newline="", encoding="utf-8") as file:
        return list(csv.reader(file)), made.left_out


def test_canvas_gets_its_own_columns(book, tmp_path):
    told, left = rows(CanvasExport, book, tmp_path)
    assert told[:2] + sorted(told[2:]) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "small"],
        ["    Points Possible", "", "", "", "", "6.0"],
        ["Né, Ann, the", "77", "", "ann", "", "5.5"],
        ["eve", "", "", "eve", "", "0.0"],
    ]
    assert sorted(left) == [
        "bob, small: a person has to read a part of it",
        "cleo, small: could not be graded",
        "dora, small: nothing was handed in",
    ]


def test_moodle_gets_its_own_columns(book, tmp_path):
    told, _ = rows(MoodleExport, book, tmp_path, preliminary=True, zero_for_missing=True)
    assert told[:1] + sorted(told[1:]) == [
        ["Username", "Email address", "small"],
        ["ann", "ann@example.org", "5.5"],
        ["bob", "", "4.0"],
        ["dora", "", "0.0"],
        ["eve", "", "0.0"],
    ]


def test_only_what_is_wanted_is_told(book, tmp_path):
    told, left = rows(MoodleExport, book, tmp_path, student=["ann"], assignment=["small"])
    assert [row[0] for row in told] == ["Username", "ann"]
    assert left == []
    assert rows(MoodleExport, book, tmp_path, assignment=["other"])[0] == [
        ["Username", "Email address"]
    ]
