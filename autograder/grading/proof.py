"""Grading the bank of answers, and comparing what comes of it with what must."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook

from autograder.grading.bank import Case, folder_of
from autograder.grading.command import nbgrader
from autograder.grading.export import points
from dockerlab.errors import CommandFailed


@dataclass(frozen=True)
class Verdict:
    """What came of a case.

    Attributes:
        case: the case.
        wrong: what is not as it must be, in words; empty where all is.
        points: of each graded cell; None where a person has to read it.
        shown: what each code cell of the graded notebook shows, as plain text, by its id.
    """

    case: Case
    wrong: list[str]
    points: dict[str, float | None]
    shown: dict[str, str]


@dataclass(frozen=True)
class Proof:
    """What came of some cases of one assignment.

    Attributes:
        assignment: its name.
        verdicts: of the cases.
        seconds: that grading them took, all together.
    """

    assignment: str
    verdicts: list[Verdict]
    seconds: float


def prove(cases: Sequence[Case]) -> Proof:
    """Grade cases of one assignment in sandboxes, by stock nbgrader.

    Args:
        cases: at least one, all of the same assignment. They are graded in a copy of the course.

    Raises:
        CommandFailed: nbgrader itself fails.
    """
    root, assignment = cases[0].root, cases[0].assignment
    with tempfile.TemporaryDirectory(prefix="docker-live-bank-") as made:
        copy = Path(made)
        copied = [Case(copy, assignment, case.name) for case in cases]  # of today's release
        log = copy / "log"
        shutil.copy(root / "nbgrader_config.py", copy)
        shutil.copytree(root / "source" / assignment, copy / "source" / assignment)
        shutil.copytree(folder_of(root, assignment), folder_of(copy, assignment))
        nbgrader(copy, log, "generate_assignment", assignment)
        began = time.monotonic()
        for case in copied:
            case.hand_in(copy / "submitted" / case.student / assignment)
        with contextlib.suppress(CommandFailed):  # where a case cannot be graded
            nbgrader(copy, log, "autograde", assignment)
        seconds = time.monotonic() - began
        said = log.read_text(errors="replace")
        with Gradebook(f"sqlite:///{copy / 'gradebook.db'}", "docker-live") as book:
            verdicts = [_judge(case, copy, book, said) for case in copied]
    return Proof(assignment, verdicts, seconds)


def shown(notebook: Path) -> dict[str, str]:
    """What each code cell of a notebook shows, as plain text, by the cell's id.

    Args:
        notebook: its file.
    """
    cells: list[dict[str, Any]] = json.loads(notebook.read_text())["cells"]
    return {
        cell["id"]: "\n".join(_text(output) for output in cell["outputs"])
        for cell in cells
        if cell["cell_type"] == "code"
    }


def _judge(case: Case, copy: Path, book: Gradebook, said: str) -> Verdict:
    graded = copy / "autograded" / case.student / case.assignment / f"{case.assignment}.ipynb"
    if not graded.exists():
        return Verdict(case, list(_refused(case, said)), {}, {})
    (notebook,) = book.find_submission(case.assignment, case.student).notebooks
    got, shows = points(notebook), shown(graded)
    return Verdict(case, list(compare(case, got, shows)), got, shows)


def _refused(case: Case, said: str) -> Iterator[str]:
    if case.expected.outcome == "graded":
        yield f"it was not graded: {said[-2000:]}"
    for word in case.expected.message:
        if word not in said:
            yield f"the reason does not say {word!r}"


def compare(case: Case, points: dict[str, float | None], shows: dict[str, str]) -> Iterator[str]:
    """What is not as it must be, in words.

    Args:
        case: the case.
        points: that its cells have got, by their ids.
        shows: what its code cells show.
    """
    wanted = case.expected
    if wanted.outcome == "not graded":
        yield "it was graded, and cannot be"
        return
    for name in sorted(points.keys() | wanted.points.keys()):
        got, right = points.get(name), wanted.points.get(name)
        if got != right:
            told = " ".join(shows.get(name, "").split("\n")[0].split())
            yield f"{name}: {_points(got)} instead of {_points(right)} ({told})"
    for name, words in wanted.hints.items():
        for word in words:
            if word not in shows.get(name, ""):
                yield f"{name} does not show {word!r}"


def _points(number: float | None) -> str:
    return "a person's reading" if number is None else f"{number:g} points"


def _text(output: dict[str, Any]) -> str:
    parts = output.get("text") or output.get("data", {}).get("text/plain") or output.get("evalue")
    return "".join(parts or "")
