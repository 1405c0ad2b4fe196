"""Grading a mutant: in a sandbox, by the same tests, until one of them gives fewer points."""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import nbformat
from afterwards import NOTHING
from mutants import Mutant
from nbformat import NotebookNode
from nbgrader.utils import determine_grade

from autograder.grading.bank import PREFIX, Notebook
from autograder.grading.execute import Trial
from autograder.grading.workplace import Workplace
from autograder.sandbox import limits
from dockerlab.errors import DockerLabError

TRIES = 3  # sandboxes, before a mutant is given up
PATIENCE = 60.0  # seconds for a broken cell that may hang
STUDENT = f"{PREFIX}mutant"

Fate = Literal["killed", "survived", "void", "failed"]


@dataclass(frozen=True)
class Outcome:
    """What came of a mutant.

    Attributes:
        mutant: the mutant.
        fate: "killed" where a test gives fewer points than to the solution, "survived" where none
            does, "void" where there was nothing to change, "failed" where the engine has.
        told: why, in a line.
        seconds: that it took.
    """

    mutant: Mutant
    fate: Fate
    told: str
    seconds: float


class Lost(Exception):
    """A test gave fewer points than the solution gets."""


class _Attempt(Trial):
    def _test(self, cell: NotebookNode) -> None:
        super()._test(cell)
        points, most = determine_grade(cell)
        if points is None or points < most:
            raise Lost(f"{cell.id}: {points} of {most:g} points. {_failed(cell)}")


def attempt(root: Path, mutant: Mutant) -> Outcome:
    """Grade a mutant.

    Args:
        root: the course's folder.
        mutant: one of an assignment's, or the solution itself.
    """
    began = time.monotonic()
    told = ""
    for _ in range(TRIES):
        try:
            fate, told = _attempt(root, mutant)
            break
        except (DockerLabError, OSError) as error:
            fate, told = "failed", str(error)
    return Outcome(mutant, fate, told, time.monotonic() - began)


def without_earlier_tests(notebook: Notebook, cell: str) -> Notebook:
    """A notebook without the tests before a cell, which can tell nothing of it.

    What they look at is the solution's, and that is graded whole in the same run.

    Args:
        notebook: all cells.
        cell: the id of the broken one; nothing in the solution itself.
    """
    ids = [each["id"] for each in notebook["cells"]]
    first = ids.index(cell) if cell else 0
    told = [
        each
        for at, each in enumerate(notebook["cells"])
        if at >= first or not each["metadata"].get("nbgrader", {}).get("grade")
    ]
    return {**notebook, "cells": told}


def _attempt(root: Path, mutant: Mutant) -> tuple[Fate, str]:
    whole = mutant.notebook(root)
    notebook = nbformat.from_dict(without_earlier_tests(whole, mutant.cell))
    needs = limits.read(root / "source" / mutant.assignment / "needs.toml")
    cell = min(needs.limits.cell, PATIENCE)
    needs = dataclasses.replace(needs, limits=dataclasses.replace(needs.limits, cell=cell))
    files = root / "release" / mutant.assignment
    with Workplace(needs.limits, lambda line: None) as place:
        place.box.put(files)
        try:
            _Attempt(notebook, needs, STUDENT, place.box, place.judge, lambda *_: None).run()
        except Lost as lost:
            return ("void" if _nothing(notebook) else "killed"), str(lost)
    return ("void" if _nothing(notebook) else "survived"), ""


def _nothing(notebook: NotebookNode) -> bool:
    shown = (str(o.get("text", "")) for c in notebook.cells for o in c.get("outputs", []))
    return any(NOTHING in text for text in shown)


def _failed(cell: NotebookNode) -> str:
    """The first check that failed, or the error."""
    for output in cell.outputs:
        if output.output_type == "error":
            return f"{output.ename}: {output.evalue}"
        text = str(output.get("data", {}).get("text/plain", ""))
        for line in text.splitlines():
            if "[FAILED]" in line:
                return line.strip()
    return ""
