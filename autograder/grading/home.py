"""Grading a case of the bank at home: in one kernel, on the learner's own engine.

That is how a student sees it, and `nbgrader validate` runs it. Only the tests are those that
decide, hidden ones included, so that the points can be compared with what the sandbox gives.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.preprocessors import Execute
from nbgrader.utils import determine_grade, is_grade
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder import mine, role
from autograder.grading.bank import Case, read
from autograder.grading.proof import Verdict, compare, shown


class _AtHome(Execute):  # type: ignore[misc]
    """Runs a notebook as its student."""

    student: str

    @contextlib.contextmanager
    def setup_kernel(self, **settings: Any) -> Iterator[None]:
        known = {name: value for name, value in os.environ.items() if name != role.VARIABLE}
        environment = known | {mine.VARIABLE: self.student}
        with super().setup_kernel(env=environment, **settings):
            yield


def run(case: Case, folder: Path, *, hidden: bool = True) -> Verdict:
    """Run a case's notebook, and see what its tests say.

    What it makes on the engine stays there.

    Args:
        case: one that can be graded.
        folder: an empty one, to run in. The notebook is left there, with what its cells showed.
        hidden: whether the tests are those that grade, or those that students are given.
    """
    case.hand_in(folder)
    file = folder / f"{case.assignment}.ipynb"
    if hidden:
        _put_tests(file, case)
    notebook = nbformat.read(file, as_version=nbformat.current_nbformat)
    runner = _AtHome(config=settings(case.root))
    runner.student = case.student
    done, _ = runner.preprocess(notebook, {"metadata": {"path": str(folder)}})
    nbformat.write(done, file)
    points = {cell.id: determine_grade(cell)[0] for cell in done.cells if is_grade(cell)}
    shows = shown(file)
    return Verdict(case, list(compare(case, points, shows)), points, shows)


def settings(root: Path) -> Config:
    """What a course's `nbgrader_config.py` says.

    Args:
        root: the course's folder.
    """
    said: Config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    return said


def _put_tests(file: Path, case: Case) -> None:
    """Put an assignment's own cells into a notebook, as grading does."""
    right = {cell["id"]: cell for cell in read(case.root, "source", case.assignment)["cells"]}
    notebook = json.loads(file.read_text())
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("locked"):
            cell["source"] = right[cell["id"]]["source"]
    file.write_text(json.dumps(notebook))
