"""What is known of a graded class: from the grade book, the graded notebooks, and the records."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry

from autograder.grading.export import points, was_graded
from autograder.grading.parallel.course import Course
from autograder.grading.parallel.records import Record, Records

STOPPED = {  # how a cell is marked that did not run to its end, and what that means
    "CellTimeout": "ran too long",
    "TooMuchOutput": "printed too much",
    "KernelDied": "ended its kernel",
    "NotRun": "not run, as the time was used up",
    "NoResult": "its test gave no result",
}
FAILED = re.compile(r"^  \[FAILED\] (?P<name>.*)$")
HINT = re.compile(r"^      hint: +(?P<hint>.*)$")
OWN = re.compile(r"\b\d{4,5}\b")  # ports, which differ from student to student


@dataclass(frozen=True)
class Failure:
    """A check that has failed.

    Attributes:
        task: the id of the test cell.
        name: what was checked.
        hint: what it advised.
    """

    task: str
    name: str
    hint: str = ""


@dataclass
class Submission:
    """What came of a student's work.

    Attributes:
        student: their id.
        points: of each graded cell; None where a person has to read it.
        score: in all, without penalty.
        penalty: for being late.
        late: seconds.
        graded: whether it could be graded.
        why: it could not be; else empty.
        record: of the run that graded it, where there is one.
        failures: of its checks.
        stopped: cells that were stopped, and how, by the cell's id.
        answers: the student's own cells, by their ids.
    """

    student: str
    points: dict[str, float | None] = field(default_factory=dict)
    score: float = 0.0
    penalty: float = 0.0
    late: float = 0.0
    graded: bool = False
    why: str = ""
    record: Record | None = None
    failures: list[Failure] = field(default_factory=list)
    stopped: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)

    @property
    def manual(self) -> list[str]:
        """The cells that a person has to read."""
        return [name for name, points in self.points.items() if points is None]

    @property
    def total(self) -> float:
        """The points, with the penalty."""
        return max(0.0, self.score - self.penalty)


@dataclass(frozen=True)
class ClassResult:
    """A graded class.

    Attributes:
        assignment: its name.
        worth: the points of each graded cell, in the order of the notebook.
        submissions: by the students' ids.
    """

    assignment: str
    worth: dict[str, float]
    submissions: list[Submission]

    @property
    def most(self) -> float:
        """The points that can be had."""
        return sum(self.worth.values())

    @property
    def graded(self) -> list[Submission]:
        """Those that could be graded."""
        return [each for each in self.submissions if each.graded]

    def commonest(self) -> list[tuple[Failure, int]]:
        """The checks that failed for most students, with how many."""
        count: Counter[tuple[str, str]] = Counter()
        first: dict[tuple[str, str], Failure] = {}
        for each in self.graded:
            failed = {(f.task, OWN.sub("…", f.name)): f for f in each.failures}
            count.update(failed.keys())
            for key, failure in failed.items():
                first.setdefault(key, Failure(key[0], key[1], failure.hint))
        return [(first[key], number) for key, number in count.most_common()]


def gather(course: Course, assignment: str) -> ClassResult:
    """All that is known of a class.

    Args:
        course: its course.
        assignment: what it has handed in.

    Raises:
        CannotGrade: there is no such assignment, or nobody has handed it in.
    """
    course.check_gradebook()
    notebooks = sorted(course.notebooks(assignment))
    names = course.submitted(assignment)
    records = Records(course.root, assignment).all()
    with course.gradebook() as book:
        found = book.find_assignment(assignment)
        worth = {
            c.name: c.max_score for n in found.notebooks for c in (*n.grade_cells, *n.task_cells)
        }
        made = [_submission(book, assignment, name, records.get(name)) for name in names]
    order: list[str] = []
    for each in made:
        for notebook in notebooks:
            _read(each, _graded(course, assignment, each.student, notebook), worth, order)
    ranked = sorted(worth, key=lambda name: order.index(name) if name in order else len(order))
    return ClassResult(assignment, {name: worth[name] for name in ranked}, made)


def _submission(
    book: Gradebook, assignment: str, student: str, record: Record | None
) -> Submission:
    made = Submission(student, record=record, why=record.why if record else "")
    try:
        found = book.find_submission(assignment, student)
    except MissingEntry:
        made.why = made.why or "It has not been graded yet."
        return made
    made.late = float(found.total_seconds_late)
    if made.why or not was_graded(book, assignment, student):
        made.why = made.why or "It has not been graded, or could not be."
        return made
    made.graded = True
    made.score, made.penalty = float(found.score), float(found.late_submission_penalty or 0)
    for notebook in found.notebooks:
        made.points |= points(notebook)
    return made


def _graded(course: Course, assignment: str, student: str, notebook: str) -> Path:
    places = course.app.coursedir
    folder = places.format_path(places.autograded_directory, student, assignment)
    return Path(folder, f"{notebook}.ipynb")


def _read(each: Submission, file: Path, worth: Mapping[str, float], order: list[str]) -> None:
    try:
        cells: list[dict[str, Any]] = json.loads(file.read_bytes())["cells"]
    except (OSError, ValueError, KeyError):
        return
    for cell in cells:
        told = cell["metadata"].get("nbgrader", {})
        name = told.get("grade_id", cell["id"])
        if name in worth and name not in order:
            order.append(name)
        if not told.get("locked"):
            each.answers[name] = "".join(cell["source"])
        for output in cell.get("outputs", ()):
            if output.get("ename") in STOPPED:
                each.stopped[name] = str(output["ename"])
            if name in worth and output["output_type"] == "display_data":
                text = "".join(output.get("data", {}).get("text/plain", ""))
                each.failures += _failures(name, text)


def _failures(task: str, text: str) -> Iterator[Failure]:
    """The failed checks of a task's table, as `autograder.checks` writes it."""
    name, hint = "", ""
    for line in (*text.splitlines(), "  ["):
        if line.startswith("  ["):
            if name:
                yield Failure(task, name, hint)
            told = FAILED.match(line)
            name, hint = (told["name"] if told else ""), ""
        elif told := HINT.match(line):
            hint = told["hint"]
