"""Who handed in what, by the names in a download from Canvas or Moodle.

canvas  doejane_LATE_1234_56789_containers-1.ipynb       name, [LATE], id, upload, the file
moodle  Jane Doe_1234567_assignsubmission_file_/containers.ipynb
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from autograder.grading.errors import CannotGrade
from autograder.grading.handing_in.archive import Found

CANVAS = re.compile(r"(?P<name>[^_/]+)_(?P<late>LATE_)?(?P<id>\d+)_(?P<upload>\d+)_(?P<file>.+)")
MOODLE = re.compile(
    r"(?P<name>[^_/]+)_(?P<id>\d+)_assignsubmission_(?P<kind>file|onlinetext)(?:_?/|_)(?P<file>.+)"
)
Format = Literal["canvas", "moodle"]


@dataclass(frozen=True)
class Upload:
    """A file that a student has uploaded.

    Attributes:
        name: the student's, as the LMS writes it.
        id: that the LMS gives the student (Canvas), or the submission (Moodle).
        file: its name, as the student uploaded it; folders of Moodle's are kept.
        found: where and what it is.
        late: whether the LMS says that it is late.
        upload: counts the uploads.
    """

    name: str
    id: str
    file: PurePosixPath
    found: Found
    late: bool = False
    upload: int = 0


@dataclass(frozen=True)
class Person:
    """A student, as the grade book knows them.

    Attributes:
        id: in the grade book.
        names: first, then last.
        lms: their id in the LMS.
    """

    id: str
    names: tuple[str, str] = ("", "")
    lms: str = ""


def parsed(found: Found) -> tuple[Format, Upload] | None:
    """Whose a file of a download is; None where its name does not tell.

    Args:
        found: the file.
    """
    path = found.path.as_posix()
    if told := MOODLE.search(path):
        if told["kind"] != "file":
            return None
        file = PurePosixPath(told["file"])
        return "moodle", Upload(told["name"].strip(), told["id"], file, found)
    if told := CANVAS.fullmatch(found.path.name):
        file, upload = PurePosixPath(told["file"]), int(told["upload"])
        late = told["late"] is not None
        return "canvas", Upload(told["name"], told["id"], file, found, late, upload)
    return None


def matched(upload: Upload, kind: Format, people: Iterable[Person], ids: Mapping[str, str]) -> str:
    """The id in the grade book of who uploaded a file; empty where it is not certain.

    Args:
        upload: the file.
        kind: of the LMS.
        people: those in the grade book.
        ids: what an instructor says: the student's id for an id or a name in the LMS.
    """
    for key in (upload.id, upload.name):
        if key in ids:
            return ids[key]
    known = list(people)
    if kind == "canvas":  # Moodle's number is the submission's, and no student's
        of_id = [person.id for person in known if upload.id and person.lms == upload.id]
        if len(of_id) == 1:
            return of_id[0]
    wanted = _letters(upload.name)
    named = [
        person.id
        for person in known
        if all(person.names)
        and wanted in (_letters(" ".join(person.names)), _letters(" ".join(person.names[::-1])))
    ]
    if len(named) == 1:
        return named[0]
    return ""


def read_ids(file: Path) -> dict[str, str]:
    """Read a table of two columns: what the LMS calls a student, and their id in the grade book.

    Args:
        file: with a row for each, separated by commas.

    Raises:
        CannotGrade: it is no such table.
    """
    try:
        with file.open(newline="", encoding="utf-8-sig") as rows:
            table = [[each.strip() for each in row] for row in csv.reader(rows) if any(row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CannotGrade(f"{file} cannot be read: {error}") from error
    for row in table:
        if len(row) != 2 or not all(row):
            raise CannotGrade(f"{file}: {','.join(row)!r} is not: name or id in the LMS, student")
    return {called: student for called, student in table}


def _letters(name: str) -> str:
    """A name without accents, spaces, hyphens and capitals, as Canvas writes names."""
    plain = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in plain.casefold() if letter.isalnum())
