"""The bank of hostile submissions: what each hands in, and what must come of it.

A case is a folder:

    expected.yml   what must come of it (see `Outcome`)
    attack.ipy     its cells, as in an `answers.ipy` of the bank; above the first, the story
    notebook.py    in place of it or beside it, where the file itself is hostile:
                   `make(folder, notebook)` writes what is handed in
    files/         what is handed in beside the notebook

What no case says otherwise: the notebook is today's release, `states` is solved honestly and earns
its 3 points, all else is empty.
"""

from __future__ import annotations

import json
import runpy
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from autograder.grading.bank import cell_of, own, put, read, solve

__all__ = ["Case", "Outcome", "cases", "cell_of", "own", "solved", "write"]
HERE = Path(__file__).parent
REPO = HERE.parents[1]
ASSIGNMENT = "containers"
TESTS = ("test-database", "test-states", "test-page", "test-second", "test-look", "explain")


@dataclass(frozen=True)
class Outcome:
    """What must come of a submission.

    Attributes:
        points: of each graded cell; None where it must not be graded at all.
        says: words that must be in the reason why it is not graded, or in nbgrader's log.
        shows: words that the cells of the graded notebook must show, by the cells' ids.
        hides: words that they must not show.
        honest: answers that are the right ones.
        by_chance: whether it may also be graded, for its honest part alone: it depends on which
            connection is cut first.
    """

    points: dict[str, float] | None
    says: list[str] = field(default_factory=list)
    shows: dict[str, list[str]] = field(default_factory=dict)
    hides: dict[str, list[str]] = field(default_factory=dict)
    honest: list[str] = field(default_factory=lambda: ["states"])
    by_chance: bool = False

    def allows(self, points: dict[str, float] | None) -> bool:
        """Whether these points, or no grade, may come of it."""
        chance = dict.fromkeys(TESTS, 0.0) | {f"test-{name}": 3.0 for name in self.honest}
        return points == self.points or (self.by_chance and points == chance)


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
    released = read(REPO, "release", ASSIGNMENT)
    solve(released, read(REPO, "source", ASSIGNMENT), answers)
    return released
