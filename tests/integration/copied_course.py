"""The course's nbgrader side in a folder of its own, so that tests leave the clone alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from autograder.grading.demo import DemoClass
from autograder.grading.proof import shown

REPO = Path(__file__).resolve().parents[2]
TIMEOUT = 300  # seconds for one nbgrader command


def copy(to: Path) -> DemoClass:
    """Copy what nbgrader needs: the configuration, the assignments, the bank of submissions."""
    shutil.copy(REPO / "nbgrader_config.py", to)
    shutil.copytree(REPO / "source", to / "source")
    shutil.copytree(REPO / "tests/submissions", to / "tests/submissions")
    return DemoClass(to, "containers")


def nbgrader(course: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a stock command, as an instructor would: nothing is activated."""
    return subprocess.run(
        [str(Path(sys.executable).with_name("nbgrader")), *command],
        cwd=course,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


@dataclass
class Graded:
    """What came of a submission.

    Attributes:
        ok: whether nbgrader was content.
        said: its messages.
        points: by the test's grade_id; None where there is no graded notebook.
        text: all that the cells show, as plain text, by grade_id.
    """

    ok: bool
    said: str
    points: dict[str, float] | None
    text: dict[str, str]


def autograde(course: DemoClass, answers: dict[str, str], *options: str, **env: str) -> Graded:
    """Hand in the students' version with these cells filled in, and grade it."""
    notebook = json.loads((course.root / "release/containers/containers.ipynb").read_text())
    for cell in notebook["cells"]:
        cell["source"] = answers.get(cell["id"], cell["source"])
    submitted = course.root / "submitted/ann/containers"
    submitted.mkdir(parents=True, exist_ok=True)
    (submitted / "containers.ipynb").write_text(json.dumps(notebook))
    command = ("autograde", "containers", "--student=ann", "--force", *options)
    done = nbgrader(course.root, *command, **env)
    graded = course.root / "autograded/ann/containers/containers.ipynb"
    if not graded.exists():
        return Graded(done.returncode == 0, done.stderr, None, {})
    with course.gradebook() as gradebook:
        (book,) = gradebook.find_submission("containers", "ann").notebooks
        points = {grade.name: grade.score for grade in book.grades}
    return Graded(done.returncode == 0, done.stderr, points, shown(graded))
