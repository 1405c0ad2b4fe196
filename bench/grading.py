"""The time that grading a submission takes, against stock nbgrader on one engine for all.

Both grade the bank's submissions by the same command, and run the same students' cells. Stock
nbgrader is tried with the same tests (the difference is the sandbox, and the tests' own kernel),
and with idle ones (the difference is also what the checks wait for: a database, a page).
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import docker

from autograder.grading.bank import Case
from bench.table import Comparison, compare
from dockerlab import commands, images, paths

ASSIGNMENT = "containers"
IMAGES = ("mariadb", "busybox", "httpd", "nginx")  # that it needs
CASES = ("solution", "empty")  # all that a student's cells and tests can wait for, and nothing
TITLE = "Grading one submission, against stock nbgrader on a shared engine (median of 3)"
LIMIT = 1.5
STOCK = 'c.Autograde.autograde_preprocessors[0] = "nbgrader.preprocessors.Execute"\n'
TIMEOUT = 300  # seconds


def measure(client: docker.DockerClient) -> list[Comparison]:
    """Time the grading of two of the bank's submissions.

    Args:
        client: of the engine that they run on.
    """
    images.ensure(client, IMAGES)
    with tempfile.TemporaryDirectory() as folder:
        cases = {name: Case(paths.course().parent, ASSIGNMENT, name) for name in CASES}
        ours, stock, idle = (Path(folder, name) for name in ("ours", "stock", "idle"))
        for course in (ours, stock, idle):
            copy_course(course, cases)
        make_stock(stock)
        make_stock(idle)
        _make_idle(idle)
        for course in (ours, stock, idle):
            nbgrader(course, "generate_assignment")
        return [
            compare(
                f"{student}, {tests}",
                partial(_grade, ours, student),
                partial(_grade, other, student),
                runs=3,
                limit=limit,
            )
            for student in CASES
            for tests, other, limit in (("same tests", stock, LIMIT), ("idle tests", idle, None))
        ]


def copy_course(root: Path, handed_in: Mapping[str, Case]) -> None:
    """Make a course like this one, in a folder of its own.

    Args:
        root: that folder.
        handed_in: what each student has handed in, by their ids.
    """
    clone = paths.course().parent
    shutil.copytree(clone / "source", root / "source")
    shutil.copy(clone / "nbgrader_config.py", root)
    for student, case in handed_in.items():
        case.hand_in(root / "submitted" / student / ASSIGNMENT)


def make_stock(course: Path) -> None:
    """Let a course be graded by stock nbgrader, on the learner's engine."""
    with (course / "nbgrader_config.py").open("a") as config:
        config.write(STOCK)


def _make_idle(course: Path) -> None:
    source = course / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    notebook = json.loads(source.read_text())
    for cell in notebook["cells"]:
        settings = cell["metadata"].get("nbgrader", {})
        if settings.get("grade") and not settings["solution"]:
            cell["source"] = "pass"
    source.write_text(json.dumps(notebook))


def _grade(course: Path, student: str) -> None:
    nbgrader(course, "autograde", f"--student={student}")


def nbgrader(course: Path, command: str, *options: str) -> None:
    """Run one of nbgrader's commands for the assignment."""
    commands.run(
        [sys.executable, "-m", "nbgrader", command, ASSIGNMENT, "--force", *options],
        cwd=course,
        timeout=TIMEOUT,
    )
