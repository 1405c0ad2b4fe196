"""The bank of answers: submissions whose points are known before they are graded.

A case is a folder `tests/submissions/ASSIGNMENT/CASE/`:

    expected.yml     what must come of it (see `Expected`)
    answers.ipy      its cells: `# %% database` begins the answer to `database`, `# %% after
                     database` a cell of the student's own that follows it
    ASSIGNMENT.ipynb in place of that, where the file itself is what matters

Cells that no answer names are those of the case's base: the release, or the solution.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

PREFIX = "demo-"  # of the students' ids, so that they are never taken for real ones
CELL = re.compile(r"^# %% (after )?([\w-]+)\n", re.MULTILINE)

Notebook = dict[str, Any]


@dataclass(frozen=True)
class Expected:
    """What must come of a case.

    Attributes:
        points: of each graded cell; None where a person has to read it.
        hints: words that the graded cells must show, by the cells' ids.
        base: what the cells hold that the case has no answer for.
        outcome: whether it can be graded at all.
        message: words that must be in the reason why it cannot.
        home: whether it gets the same points at home, in one kernel on the learner's engine.
    """

    points: Mapping[str, float | None] = field(default_factory=dict)
    hints: Mapping[str, list[str]] = field(default_factory=dict)
    base: Literal["release", "solution"] = "release"
    outcome: Literal["graded", "not graded"] = "graded"
    message: list[str] = field(default_factory=list)
    home: bool = True


@dataclass(frozen=True)
class Case:
    """A submission of the bank.

    Attributes:
        root: the course's folder, with `source/` and today's `release/`.
        assignment: its name.
        name: the case's.
    """

    root: Path
    assignment: str
    name: str

    @property
    def student(self) -> str:
        """The id of the student who hands it in."""
        return f"{PREFIX}{self.name}"

    @property
    def folder(self) -> Path:
        """Where it lies in the bank."""
        return folder_of(self.root, self.assignment) / self.name

    @property
    def expected(self) -> Expected:
        """What must come of it."""
        return Expected(**yaml.safe_load((self.folder / "expected.yml").read_text()))

    def notebook(self) -> Notebook:
        """The notebook that is handed in, where the case does not bring one of its own."""
        made = read(self.root, "release", self.assignment)
        if self.expected.base == "solution":
            solve(made, read(self.root, "source", self.assignment))
        answers = self.folder / "answers.ipy"
        if answers.exists():
            put(made, answers.read_text())
        return made

    def hand_in(self, folder: Path) -> None:
        """Write the submission.

        Args:
            folder: of the student's for this assignment; made where it is missing.
        """
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{self.assignment}.ipynb"
        own = self.folder / name
        text = own.read_text() if own.exists() else json.dumps(self.notebook())
        (folder / name).write_text(text)


def folder_of(root: Path, assignment: str) -> Path:
    """Where an assignment's cases lie.

    Args:
        root: the course's folder.
        assignment: its name.
    """
    return root / "tests/submissions" / assignment


def cases(root: Path, assignment: str) -> list[Case]:
    """All cases of an assignment.

    Args:
        root: the course's folder.
        assignment: its name.
    """
    found = folder_of(root, assignment).glob("*/expected.yml")
    return [Case(root, assignment, file.parent.name) for file in sorted(found)]


def assignments(root: Path) -> list[str]:
    """The names of all assignments.

    Args:
        root: the course's folder.
    """
    return sorted(file.stem for file in (root / "source").glob("*/*.ipynb"))


def read(root: Path, kind: Literal["source", "release"], assignment: str) -> Notebook:
    """An assignment's notebook, with each cell's source as one text.

    Args:
        root: the course's folder.
        kind: the instructor's or the students'.
        assignment: its name.
    """
    notebook: Notebook = json.loads((root / kind / assignment / f"{assignment}.ipynb").read_text())
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    return notebook


def solve(released: Notebook, source: Notebook, only: Iterable[str] | None = None) -> None:
    """Put the right answers into a released notebook.

    Args:
        released: changed in place.
        source: the instructor's notebook.
        only: the ids of the cells to answer; else all.
    """
    right = {cell["id"]: cell["source"] for cell in source["cells"]}
    wanted = right.keys() if only is None else set(only)
    for cell in released["cells"]:
        if cell["id"] in wanted and not cell["metadata"].get("nbgrader", {}).get("locked"):
            cell["source"] = _unmarked(right[cell["id"]])


def put(notebook: Notebook, answers: str) -> None:
    """Put a student's cells into a notebook.

    Args:
        notebook: the released one; changed in place.
        answers: the text of an `answers.ipy`.
    """
    _, *parts = CELL.split(answers)
    for count, (after, name, source) in enumerate(zip(*[iter(parts)] * 3, strict=True)):
        cell = cell_of(notebook, name)
        if after:
            added = own(source.strip()) | {"id": f"mine-{count}"}
            notebook["cells"].insert(notebook["cells"].index(cell) + 1, added)
        else:
            cell["source"] = source.strip()


def cell_of(notebook: Notebook, name: str) -> dict[str, Any]:
    """A cell of a notebook, by its id."""
    return next(cell for cell in notebook["cells"] if cell["id"] == name)


def own(source: str, kind: str = "code") -> dict[str, Any]:
    """A cell that a student has added."""
    cell: dict[str, Any] = {"cell_type": kind, "id": "mine", "metadata": {}, "source": source}
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def _unmarked(source: str) -> str:
    marks = ("### BEGIN SOLUTION", "### END SOLUTION")
    return "\n".join(line for line in source.split("\n") if not line.strip().startswith(marks))
