"""What a student's feedback shows of the tests: every check, and of hidden ones not the source."""

from __future__ import annotations

import re
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution

HIDDEN = re.compile(
    r"^[ \t]*### BEGIN HIDDEN TESTS.*?^[ \t]*### END HIDDEN TESTS[^\n]*$", re.DOTALL | re.MULTILINE
)
INSTEAD = "# … tests that are hidden; their checks are among those below"


class HideHiddenTests(NbGraderPreprocessor):  # type: ignore[misc]
    """Takes the source of hidden tests out of the feedback. Their verdicts stay."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Hide what is to be hidden in one cell.

        Args:
            cell: of a graded notebook.
            resources: nbconvert's.
            index: its place.
        """
        if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell):
            cell.source = HIDDEN.sub(INSTEAD, cell.source)
            for output in cell.outputs:
                if output.output_type == "error":  # a traceback quotes the source
                    output.traceback = [f"{output.ename}: {output.evalue}"]
        return cell, resources
