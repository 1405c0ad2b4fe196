"""A course with one small assignment, for tests that need no engine: its cells are not run.

`pretended` stands for a sandbox. It gives each test as many points as the answer above has words.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook
from nbgrader.utils import is_grade, is_solution
from sqlalchemy import Boolean, DateTime, create_engine, text

from autograder.grading import execute
from autograder.grading.command import nbgrader
from autograder.grading.errors import Interrupted, NotGraded
from autograder.grading.execute import Run
from autograder.grading.parallel import dispatch, work
from autograder.grading.parallel.coordinator import Coordinator, Plan, Result
from autograder.grading.parallel.course import Course
from autograder.grading.parallel.jobs import Answer, Task, believed

REPO = Path(__file__).resolve().parents[2]
NAME = "small"
PENALTY = """
from nbgrader.plugins import BasePlugin

class Penalty(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return round(total_seconds_late / 86400, 2)

c.AssignLatePenalties.plugin_class = Penalty
"""


def make(root: Path) -> Path:
    """Make the course, with its release and its grade book."""
    shutil.copy(REPO / "nbgrader_config.py", root)
    source = root / "source" / NAME
    source.mkdir(parents=True)
    for name in ("one", "two"):
        (source / f"{name}.ipynb").write_text(json.dumps(_notebook(name)))
    (source / "needs.toml").write_text("minutes = 5\n")
    (source / "data.csv").write_text("a,b\n")
    nbgrader(root, root / "log", "generate_assignment", NAME)
    return root


def hand_in(
    root: Path, student: str, answers: str, *, when: str = "", notebooks: tuple[str, ...] = ()
) -> Path:
    """Hand in notebooks, each with this answer; the folder is returned."""
    folder = root / "submitted" / student / NAME
    folder.mkdir(parents=True, exist_ok=True)
    for name in notebooks or ("one", "two"):
        notebook = json.loads((root / "release" / NAME / f"{name}.ipynb").read_text())
        for cell in notebook["cells"]:
            if cell["id"] in (f"{name}-answer", f"{name}-explain"):
                cell["source"] = answers
        (folder / f"{name}.ipynb").write_text(json.dumps(notebook))
    if when:
        (folder / "timestamp.txt").write_text(when)
    return folder


def everybody(root: Path) -> None:
    """Hand in what goes well, and what goes wrong."""
    hand_in(root, "ann", "right right", when="2026-01-01 10:00:00 UTC")
    hand_in(root, "bob", "right", when="2026-01-03 10:00:00 +0200")
    hand_in(root, "cleo", "# YOUR CODE HERE")
    hand_in(root, "dora", "right right", notebooks=("two",))
    (hand_in(root, "eve", "right") / "one.ipynb").write_text("{broken")
    folder = hand_in(root, "fred", "right")
    (folder / "sub").mkdir()
    (folder / "sub/own.csv").write_text("1,2\n")
    (folder / "data.csv").write_text("changed\n")
    (folder / "link.csv").symlink_to("/etc/passwd")
    (folder / "other.ipynb").write_text("{}")
    hand_in(root, "gus", "engine failed")
    wrong = hand_in(root, "hal", "right", notebooks=("one",))
    (wrong / "one.ipynb").rename(wrong / "one (1).ipynb")


def due(book: Gradebook, when: str = "2026-01-02 10:00:00 UTC") -> None:
    """Set the deadline."""
    book.update_or_create_assignment(NAME, duedate=when)


def pretended(nb: NotebookNode, needs: Path, student: str, files: Path, **more: Any) -> Run:
    """Stands for running a submission in a sandbox."""
    more.get("tell", print)("sandbox")
    ran = NotebookNode(json.loads(json.dumps(nb), object_hook=NotebookNode))
    answer = ""
    for count, cell in enumerate((c for c in ran.cells if c.cell_type == "code"), 1):
        cell.execution_count = count
        if "engine failed" in cell.source:
            raise NotGraded("Not graded, since the engine failed")
        if is_grade(cell) and not is_solution(cell):
            points = min(len(answer.split()), cell.metadata.nbgrader.points)
            data = {"text/plain": repr(float(points))}
            cell.outputs = [new_output("execute_result", data, execution_count=count)]
        elif is_solution(cell):
            answer = cell.source if "YOUR CODE" not in cell.source else ""
            beside = sorted(str(path.relative_to(files)) for path in files.rglob("*.csv"))
            cell.outputs = [new_output("stream", text=f"{student} with {beside}")]
    return Run(ran, 1.5, 0.5, 1_000_000)


def work_here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Have this very process pretend to be all workers; the students that it runs are listed."""
    ran: list[str] = []

    class Workers:
        def __init__(self, client: Any, doing: Any, stopped: Callable[[], bool]) -> None:
            self.stopped = stopped

        def run(self, tasks: Iterable[Task], count: int) -> Iterator[tuple[Task, Answer, bytes]]:
            for task in tasks:
                if self.stopped():
                    raise Interrupted("Stopped.")
                ran.append(task.student)
                given = work.run(task.job).packed()
                yield task, believed(given, task.job), given

    monkeypatch.setattr(execute, "run", pretended)
    monkeypatch.setattr(dispatch, "Dispatch", Workers)
    return ran


class Watch:
    """Does something after each submission."""

    def __init__(self, after: Callable[[Result], object] = lambda result: None) -> None:
        self.after = after

    def doing(self, worker: str, student: str, what: str) -> None:
        pass

    def done(self, result: Result) -> None:
        self.after(result)


def grade(
    watch: Watch | None = None, stopped: Callable[[], bool] = lambda: False, **options: Any
) -> tuple[Plan, list[Result]]:
    """Grade the class of this folder."""
    course = Course.here()
    coordinator = Coordinator(course, NAME, **options)
    with coordinator.records.held(), course.inside():
        plan = coordinator.prepare()
        return plan, coordinator.run(plan, object(), watch or Watch(), stopped)


def book(root: Path, change: Callable[[Gradebook], None], url: str = "") -> None:
    """Change the grade book: the course's file, where no other is named."""
    with Gradebook(url or _file(root), "docker-live") as gradebook:
        change(gradebook)
        gradebook.db.commit()


def tree(root: Path) -> dict[str, tuple[int, bytes]]:
    """All files below `autograded/`: their permissions and contents."""
    folder = root / "autograded"
    return {
        str(path.relative_to(folder)): (stat.S_IMODE(path.stat().st_mode), path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def grades(root: Path, url: str = "") -> list[tuple[Any, ...]]:
    """All that the grade book (as above) knows of students' work, without its own ids."""
    rows = """
        SELECT sa.student_id, sa.timestamp, n.name, sn.late_submission_penalty, b.name,
               g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade,
               c.auto_comment, c.manual_comment
        FROM submitted_assignment sa
        LEFT JOIN submitted_notebook sn ON sn.assignment_id = sa.id
        LEFT JOIN notebook n ON n.id = sn.notebook_id
        LEFT JOIN base_cell b ON b.notebook_id = n.id
        LEFT JOIN grade g ON g.cell_id = b.id AND g.notebook_id = sn.id
        LEFT JOIN comment c ON c.cell_id = b.id AND c.notebook_id = sn.id
    """
    engine = create_engine(url or _file(root))
    try:
        with engine.connect() as connection:
            # SQLite has no types of its own for these two.
            typed = text(rows).columns(timestamp=DateTime, needs_manual_grade=Boolean)
            return sorted((tuple(row) for row in connection.execute(typed)), key=repr)
    finally:
        engine.dispose()


def _file(root: Path) -> str:
    return f"sqlite:///{root / 'gradebook.db'}"


def _notebook(name: str) -> NotebookNode:
    def told(grade_id: str, **settings: Any) -> dict[str, Any]:
        base = {"schema_version": 3, "grade_id": grade_id, "task": False}
        return {"nbgrader": base | {"locked": False, "grade": False, "solution": False} | settings}

    cells = [
        new_markdown_cell("A story.", id=f"{name}-story"),
        new_code_cell(
            "### BEGIN SOLUTION\nright right\n### END SOLUTION",
            id=f"{name}-answer",
            metadata=told(f"{name}-answer", solution=True),
        ),
        new_code_cell(
            "assert True\n### BEGIN HIDDEN TESTS\nassert 1\n### END HIDDEN TESTS",
            id=f"{name}-test",
            metadata=told(f"{name}-test", grade=True, locked=True, points=2),
        ),
        new_markdown_cell(
            "Why?",
            id=f"{name}-explain",
            metadata=told(f"{name}-explain", grade=True, solution=True, points=3),
        ),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def environment() -> dict[str, str]:
    """The variables of a command that must not find this machine's engine."""
    return {**os.environ, "DOCKER_HOST": "unix:///nowhere"}
