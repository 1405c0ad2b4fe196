"""The bank of hostile submissions: what each hands in, and what must come of it.

A case is a folder:

    expected.yml   what must come of it (see `Outcome`)
    attack.ipy     its cells: `# %% states` begins the answer to `states`, `# %% after states` a
                   cell of the student's own that follows it; above the first, the story
    notebook.py    in place of it or beside it, where the file itself is hostile:
                   `make(folder, notebook)` writes what is handed in
    files/         what is handed in beside the notebook

What no case says otherwise: the notebook is today's release, `states` is solved honestly and earns
its 3 points, all else is empty.
"""

from __future__ import annotations

import json
import re
import runpy
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
REPO = HERE.parents[1]
ASSIGNMENT = "containers"
TESTS = ("test-database", "test-states", "test-page", "test-second", "test-look", "explain")
CELL = re.compile(r"^# %% (after )?([\w-]+)\n", re.MULTILINE)


@dataclass(frozen=True)
class Outcome:
    """What must come of a submission.

    Attributes:
        points: of each graded cell; None where it must not be graded at all.
        says: words that must be in the reason why it is not graded, or in nbgrader's log.
        shows: words that the cells of the graded notebook must show, by the cells' ids.
        hides: words that they must not show.
        honest: answers that are the right ones.
        slow: whether it takes long, and runs in `make test-all` only.
    """

    points: dict[str, float] | None
    says: list[str] = field(default_factory=list)
    shows: dict[str, list[str]] = field(default_factory=dict)
    hides: dict[str, list[str]] = field(default_factory=dict)
    honest: list[str] = field(default_factory=lambda: ["states"])
    slow: bool = False


@dataclass(frozen=True)
class Case:
    """A hostile submission."""

    folder: Path

    @property
    def name(self) -> str:
        """Its name, which is also the student's id."""
        return self.folder.name

    @property
    def outcome(self) -> Outcome:
        """What must come of it."""
        told = yaml.safe_load((self.folder / "expected.yml").read_text())
        if told.pop("graded", True):
            told["points"] = dict.fromkeys(TESTS, 0.0) | told.get("points", {"test-states": 3.0})
        else:
            told["points"] = None
        return Outcome(**told)

    def hand_in(self, submitted: Path) -> None:
        """Write the submission.

        Args:
            submitted: nbgrader's folder of submissions.
        """
        folder = submitted / self.name / ASSIGNMENT
        folder.mkdir(parents=True)
        notebook = solved(self.outcome.honest)
        attack = self.folder / "attack.ipy"
        if attack.exists():
            put(notebook, attack.read_text())
        if (self.folder / "files").exists():
            shutil.copytree(self.folder / "files", folder, dirs_exist_ok=True)
        if (self.folder / "notebook.py").exists():
            runpy.run_path(str(self.folder / "notebook.py"))["make"](folder, notebook)
        else:
            write(folder, notebook)


def cases() -> list[Case]:
    """All of the bank."""
    return [Case(file.parent) for file in sorted(HERE.glob("*/expected.yml"))]


def write(folder: Path, notebook: dict[str, Any]) -> None:
    """Write a notebook under the name that it was released with."""
    (folder / f"{ASSIGNMENT}.ipynb").write_text(json.dumps(notebook))


def solved(answers: list[str]) -> dict[str, Any]:
    """The released notebook, with the right answers in these cells.

    Args:
        answers: the cells' ids.
    """
    released = _read("release")
    right = {cell["id"]: _solution(cell["source"]) for cell in _read("source")["cells"]}
    for cell in released["cells"]:
        if cell["id"] in answers:
            cell["source"] = right[cell["id"]]
    return released


def cell_of(notebook: dict[str, Any], name: str) -> dict[str, Any]:
    """A cell of a notebook, by its id."""
    return next(cell for cell in notebook["cells"] if cell["id"] == name)


def own(source: str, kind: str = "code") -> dict[str, Any]:
    """A cell that a student has added."""
    cell: dict[str, Any] = {"cell_type": kind, "id": "mine", "metadata": {}, "source": source}
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def put(notebook: dict[str, Any], attack: str) -> None:
    """Put the cells of an attack into a notebook.

    Args:
        notebook: the released one; changed in place.
        attack: the text of an `attack.ipy`.
    """
    _, *parts = CELL.split(attack)
    for after, name, source in zip(*[iter(parts)] * 3, strict=True):
        cell = cell_of(notebook, name)
        if after:
            notebook["cells"].insert(notebook["cells"].index(cell) + 1, own(source.strip()))
        else:
            cell["source"] = source.strip()


def _read(kind: str) -> dict[str, Any]:
    file = REPO / kind / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    notebook: dict[str, Any] = json.loads(file.read_text())
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    return notebook


def _solution(source: str) -> str:
    return "\n".join(
        line
        for line in source.split("\n")
        if "# SOLUTION" not in line
        and not line.startswith(("### BEGIN SOLUTION", "### END SOLUTION"))
    )
