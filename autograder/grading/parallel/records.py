"""What has been graded: of which submission, by which tests. So that nothing is graded twice.

    .grading/ASSIGNMENT/
    ├── run.json             the run that is going on, or was cut off
    ├── students/STUDENT     what came of each submission
    ├── answers/STUDENT      what a worker gave back and is not in the grade book yet
    └── nbgrader.log

Each file is written whole, or not at all.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from autograder.grading.errors import CannotGrade, Interrupted

FOLDER = ".grading"
UNWRITABLE = "What a run notes of itself cannot be written in {folder}: {error}"


@dataclass(frozen=True)
class Record:
    """What came of one submission.

    Attributes:
        submission: what its files follow from.
        tests: what its tests follow from.
        late: seconds that it was late by.
        outcome: "graded" or "not graded".
        why: it could not be graded; else empty.
        seconds: that running it took.
        cpu: seconds of processors' time that its sandbox spent.
        memory: bytes that its sandbox took at most.
        worker: where it ran.
        run: the run that graded it.
        log: what was said meanwhile.
    """

    submission: str
    tests: str
    late: float = 0.0
    outcome: str = "graded"
    why: str = ""
    seconds: float = 0.0
    cpu: float = 0.0
    memory: int = 0
    worker: str = ""
    run: str = ""
    log: list[str] = field(default_factory=list)


class Records:
    """The records of one assignment.

    Args:
        root: the course's folder.
        assignment: its name.
    """

    def __init__(self, root: Path, assignment: str) -> None:
        self.folder = root / FOLDER / assignment
        self._students = self.folder / "students"
        self._answers = self.folder / "answers"
        self._run = self.folder / "run.json"

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Keep other coordinators out.

        Raises:
            CannotGrade: there is one already.
            Interrupted: the folder cannot be written, as with all that follows.
        """
        with _writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / "lock").touch()
        with (self.folder / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CannotGrade(
                    f"Another process is grading {self.folder.name!r} in this folder. Wait for "
                    "its end, or stop it."
                ) from None
            yield

    def of(self, student: str) -> Record | None:
        """What came of a student's submission, where it is known."""
        told = _read(self._students / student)
        try:
            return Record(**told) if told else None
        except TypeError:  # of another version
            return None

    def all(self) -> dict[str, Record]:
        """All records, by the students' ids."""
        names = sorted(
            path.name for path in self._students.glob("*") if not path.name.startswith(".")
        )
        found = {name: self.of(name) for name in names}
        return {name: record for name, record in found.items() if record}

    def keep(self, student: str, record: Record) -> None:
        """Note what came of a submission."""
        _write(self._students / student, asdict(record))
        (self._answers / student).unlink(missing_ok=True)

    def forget(self, student: str) -> None:
        """Note that what is known of a submission does not hold any more."""
        (self._students / student).unlink(missing_ok=True)

    def keep_answer(self, student: str, record: Record, given: bytes) -> None:
        """Keep what a worker gave back, till it is in the grade book.

        Args:
            student: whose submission it is.
            record: tells which submission and tests it is about.
            given: by the worker.
        """
        told = {"about": [record.submission, record.tests], "given": given.decode("ascii")}
        _write(self._answers / student, told)

    def answer(self, student: str, submission: str, tests: str) -> bytes | None:
        """What a worker gave back for this very submission and these very tests."""
        told = _read(self._answers / student)
        if told.get("about") != [submission, tests] or not isinstance(told.get("given"), str):
            return None
        return str(told["given"]).encode()

    def drop_answer(self, student: str) -> None:
        """Forget what a worker gave back."""
        (self._answers / student).unlink(missing_ok=True)

    def cut_off(self) -> dict[str, Any]:
        """The run that was cut off: its "id", "students" (or None) and whether "force"d."""
        return _read(self._run)

    def begin(self, run: dict[str, Any]) -> None:
        """Note that a run begins."""
        _write(self._run, run)

    def end(self) -> None:
        """Note that the run has come to its end."""
        self._run.unlink(missing_ok=True)


def _read(file: Path) -> dict[str, Any]:
    try:
        told = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _write(file: Path, told: dict[str, Any]) -> None:
    half = file.with_name(f".{file.name}.part")
    with _writing(file.parent):
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            with half.open("w") as written:
                json.dump(told, written)
                written.flush()
                os.fsync(written.fileno())
            half.replace(file)
        except OSError:
            half.unlink(missing_ok=True)
            raise


@contextlib.contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Interrupted(UNWRITABLE.format(folder=folder, error=error)) from error
