"""All mutants of an assignment: its right answers, each broken in one small way."""

from __future__ import annotations

import contextlib
import copy
import difflib
import hashlib
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import afterwards
import python_edits
import shell_edits

from autograder.grading import bank
from autograder.grading.judge import asked_for

COMMANDS = "commands"  # the bank's case that solves every task by docker's commands


@dataclass(frozen=True)
class Mutant:
    """A right answer that was broken.

    Attributes:
        id: the same in every run, such as "dockerfile/build/drop-kw-tag-1".
        base: which right answers were broken: the assignment's own, or the bank's `commands`.
        cell: the broken one's id.
        before: the cell's source.
        after: the same, broken; None in the solution itself, that nothing was done to.
    """

    id: str
    base: str
    cell: str
    before: str
    after: str

    @property
    def assignment(self) -> str:
        """The name of the assignment."""
        return self.id.partition("/")[0]

    @property
    def kind(self) -> str:
        """What was done."""
        return self.id.rpartition("/")[2].rpartition("-")[0]

    @property
    def change(self) -> str:
        """What was done, as the lines that differ; nothing where that is code after it all."""
        if self.kind.startswith(("afterwards-", "answer-")):
            return ""
        lines = difflib.ndiff(self.before.splitlines(), self.after.splitlines())
        return "\n".join(line for line in lines if line.startswith(("+ ", "- ")))

    def notebook(self, root: Path) -> bank.Notebook:
        """What is graded: all tests, hidden ones too, and all right answers but this one.

        Args:
            root: the course's folder.
        """
        notebook = right(root, self.assignment, self.base)
        if self.cell:
            bank.cell_of(notebook, self.cell)["source"] = self.after
        return notebook


def solution(assignment: str, base: str) -> Mutant:
    """The right answers themselves, which must earn all points.

    Args:
        assignment: its name.
        base: which ones.
    """
    return Mutant(f"{assignment}//{base}-0", base, "", "", "")


def right(root: Path, assignment: str, base: str) -> bank.Notebook:
    """An assignment with all its tests and right answers.

    Args:
        root: the course's folder.
        assignment: its name.
        base: "solution", or a case of the bank that is right.
    """
    source = bank.read(root, "source", assignment)
    notebook = copy.deepcopy(source)
    bank.solve(notebook, source)
    answers = bank.folder_of(root, assignment) / base / "answers.ipy"
    if answers.exists():
        bank.put(notebook, answers.read_text())
    return notebook


def bases(root: Path, assignment: str) -> list[str]:
    """The right answers that there are.

    Args:
        root: the course's folder.
        assignment: its name.
    """
    answers = bank.folder_of(root, assignment) / COMMANDS / "answers.ipy"
    return ["solution", COMMANDS] if answers.exists() else ["solution"]


def mutants(root: Path, assignment: str) -> list[Mutant]:
    """All of an assignment.

    Args:
        root: the course's folder.
        assignment: its name.
    """
    found = [m for base in bases(root, assignment) for m in _mutants(root, assignment, base)]
    unlike = {(m.cell, m.after): m for m in reversed(found)}  # what both bases have alike: once
    return [m for m in found if unlike[m.cell, m.after] is m]


def sample(all_: Sequence[Mutant], most: int, equal: Container[str] = ()) -> list[Mutant]:
    """Some of them, of every kind and of every cell, the same in every run.

    Args:
        all_: to choose from, of one assignment.
        most: how many at most.
        equal: ids of those that are known to change nothing that is asked: the next ones instead.
    """
    left = sorted(all_, key=_draw)
    kinds: Counter[str] = Counter()
    cells: Counter[tuple[str, str]] = Counter()
    chosen = []
    while left and len(chosen) < most:
        rarest = min(left, key=lambda m: (kinds[m.kind], cells[m.base, m.cell]))
        left.remove(rarest)
        if rarest.id not in equal:
            chosen.append(rarest)
        kinds[rarest.kind] += 1
        cells[rarest.base, rarest.cell] += 1
    return [mutant for mutant in all_ if mutant in chosen]


def _draw(mutant: Mutant) -> str:
    return hashlib.sha256(mutant.id.encode()).hexdigest()


def _mutants(root: Path, assignment: str, base: str) -> Iterator[Mutant]:
    known: set[str] = set()
    cells = [c for c in right(root, assignment, base)["cells"] if c["cell_type"] == "code"]
    for cell, tests in zip(cells, _tests_after(cells), strict=True):
        source, settings = cell["source"], cell["metadata"].get("nbgrader", {})
        if not settings.get("grade"):
            known |= python_edits.constants(source)
        if not settings or settings["locked"] or not source.strip():
            continue
        counts: Counter[str] = Counter()
        where = cell["id"] if base == "solution" else f"{cell['id']}@{base}"
        for kind, after in _changes(source, known, tests):
            if after == source:
                continue
            counts[kind] += 1
            yield Mutant(
                f"{assignment}/{where}/{kind}-{counts[kind]}", base, cell["id"], source, after
            )


def _tests_after(cells: list[dict[str, Any]]) -> list[str]:
    """The source of the tests that follow each cell."""
    graded = [c["source"] if c["metadata"].get("nbgrader", {}).get("grade") else "" for c in cells]
    return ["\n".join(graded[at:]) for at in range(len(cells))]


def _changes(source: str, known: set[str], tests: str) -> Iterator[tuple[str, str]]:
    if source.startswith("%%"):
        edits = list(shell_edits.of_cell(source))
    else:
        edits = list(shell_edits.of_lines(source))
        with contextlib.suppress(SyntaxError):  # more of IPython's than lines of their own
            edits += python_edits.of_code(source, known)
    for edit in edits:
        yield edit.kind, edit.of(source)
    yield from afterwards.spoilt(source)
    answered = [name for name in asked_for(tests) if f"{name} =" in source]
    yield from afterwards.wrong_answers(source, answered)
