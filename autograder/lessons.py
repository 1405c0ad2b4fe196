"""Running lessons headless, cell by cell, and counting what was shown and what could not be."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from dockerlab import engine, paths
from dockerlab.cleanup import clean_up
from dockerlab.errors import DockerLabError
from dockerlab.gaps import gaps

CELL_TIMEOUT = 180  # seconds: no lesson takes longer from top to bottom
KERNEL = ["--HistoryManager.enabled=False", "--IPKernelApp.log_level=ERROR"]
CLEAN_UP = "clean-up"  # the id of a lesson's last cell
COLOURS = re.compile(r"\x1b\[[0-9;]*m")

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Outcome:
    """What came of a lesson.

    Attributes:
        lesson: the notebook's name, without its ending.
        seconds: that it took.
        cells: code cells that were run.
        all_cells: that it has.
        claims: of the notes that were shown: all cells that bear their ids have been run.
        all_claims: that it has.
        gaps: cells and what each said this engine lacks.
        failed: the cell that failed; none, where empty.
        why: it failed, in a line.
    """

    lesson: str
    seconds: float = 0.0
    cells: int = 0
    all_cells: int = 0
    claims: frozenset[str] = frozenset()
    all_claims: frozenset[str] = frozenset()
    gaps: tuple[tuple[str, str], ...] = ()
    failed: str = ""
    why: str = ""


def find(names: Iterable[str] = ()) -> list[Path]:
    """The lessons that are meant: files, numbers ("07") or names ("registry"); else all.

    Raises:
        DockerLabError: there is no such lesson.
    """
    lessons = sorted(paths.course().glob("[0-9][0-9]-*.ipynb"))
    found = []
    for name in names:
        meant = [each for each in lessons if name in {each.stem, *each.stem.split("-", 1)}]
        if not meant and not Path(name).is_file():
            have = ", ".join(each.stem for each in lessons)
            raise DockerLabError(f"There is no lesson {name!r}. The course has: {have}.")
        found += meant or [Path(name).resolve()]
    return found or lessons


def run(lesson: Path, progress: Progress = lambda done, total, cell: None) -> Outcome:
    """Run a lesson from top to bottom. Its file stays as it is.

    At the first cell that fails it is left, and what it has made is removed.

    Args:
        lesson: the notebook.
        progress: told how many code cells are done, how many there are, and the next one's id.
    """
    began = time.monotonic()
    try:
        notebook = nbformat.read(lesson, as_version=4)
    except (OSError, ValueError) as error:  # nbformat's own errors are ValueErrors
        return Outcome(lesson.stem, failed="(the file)", why=_line(error))
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        extra_arguments=list(KERNEL),
        resources={"metadata": {"path": str(lesson.parent)}},
    )
    code = [at for at, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    done, failed, why = 0, "", ""
    try:
        with client.setup_kernel(env=_environment()):
            for done, at in enumerate(code):
                cell = notebook.cells[at]
                progress(done, len(code), cell.id)
                failed, why = _run(client, cell, at)
                if failed:
                    break
            else:
                done = len(code)
                progress(done, done, "")
    except (RuntimeError, OSError) as error:  # the kernel did not start, or did not end
        failed, why = failed or "(the kernel)", why or _line(error)
    if failed:
        _remove_by_label(lesson.stem)
    ran = [notebook.cells[at] for at in code[:done]]
    not_run = [notebook.cells[at] for at in code[done:]]
    return Outcome(
        lesson=lesson.stem,
        seconds=time.monotonic() - began,
        cells=done,
        all_cells=len(code),
        claims=_claims(notebook.cells) - _claims(not_run),
        all_claims=_claims(notebook.cells),
        gaps=tuple((cell.id, what) for cell in ran for what in gaps(cell.outputs)),
        failed=failed,
        why=why,
    )


def _run(client: NotebookClient, cell: Any, at: int) -> tuple[str, str]:
    """Run a cell; its id and what went wrong, where something did."""
    try:
        client.execute_cell(cell, at)
    except CellExecutionError as error:
        _clean_up(client)
        return cell.id, _line(f"{error.ename}: {error.evalue}")
    except CellTimeoutError:  # its kernel is busy, and would not run another cell
        return cell.id, f"it did not end within {CELL_TIMEOUT} s"
    except DeadKernelError:
        return cell.id, "the kernel died"
    return "", ""


def _clean_up(client: NotebookClient) -> None:
    """Run the lesson's own last cell, which knows best what there is to remove."""
    with contextlib.suppress(CellExecutionError, CellTimeoutError, DeadKernelError):
        for at, cell in enumerate(client.nb.cells):
            if cell.id == CLEAN_UP:
                client.execute_cell(cell, at)


def _remove_by_label(lesson: str) -> None:
    """Remove what bears a lesson's label, for where its last cell could not do so."""
    with contextlib.suppress(DockerLabError):
        docker = engine.connect(start=False)
        try:
            clean_up(docker, lesson.partition("-")[2])
        finally:
            docker.close()


def _claims(cells: Iterable[Any]) -> frozenset[str]:
    return frozenset(claim for cell in cells for claim in cell.metadata.get("claims", []))


def _environment() -> dict[str, str]:
    """As JupyterLab's kernels have it: the course's own programs are found."""
    scripts = str(Path(sys.executable).parent)
    found = os.pathsep.join([scripts, os.environ.get("PATH", os.defpath)])
    return {**os.environ, "PATH": found}


def _line(error: object) -> str:
    """The first line of an error, without colours."""
    lines = COLOURS.sub("", str(error)).strip().splitlines()
    return lines[0] if lines else type(error).__name__
