"""How nbgrader runs a submission: on a clean engine, and with no mark for what did not run."""

from __future__ import annotations

import contextlib
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade, is_solution

from autograder.grading import inventory
from dockerlab import engine
from dockerlab.errors import DockerLabError


class NotGraded(DockerLabError):
    """The engine's fault kept a submission from being graded. It gets no score, not even zero."""


class ExecuteOnCleanEngine(Execute):  # type: ignore[misc]
    """nbgrader's `Execute`, for notebooks that change a Docker engine.

    What a submission made is removed when it has run, whatever happened, so that the next one
    starts from the same state. A cell that takes too long is interrupted and the next ones run.
    All submissions share one engine, one after another, and a student's cells run in the kernel
    of the test cells: this is no defence against a student who cheats.
    """

    skip_cells_with_tag = ""  # else a student's "skip-execution" tag would earn full marks

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any], **kwargs: Any
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Run all cells of a submission.

        Args:
            nb: the submission; its outputs are replaced.
            resources: nbconvert's.

        Raises:
            NotGraded: the engine failed, or cannot be reached.
        """
        try:
            client = engine.connect(start=False)
        except DockerLabError as error:
            raise NotGraded(f"Not graded, since there is no Docker engine. {error}") from error
        with contextlib.closing(client):
            before = inventory.take(client)
            try:
                nb, resources = super().preprocess(nb, resources, **kwargs)
            finally:
                inventory.remove_since(client, before)
        for cell in nb.cells:
            if is_grade(cell) and not is_solution(cell) and cell.cell_type == "code":
                _make_honest(cell)
        return nb, resources


def _make_honest(cell: NotebookNode) -> None:
    """Make a test cell's outputs mean to nbgrader what they mean to a reader.

    nbgrader takes anything on stderr for a failure, even a warning, and no output for full marks.

    Raises:
        NotGraded: the cell tells of a fault of the engine.
    """
    for output in cell.outputs:
        if output.output_type == "error" and output.ename == "EngineFault":
            raise NotGraded(
                f"Not graded, since the Docker engine failed: {output.evalue} "
                "Check it with `autograder engine status`, then autograde this submission again."
            )
        if output.output_type == "stream" and output.name == "stderr":
            output.name = "stdout"
    if not any(o.output_type in ("error", "execute_result") for o in cell.outputs):
        why = "This test did not run to its end, so it earns nothing."
        cell.outputs.append(new_output("error", ename="NoResult", evalue=why, traceback=[why]))
