"""What goes to a worker, and what comes back: bytes that hold JSON, checked before it is believed.

What a worker says may fill in the outputs of the cells that it was sent, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode, ValidationError

from autograder.sandbox import disks
from dockerlab.errors import DockerLabError

MOST_FILES = disks.MOST_FILES + 1  # more than a sandbox takes
MOST_BYTES = disks.MOST_BYTES + 1e6  # likewise
MOST_ANSWER = 100_000_000  # bytes that a worker may give back


class NotBelieved(DockerLabError):
    """What a worker has given back is not what was asked for."""


@dataclass(frozen=True)
class Job:
    """A submission to be run.

    Attributes:
        assignment: its name.
        student: the id of the one who handed it in.
        needs: the text of the assignment's `needs.toml`; None where there is none.
        notebooks: as they are to be run, by their names.
        files: what lies beside them, by its path, in base64.
        version: of the code that asks.
    """

    assignment: str
    student: str
    needs: str | None
    notebooks: dict[str, Any]
    files: dict[str, str]
    version: str

    def packed(self) -> bytes:
        """The bytes that are sent."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def unpacked(cls, sent: bytes) -> Job:
        """The job that was sent."""
        return cls(**json.loads(sent))

    def lay_out(self, folder: Path) -> None:
        """Write the files as they lay beside the notebooks.

        Args:
            folder: an empty one.
        """
        for name, content in self.files.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(base64.b64decode(content))


@dataclass(frozen=True)
class Task:
    """A submission on its way.

    Attributes:
        job: what is run.
        tries: how often it was given to a worker.
    """

    job: Job
    tries: int = 1

    @property
    def student(self) -> str:
        """Whose it is."""
        return self.job.student


def files(folder: Path) -> dict[str, str]:
    """What lies beside the notebooks and goes into a sandbox, in base64, by its path.

    Args:
        folder: of the submission.
    """
    found: dict[str, str] = {}
    size = 0
    for top, _, names in os.walk(folder):
        for path in (Path(top, name) for name in sorted(names)):
            if path.suffix == ".ipynb" or path.is_symlink() or not path.is_file():
                continue
            if len(found) >= MOST_FILES or size > MOST_BYTES:  # no sandbox takes more
                return found
            content = path.read_bytes()
            size += len(content)
            found[str(path.relative_to(folder))] = base64.b64encode(content).decode()
    return found


@dataclass(frozen=True)
class Answer:
    """What came of running a submission.

    Attributes:
        student: whose.
        outputs: of each notebook, a list with the outputs of each of its cells (None: no code).
        refused: why it could not be run, in a sentence; else empty.
        seconds: that running it took.
        cpu: seconds of processors' time that its sandbox spent.
        memory: bytes that its sandbox took at most.
        worker: where it ran.
        log: what was said meanwhile.
    """

    student: str
    outputs: dict[str, list[list[Any] | None]] = field(default_factory=dict)
    refused: str = ""
    seconds: float = 0.0
    cpu: float = 0.0
    memory: int = 0
    worker: str = ""
    log: list[str] = field(default_factory=list)

    def packed(self) -> bytes:
        """The bytes that are given back."""
        return json.dumps(asdict(self)).encode()


def believed(given: object, job: Job) -> Answer:
    """What a worker has given back, once it is known to be an answer to what it was asked.

    Args:
        given: back.
        job: what was asked.

    Raises:
        NotBelieved: it is not.
    """
    if not isinstance(given, bytes) or len(given) > MOST_ANSWER:
        raise NotBelieved("A worker gave back something else than an answer.")
    try:
        answer = Answer(**json.loads(given))
    except (ValueError, TypeError, RecursionError) as error:
        raise NotBelieved(f"A worker's answer cannot be read: {error}") from error
    _check(answer, job)
    return answer


def outputs(notebook: NotebookNode) -> list[list[Any] | None]:
    """The outputs of each cell of a notebook; None for what is not code."""
    return [cell.outputs if cell.cell_type == "code" else None for cell in notebook.cells]


def fill_in(notebook: NotebookNode, told: list[list[Any] | None]) -> None:
    """Give each cell of a notebook the outputs that a worker tells.

    Args:
        notebook: that was run; changed in place.
        told: the outputs of its cells.

    Raises:
        NotBelieved: they are not those of its cells, or no outputs.
    """
    if len(told) != len(notebook.cells):
        raise NotBelieved(f"A worker told of {len(told)} cells, of {len(notebook.cells)}.")
    count = 0
    for cell, shown in zip(notebook.cells, told, strict=True):
        if (shown is None) is (cell.cell_type == "code"):
            raise NotBelieved("A worker told of other cells than those it was sent.")
        if shown is not None:
            count += 1
            cell.execution_count = count
            cell.outputs = [nbformat.from_dict(output) for output in shown]
    try:
        nbformat.validate(notebook)
    except ValidationError as error:
        raise NotBelieved(f"A worker told of outputs that are none: {error.message}") from error


def shape(notebook: Mapping[str, Any]) -> str:
    """What tells whether two notebooks have the same cells, whatever these have shown.

    Args:
        notebook: its JSON.
    """
    kept = [
        {key: cell.get(key) for key in ("id", "cell_type", "source", "metadata")}
        for cell in notebook["cells"]
    ]
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def _check(answer: Answer, job: Job) -> None:
    texts = (answer.student, answer.refused, answer.worker)
    numbers = (answer.seconds, answer.cpu, answer.memory)
    if not (
        all(isinstance(text, str) for text in texts)
        and all(isinstance(n, int | float) and math.isfinite(n) and n >= 0 for n in numbers)
        and isinstance(answer.log, list)
        and all(isinstance(line, str) for line in answer.log)
        and isinstance(answer.outputs, dict)
    ):
        raise NotBelieved("A worker's answer holds something else than what it must.")
    if answer.student != job.student:
        raise NotBelieved(f"A worker answered for {answer.student!r}, not for {job.student!r}.")
    if answer.refused:
        return
    if answer.outputs.keys() != job.notebooks.keys():
        raise NotBelieved("A worker told of other notebooks than those it was sent.")
    for name, told in answer.outputs.items():
        if not isinstance(told, list) or not all(isinstance(o, list | None) for o in told):
            raise NotBelieved("A worker told of cells that are none.")
        if not all(isinstance(o, dict) for cell in told for o in cell or ()):
            raise NotBelieved("A worker told of outputs that are none.")
        fill_in(nbformat.from_dict(job.notebooks[name]), told)
