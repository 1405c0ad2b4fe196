"""The time that grading a submission takes, against stock nbgrader with tests that do nothing.

Both grade the bank's submissions by the same command and run the same students' cells. The
difference is what the course adds: its checks (which wait for a database, or for a page), and the
clean engine.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path

import docker

from bench.table import Comparison, compare
from dockerlab import commands, images, paths

ASSIGNMENT = "containers"
TITLE = "Grading one submission, against stock nbgrader and tests that do nothing (median of 3)"
STOCK = 'c.Autograde.autograde_preprocessors[0] = "nbgrader.preprocessors.Execute"\n'
TIMEOUT = 300  # seconds


def measure(client: docker.DockerClient) -> list[Comparison]:
    """Time the grading of each of the bank's submissions that can be graded.

    Args:
        client: of the engine that they run on.
    """
    images.ensure(client, ["mariadb", "busybox", "httpd", "nginx"])
    with tempfile.TemporaryDirectory() as folder:
        ours, stock = (_course(Path(folder, name)) for name in ("ours", "stock"))
        _make_stock(stock)
        for course in (ours, stock):
            _nbgrader(course, "generate_assignment")
        students = sorted(path.name for path in (ours / "submitted").iterdir())
        return [
            compare(
                student, partial(_grade, ours, student), partial(_grade, stock, student), runs=3
            )
            for student in students
        ]


def _course(root: Path) -> Path:
    clone = paths.course().parent
    shutil.copytree(clone / "source", root / "source")
    shutil.copy(clone / "nbgrader_config.py", root)
    for case in (clone / "tests/submissions" / ASSIGNMENT).iterdir():
        if case.name != "broken":
            shutil.copytree(case, root / "submitted" / case.name / ASSIGNMENT)
    return root


def _make_stock(course: Path) -> None:
    with (course / "nbgrader_config.py").open("a") as config:
        config.write(STOCK)
    source = course / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    notebook = json.loads(source.read_text())
    for cell in notebook["cells"]:
        settings = cell["metadata"].get("nbgrader", {})
        if settings.get("grade") and not settings["solution"]:
            cell["source"] = "pass"
    source.write_text(json.dumps(notebook))


def _grade(course: Path, student: str) -> None:
    _nbgrader(course, "autograde", f"--student={student}")


def _nbgrader(course: Path, command: str, *options: str) -> None:
    commands.run(
        [sys.executable, "-m", "nbgrader", command, ASSIGNMENT, "--force", *options],
        cwd=course,
        timeout=TIMEOUT,
    )
