"""What `nbgrader validate` and the Validate button say about a test that fails."""

from __future__ import annotations

import textwrap
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import CheckCellMetadata, ClearOutput, Execute
from nbgrader.utils import determine_grade, is_grade, is_solution
from nbgrader.validator import Validator

WIDTH = 80  # nbgrader cuts longer lines off


class ExecuteAndTell(Execute):  # type: ignore[misc]
    """nbgrader's `Execute`, with each failed check and its hint where stock says nothing of them.

    Of a test that returns a part of its points, stock nbgrader says "Partial credit" alone.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any], **kwargs: Any
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Run all cells of a notebook.

        Args:
            nb: the notebook.
            resources: nbconvert's.
        """
        nb, resources = super().preprocess(nb, resources, **kwargs)
        for cell in nb.cells:
            if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell):
                _tell(cell)
        return nb, resources


def _tell(cell: NotebookNode) -> None:
    score, most = determine_grade(cell)
    if score == most or any(output.output_type == "error" for output in cell.outputs):
        return
    reports = [
        output.data["text/plain"] for output in cell.outputs if output.output_type == "display_data"
    ]
    lines = [_wrapped(line) for report in reports for line in report.splitlines()]
    cell.outputs.append(new_output("error", ename="Failed", evalue="", traceback=lines))


def _wrapped(line: str) -> str:
    rest = line[: len(line) - len(line.lstrip())] + " " * 4
    return textwrap.fill(line, WIDTH, subsequent_indent=rest)


def install() -> None:
    """Make nbgrader's validator use it; there is no setting for that."""
    Validator.preprocessors.default_args = ([CheckCellMetadata, ClearOutput, ExecuteAndTell],)
