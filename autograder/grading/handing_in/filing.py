"""Files what was downloaded from an LMS as `submitted/STUDENT/ASSIGNMENT`, as nbgrader wants it."""

from __future__ import annotations

import io
import json
import re
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from autograder.grading.errors import CannotGrade
from autograder.grading.handing_in import archive, lms
from autograder.grading.handing_in.archive import BadArchive, Found
from autograder.grading.handing_in.lms import Person, Upload

ABOUT = "docker-live.json"  # in a zip of `autograder submit`: who says that they made it
STAMP = "timestamp.txt"
MOST_FILES = 1000  # of one student
MOST_BYTES = 50e6  # likewise
COPY = re.compile(r"^(?P<stem>.+?)(?:[-_ ]?\(\d+\)|[-_ ]\d{1,2}|[-_ ]copy ?\d*)$", re.IGNORECASE)
ID = re.compile(r"[\w@][\w.@+-]*")


@dataclass
class Filed:
    """What was found of one student.

    Attributes:
        student: their id; empty where it is not known.
        called: what the LMS calls them.
        outcome: "filed", "replaced", "unchanged", "kept" (a newer one is there), "refused".
        time: when it was handed in.
        late: seconds after the deadline; 0 where it was in time.
        notes: what a person should know.
    """

    student: str
    called: str
    outcome: str = "refused"
    time: datetime | None = None
    late: float = 0.0
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Assignment:
    """What is collected.

    Attributes:
        name: of the assignment.
        notebooks: the names of its notebooks.
        cells: the grade_ids of each notebook's cells, by its name.
        due: its deadline in UTC, if it has one.
    """

    name: str
    notebooks: frozenset[str]
    cells: Mapping[str, frozenset[str]] = field(default_factory=dict)
    due: datetime | None = None


def collect(
    source: Path,
    submitted: Path,
    assignment: Assignment,
    people: Iterable[Person],
    *,
    ids: Mapping[str, str] | None = None,
    take_ids: bool = False,
) -> list[Filed]:
    """File what was downloaded.

    Args:
        source: a zip, or a folder.
        submitted: nbgrader's folder of submissions.
        assignment: what is collected.
        people: those in the grade book.
        ids: the student's id for an id or a name in the LMS, where the grade book does not tell.
        take_ids: whether to take the LMS's own ids for students who are not known.

    Returns:
        What was found of each student, and of what is nobody's.

    Raises:
        BadArchive: it cannot be read.
        CannotGrade: nothing in it is named as Canvas or Moodle name it.
    """
    known = list(people)
    uploads: dict[tuple[lms.Format, str, str], list[Upload]] = defaultdict(list)
    strange: list[Filed] = []
    for item in archive.read(source):
        if isinstance(item, tuple):
            strange.append(Filed("", item[0], notes=[f"refused, since {item[1]}"]))
        elif not archive.is_noise(item.path):
            told = lms.parsed(item)
            if told is None:
                why = "its name is neither Canvas' nor Moodle's"
                strange.append(Filed("", str(item.path), notes=[f"passed over: {why}"]))
            else:
                kind, upload = told
                uploads[kind, upload.id, upload.name].append(upload)
    if not uploads and not any("refused" in note for each in strange for note in each.notes):
        raise CannotGrade(
            f"{source} holds nothing that is named as in a download of all submissions from Canvas "
            "(doejane_1234_5678_file.ipynb) or Moodle (Jane Doe_1234_assignsubmission_file_/…)."
        )
    filed = []
    owners: dict[str, str] = {}
    for (kind, number, name), files in sorted(uploads.items()):
        called = f"{name} ({number})"
        student = lms.matched(files[0], kind, known, ids or {})
        if not student and take_ids:
            student = number
        each = Filed(student, called)
        filed.append(each)
        if not student:
            each.notes.append(
                "not in the grade book; say who it is in a table (--ids), or: nbgrader db student "
                f"add ID --lms-user-id={number}"
            )
        elif not ID.fullmatch(student):
            each.notes.append(f"{student!r} cannot be a student's id")
        elif student in owners:
            each.notes.append(f"{owners[student]} is {student}, too: file one of them by hand")
        else:
            owners[student] = called
            _file(each, files, submitted, assignment)
    return filed + strange


def _file(told: Filed, uploads: list[Upload], submitted: Path, assignment: Assignment) -> None:
    files = _unpacked(told, uploads)
    about = files.pop(PurePosixPath(ABOUT), None)
    if about is not None:
        _compare(told, about.content)
    files.pop(PurePosixPath(STAMP), None)  # a student's own word for it
    files = _named(told, files, assignment)
    told.time = max(upload.found.time for upload in uploads)
    if assignment.due:
        told.late = max(0.0, (told.time - assignment.due).total_seconds())
    if any(upload.late for upload in uploads) and not told.late:
        told.notes.append(
            f"Canvas says late, and the file's time does not: write the time to {STAMP}"
        )
    if not any(path.suffix == ".ipynb" and len(path.parts) == 1 for path in files):
        told.notes.append("there is no notebook")
        return
    if len(files) > MOST_FILES or sum(len(each.content) for each in files.values()) > MOST_BYTES:
        told.notes.append(f"more than {MOST_FILES} files or {MOST_BYTES / 1e6:.0f} MB")
        return
    told.outcome = _write(submitted / told.student / assignment.name, files, told.time)


def _unpacked(told: Filed, uploads: list[Upload]) -> dict[PurePosixPath, Found]:
    """A student's files by their names, with what is in their zips; the last upload wins."""
    files: dict[PurePosixPath, Found] = {}
    for upload in sorted(uploads, key=lambda upload: (upload.upload, upload.found.time)):
        if upload.file.suffix.lower() != ".zip":
            files[upload.file] = upload.found
            continue
        try:
            for item in archive.read(io.BytesIO(upload.found.content), upload.file.name):
                if isinstance(item, tuple):
                    told.notes.append(f"{upload.file}: {item[0]} is refused, since {item[1]}")
                elif not archive.is_noise(item.path):
                    files[item.path] = item
        except BadArchive as error:
            told.notes.append(str(error))
    tops = {path.parts[0] for path in files}
    if len(tops) == 1 and all(len(path.parts) > 1 for path in files):  # a folder was packed
        return {PurePosixPath(*path.parts[1:]): found for path, found in files.items()}
    return files


def _named(
    told: Filed, files: dict[PurePosixPath, Found], assignment: Assignment
) -> dict[PurePosixPath, Found]:
    """The files, with notebooks under the names that were released."""
    named: dict[PurePosixPath, Found] = {}
    for path, found in sorted(files.items(), key=lambda item: item[1].time):
        to = path
        if (
            path.suffix == ".ipynb"
            and len(path.parts) == 1
            and path.stem not in assignment.notebooks
        ):
            stem = _released(path.stem, found.content, assignment)
            if stem and PurePosixPath(f"{stem}.ipynb") not in files:
                to = PurePosixPath(f"{stem}.ipynb")
                told.notes.append(f"{path} is taken for {to}")
        named[to] = found
    return named


def _released(stem: str, content: bytes, assignment: Assignment) -> str:
    """Which notebook a file is that has another name: by its name, else by its cells."""
    while told := COPY.match(stem):
        stem = told["stem"]
        if stem in assignment.notebooks:
            return stem
    try:
        cells = json.loads(content)["cells"]
        names = {cell["metadata"]["nbgrader"]["grade_id"] for cell in cells if _is_ours(cell)}
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""
    fitting = [
        name for name, known in assignment.cells.items() if len(names & known) * 2 > len(known)
    ]
    return fitting[0] if len(fitting) == 1 else ""


def _is_ours(cell: object) -> bool:
    metadata = cell.get("metadata") if isinstance(cell, dict) else None
    ours = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return isinstance(ours, dict) and isinstance(ours.get("grade_id"), str)


def _compare(told: Filed, content: bytes) -> None:
    try:
        says = json.loads(content)["student"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return
    if says != told.student:
        told.notes.append(
            f"it was made by {str(says)[:80]!r}: a student's own values will be others than at home"
        )


def _write(folder: Path, files: Mapping[PurePosixPath, Found], time: datetime) -> str:
    before = _there(folder)
    content = {path.as_posix(): found.content for path, found in files.items()}
    stamp = f"{time.astimezone(UTC).replace(tzinfo=None)} UTC"
    if before is not None:
        there, when = before
        if when is not None and when > time:
            return "kept"
        if there == content and when == time:
            return "unchanged"
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".collected-", dir=folder.parent))
    try:
        for name, data in content.items():
            file = made / "new" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        (made / "new" / STAMP).write_text(stamp)
        if before is not None:
            folder.rename(made / "old")
        (made / "new").rename(folder)
    except BaseException:
        if (made / "old").exists() and not folder.exists():
            (made / "old").rename(folder)
        raise
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return "filed" if before is None else "replaced"


def _there(folder: Path) -> tuple[dict[str, bytes], datetime | None] | None:
    if not folder.exists():
        return None
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    }
    try:
        told = files.pop(STAMP, b"").decode().removesuffix(" UTC")
        return files, datetime.fromisoformat(told).replace(tzinfo=UTC)
    except ValueError:
        return files, None
