"""A submission, put back into the form in which it was released.

What a student was not to change comes from the grade book: tests that were deleted, copied, moved
or edited are as they were, and their points, too. What a student wrote is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.grading import unfinished
from autograder.grading.places import assignment_folder, notebook_file
from autograder.sandbox import shown

SCHEMA = 3  # version of nbgrader's metadata


@dataclass(frozen=True)
class Original:
    """A cell as it was released.

    Attributes:
        source: its text.
        kind: "code" or "markdown".
        metadata: nbgrader's, with the points of what is graded.
    """

    source: str
    kind: str
    metadata: Mapping[str, Any]

    def cell(self, name: str, answer: str | None) -> NotebookNode:
        """The cell with a student's answer in it, unless it is not theirs to change.

        Args:
            name: its grade_id.
            answer: the student's text; None where they have deleted the cell.
        """
        keep = self.metadata["locked"] or answer is None
        source = self.source if keep else answer
        return _new(self.kind, source, id=name[:64], metadata={"nbgrader": {**self.metadata}})


class RestoreCells(NbGraderPreprocessor):  # type: ignore[misc]
    """The first step of grading: the notebook as it was released, with the student's answers."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Rebuild a submission.

        Args:
            nb: the submission.
            resources: nbgrader's.
        """
        told = resources["nbgrader"]
        originals = _originals(told)
        source = notebook_file(self, told["assignment"], told["notebook"])
        cells = restore(nb.cells, originals, _order(source, originals))
        _forget_links(assignment_folder(self, told), Path(resources["metadata"]["path"]))
        restored = nbformat.v4.new_notebook(cells=cells)
        unfinished.mark(restored)
        return restored, resources


def restore(
    cells: Iterable[Any], originals: Mapping[str, Original], order: Iterable[str]
) -> list[NotebookNode]:
    """A notebook's cells as they were released, with the student's answers and own cells.

    Args:
        cells: the submission's, whatever they are.
        originals: the released cells, by grade_id.
        order: their order.

    Returns:
        All released cells in their order; cells of the student's own follow the one that they
        followed. Where a student has copied a cell, the last copy is the answer.
    """
    usable = [cell for cell in cells if _is_cell(cell)]
    names = [_name(cell) for cell in usable]
    last = {name: place for place, name in enumerate(names) if name in originals}
    answers: dict[str, str] = {}
    own: dict[str | None, list[NotebookNode]] = {}
    before = None
    for place, (cell, name) in enumerate(zip(usable, names, strict=True)):
        if name is not None and last.get(name) == place:
            before = name
            answers[name] = cell["source"]
        else:
            own.setdefault(before, []).append(
                _new(cell["cell_type"], cell["source"], id=f"own-{place}")
            )
    restored = own.get(None, [])
    for name in order:
        restored.append(originals[name].cell(name, answers.get(name)))
        restored += own.get(name, [])
    return restored


def _new(kind: str, source: str | None, **more: Any) -> NotebookNode:
    make: Any = new_code_cell if kind == "code" else new_markdown_cell
    cell: NotebookNode = make(None if source is None else shown.text(source), **more)
    return cell


def _is_cell(cell: Any) -> bool:
    return (
        isinstance(cell, dict)
        and cell.get("cell_type") in ("code", "markdown")
        and isinstance(cell.get("source"), str)
    )


def _name(cell: Mapping[str, Any]) -> str | None:
    metadata = cell.get("metadata")
    ours = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = ours.get("grade_id") if isinstance(ours, dict) else None
    return name if isinstance(name, str) else None


def _originals(told: Mapping[str, str]) -> dict[str, Original]:
    with Gradebook(told["db_url"]) as gradebook:
        notebook = gradebook.find_notebook(told["notebook"], told["assignment"])
        worth = (*notebook.grade_cells, *notebook.task_cells)
        points = {cell.name: cell.max_score for cell in worth}
        graded = {cell.name for cell in notebook.grade_cells}
        tasks = {cell.name for cell in notebook.task_cells}
        solutions = {cell.name for cell in notebook.solution_cells}
        return {
            cell.name: Original(
                cell.source,
                cell.cell_type,
                {
                    "schema_version": SCHEMA,
                    "grade_id": cell.name,
                    "locked": cell.locked,
                    "grade": cell.name in graded,
                    "solution": cell.name in solutions,
                    "task": cell.name in tasks,
                    "cell_type": cell.cell_type,
                    "checksum": cell.checksum,
                    **({"points": points[cell.name]} if cell.name in points else {}),
                },
            )
            for cell in notebook.source_cells
        }


def _order(source: Path, originals: Mapping[str, Original]) -> list[str]:
    """The order of the instructor's notebook; what is not in it any more comes last."""
    known = [name for name in instructors_order(source) if name in originals]
    return list(dict.fromkeys([*known, *originals]))


def instructors_order(source: Path) -> list[str]:
    """The ids of the cells that the instructor's notebook has now, in their order.

    Args:
        source: the notebook; where there is none, there are none.
    """
    cells = nbformat.read(source, as_version=4).cells if source.exists() else []
    return [name for name in map(_name, cells) if name]


def _forget_links(submitted: Path, copied: Path) -> None:
    """Delete what nbgrader copied by a symbolic link: it may be anybody's file."""
    for path in submitted.rglob("*"):
        if path.is_symlink():
            (copied / path.relative_to(submitted)).unlink(missing_ok=True)
