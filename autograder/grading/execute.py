"""How nbgrader runs a submission: on a clean engine, and with no mark for what did not run."""

from __future__ import annotations

import contextlib
from typing import Any

import docker
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade, is_locked, is_solution

from autograder.grading import inventory
from autograder.grading.errors import NotGraded
from dockerlab import engine
from dockerlab.errors import DockerLabError

KERNEL_DIED = "KernelDied"


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
            with contextlib.closing(engine.connect(start=False)) as client:
                before = inventory.take(client)
                try:
                    nb, resources = super().preprocess(nb, resources, **kwargs)
                finally:
                    inventory.restore(client, before)
        except (DockerLabError, docker.errors.DockerException, OSError) as error:
            raise _engine_failed(str(error)) from error
        for cell in nb.cells:
            if cell.cell_type == "code" and is_locked(cell):
                _blame_the_engine(cell)
            if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell):
                _make_honest(cell)
        return nb, resources

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Run one cell. Where the kernel has died, say so in the cell and go on.

        A student's `exit()` would drop the whole submission otherwise.
        """
        try:
            cell, resources = super().preprocess_cell(cell, resources, index)
        except DeadKernelError:
            why = "The kernel ended here or in a cell above (by exit(), for instance)."
            cell.outputs = [_error(KERNEL_DIED, why)]
        return cell, resources


def _blame_the_engine(cell: NotebookNode) -> None:
    """Look for failures that are not the student's, in a cell that is not the student's.

    Raises:
        NotGraded: a test could not ask the daemon, or the assignment's own first cell failed.
    """
    for output in cell.outputs:
        if output.output_type != "error" or output.ename == KERNEL_DIED:
            continue
        if output.ename == "EngineFault":
            raise _engine_failed(output.evalue)
        if not is_grade(cell):
            raise NotGraded(
                f"Not graded, since the assignment's cell {cell.metadata.nbgrader.grade_id!r} "
                f"failed: {output.evalue or output.ename} Then autograde this submission again."
            )


def _engine_failed(how: str) -> NotGraded:
    return NotGraded(
        f"Not graded, since the Docker engine failed: {how} "
        "Check it with `autograder engine status`, then autograde this submission again."
    )


def _make_honest(cell: NotebookNode) -> None:
    """Make a test cell's outputs mean to nbgrader what they mean to a reader.

    nbgrader takes anything on stderr for a failure, even a warning, and no output for full marks.
    """
    for output in cell.outputs:
        if output.output_type == "stream":
            output.name = "stdout"
    if not any(o.output_type in ("error", "execute_result") for o in cell.outputs):
        why = "This test did not run to its end, so it earns nothing."
        cell.outputs.append(_error("NoResult", why))


def _error(name: str, why: str) -> Any:
    return new_output("error", ename=name, evalue=why, traceback=[why])
