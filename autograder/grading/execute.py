"""How nbgrader runs a submission: the student's cells in a sandbox, the tests outside of it."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from logging import Logger
from pathlib import Path
from typing import Any

import docker
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_locked, is_solution

from autograder import mine
from autograder.grading import unfinished
from autograder.grading.errors import JudgeFault, NotGraded
from autograder.grading.judge import Judge, asked_for
from autograder.grading.places import source_folder
from autograder.grading.workplace import Say, Workplace
from autograder.sandbox import (
    Ending,
    Limits,
    Needs,
    Ran,
    Sandbox,
    SandboxFault,
    SandboxUnavailable,
    limits,
)
from autograder.sandbox.limits import MB
from dockerlab.errors import DockerLabError, EngineError

TRIES = 3  # sandboxes, before a submission is given up
PATIENCE = 0.5  # seconds that must be left for a cell to be run

Opening = Callable[[Limits, Say], AbstractContextManager[Workplace]]


class ExecuteInSandbox(NbGraderPreprocessor):  # type: ignore[misc]
    """nbgrader's `Execute`, for notebooks that change a Docker engine, whoever wrote them.

    Each submission gets an engine of its own. Its tests run in a kernel that the student's code
    cannot reach, and see the same engine. An engine that fails is followed by another one.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Run all cells of a submission.

        Args:
            nb: the submission, restored; it gets its outputs.
            resources: nbconvert's.

        Raises:
            NotGraded: no engine could be had, or each has failed.
        """
        told = resources["nbgrader"]
        ran = run(
            nb,
            source_folder(self, told["assignment"]) / "needs.toml",
            told["student"],
            Path(resources["metadata"]["path"]),
            log=self.log,
        )
        unfinished.unmark(ran.notebook)
        return ran.notebook, resources


@dataclass(frozen=True)
class Run:
    """What came of running a submission.

    Attributes:
        notebook: with the outputs of its cells.
        seconds: that its last sandbox was in use.
        cpu: seconds of processors' time that were spent in it.
        memory: bytes that it had at most, where the machine tells.
    """

    notebook: NotebookNode
    seconds: float
    cpu: float
    memory: int


def run(
    nb: NotebookNode,
    needs: Path,
    student: str,
    files: Path,
    *,
    log: Logger,
    tell: Callable[[str], None] = lambda doing: None,
    opened: Opening = Workplace,
) -> Run:
    """Run all cells of a submission, in an engine of its own.

    Args:
        nb: the submission, restored. It stays as it is.
        needs: the assignment's `needs.toml`.
        student: the id of the one who handed it in.
        files: a folder whose files lie beside the notebook.
        log: of what goes wrong.
        tell: told what is being done: "sandbox", or the id of a cell.
        opened: gives a workplace that nobody has used.

    Raises:
        NotGraded: no engine could be had, or each has failed.
    """
    try:
        return _try(nb, limits.read(needs), student, files, log, tell, opened)
    except NotGraded:
        raise
    except (DockerLabError, docker.errors.DockerException, OSError) as error:
        raise NotGraded(
            f"Not graded, since no sandbox could be had: {error} "
            "Mend that, then autograde this submission again."
        ) from error


def _try(
    nb: NotebookNode,
    needs: Needs,
    student: str,
    files: Path,
    log: Logger,
    tell: Callable[[str], None],
    opened: Opening,
) -> Run:
    for attempt in range(1, TRIES + 1):
        tried = copy.deepcopy(nb)
        began = time.monotonic()
        tell("sandbox")
        try:
            with opened(needs.limits, log.info) as place:
                box = place.box
                _require(needs, box)
                box.put(files)
                Trial(tried, needs, student, box, place.judge, log.warning, tell).run()
                cpu, memory = _usage(box)
            return Run(tried, time.monotonic() - began, cpu, memory)
        except (NotGraded, SandboxUnavailable, EngineError):  # a second try would meet the same
            raise
        except (DockerLabError, docker.errors.DockerException, OSError) as error:
            log.warning("Try %d of %d: %s", attempt, TRIES, error)
            last = error
    raise NotGraded(
        f"Not graded, since the engine failed {TRIES} times while this submission ran: {last} "
        "A person has to look at it: the submission may have brought that about."
    ) from last


def _usage(box: Sandbox) -> tuple[float, int]:
    """The seconds of processors' time and the most bytes of memory that a sandbox has taken."""
    try:
        container = box.container
        told = container.client.api.stats(container.id, stream=False, one_shot=True)
        memory = told["memory_stats"]
        most = memory.get("max_usage") or memory.get("usage") or 0  # control groups 1, 2
        return told["cpu_stats"]["cpu_usage"]["total_usage"] / 1e9, int(most)
    except (docker.errors.DockerException, OSError, KeyError):  # a figure, and no more
        return 0.0, 0


class Trial:
    """One run of a submission in one sandbox.

    Args:
        nb: the submission; its cells get their outputs.
        needs: the assignment's.
        student: the id of the one who handed it in.
        box: the sandbox.
        judge: the kernel for the tests.
        warn: told what was stopped.
        tell: told the id of the cell that comes next.
    """

    def __init__(
        self,
        nb: NotebookNode,
        needs: Needs,
        student: str,
        box: Sandbox,
        judge: Judge,
        warn: Callable[..., None],
        tell: Callable[[str], None] = lambda cell: None,
    ) -> None:
        self._nb = nb
        self._limits = needs.limits
        self._box = box
        self._judge = judge
        self._warn = warn
        self._tell = tell
        self._left = needs.limits.total
        # Not `import os`, which would leave the student's kernel a name that it has not at home.
        self._whose = f"__import__('os').environ[{mine.VARIABLE!r}] = {student!r}"
        self._begun: list[str] = []

    def run(self) -> None:
        """Run all cells, in their order.

        Raises:
            SandboxFault: the sandbox's engine has failed.
            JudgeFault: the tests' kernel has failed.
        """
        self._judge.run(self._whose)
        self._begin(self._whose)
        for count, cell in enumerate((c for c in self._nb.cells if c.cell_type == "code"), 1):
            cell.execution_count = count
            self._tell(cell.id)
            if is_grade(cell) and not is_solution(cell):
                self._test(cell)
            elif is_locked(cell):
                self._set_up(cell)
            else:
                self._student(cell)

    def _set_up(self, cell: NotebookNode) -> None:
        """Run a cell of the assignment's own in both kernels. The judge's is first, and counts."""
        cell.outputs = self._judge.run(cell.source).outputs
        for output in cell.outputs:
            if output.output_type == "error":
                raise JudgeFault(
                    f"The assignment's cell {cell.metadata.nbgrader.grade_id!r} failed: "
                    f"{output.evalue or output.ename}"
                )
        self._begin(cell.source)

    def _begin(self, source: str) -> None:
        """Run in the student's kernel what each new one of theirs must run first."""
        self._run(source, self._limits.cell)
        self._begun.append(source)

    def _run(self, source: str, allowed: float) -> Ran:
        """Run a cell in the student's kernel; in a new one, after the assignment's own cells."""
        kernel, limit = self._box.kernel, self._limits.output * MB
        if not kernel.is_alive():
            for begun in self._begun:
                kernel.run(begun, timeout=allowed, limit=limit)
        return kernel.run(source, timeout=allowed, limit=limit)

    def _student(self, cell: NotebookNode) -> None:
        allowed = min(self._limits.cell, self._left)
        if not cell.source.strip():
            return
        if allowed < PATIENCE:
            self._stopped(cell, "NotRun", f"All {self._limits.total:g} s had been used up before.")
            return
        self._box.hold_quota()
        began = time.monotonic()
        ran = self._run(cell.source, allowed)
        self._left -= time.monotonic() - began
        self._need_engine()
        cell.outputs = ran.outputs
        if ran.ending is Ending.TIMEOUT:
            self._stopped(cell, "CellTimeout", f"It ran longer than {allowed:.0f} s.")
        elif ran.ending is Ending.FLOOD:
            most = self._limits.output
            self._stopped(cell, "TooMuchOutput", f"It printed more than {most:g} MB.")
        elif ran.ending is Ending.DIED:
            why = "The kernel ended here: by exit(), by a signal, or for want of memory."
            self._stopped(cell, "KernelDied", f"{why} A new one ran the cells below.")

    def _stopped(self, cell: NotebookNode, name: str, why: str) -> None:
        cell.outputs.append(_error(name, f"{why} This costs no other task its points."))
        self._warn("Cell %s: %s", cell.id, why)

    def _test(self, cell: NotebookNode) -> None:
        if names := asked_for(cell.source):
            self._judge.receive(self._box.kernel.answers(names))
        cell.outputs = self._judge.run(cell.source).outputs
        for output in cell.outputs:
            if output.output_type == "error" and output.ename == "EngineFault":
                raise SandboxFault(output.evalue)
        self._need_engine()
        _make_honest(cell)

    def _need_engine(self) -> None:
        if not self._box.engine.is_alive():
            raise SandboxFault("The sandbox's engine has ended, and not in order.")


def _require(needs: Needs, box: Sandbox) -> None:
    lacking = {name: why for name, why in box.lacks().items() if name in needs.features}
    if lacking:
        said = "; ".join(f"{name}: {why}" for name, why in lacking.items())
        raise NotGraded(
            f"Not graded, since this machine lacks what the assignment needs ({said}). "
            "Grade it on another machine."
        )


def _make_honest(cell: NotebookNode) -> None:
    """Make a test cell's outputs mean to nbgrader what they mean to a reader.

    nbgrader takes anything on stderr for a failure, even a warning, and no output for full marks.
    """
    for output in cell.outputs:
        if output.output_type == "stream":
            output.name = "stdout"
    if not any(o.output_type in ("error", "execute_result") for o in cell.outputs):
        cell.outputs.append(
            _error("NoResult", "This test did not run to its end, so it earns nothing.")
        )


def _error(name: str, why: str) -> Any:
    return new_output("error", ename=name, evalue=why, traceback=[f"{name}: {why}"])
