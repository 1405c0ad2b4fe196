"""A course as nbgrader sees it from its folder: configuration, grade book, submissions."""

from __future__ import annotations

import difflib
import functools
import hashlib
import json
import logging
import os
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader import api, utils
from nbgrader.api import Assignment, Gradebook, SubmittedAssignment
from nbgrader.apps import AutogradeApp
from nbgrader.dbutil import ALEMBIC_DIR
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SAWarning, SQLAlchemyError

from autograder.grading.errors import CannotGrade, Interrupted
from autograder.grading.parallel.versions import code
from autograder.grading.restoring import instructors_order

CONFIG = "nbgrader_config.py"
UNREADABLE = "The grade book cannot be read and written: {why}"
NO_DRIVER = (
    "The grade book cannot be opened, since its database's driver is not installed: {error}. "
    "PostgreSQL's: pip install psycopg2-binary"
)
NO_BOOK = "There is no grade book yet. First: nbgrader generate_assignment ASSIGNMENT"


@dataclass
class Course:
    """A course's folder, read as nbgrader's commands read it.

    Attributes:
        app: nbgrader's own `autograde` command, with its configuration.
    """

    app: AutogradeApp

    @classmethod
    def here(cls) -> Course:
        """The course of this folder.

        Raises:
            CannotGrade: this is no course's folder.
        """
        if not Path(CONFIG).exists():
            raise CannotGrade(
                f"There is no {CONFIG} in {os.getcwd()}. Run this in the course's folder."
            )
        app = AutogradeApp()
        app.initialize([])
        return cls(app)

    @property
    def root(self) -> Path:
        """The course's folder."""
        return Path(self.app.coursedir.root)

    @property
    def db_url(self) -> str:
        """Where the grade book is."""
        return str(self.app.coursedir.db_url)

    def log_to(self, file: Path) -> None:
        """Write what nbgrader says to a file, and not on the terminal.

        Args:
            file: what it says is added to it.
        """
        handler = logging.FileHandler(file)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        self.app.log.handlers[:] = [handler]
        self.app.log.setLevel(logging.INFO)
        self.app.log.propagate = False

    @contextmanager
    def gradebook(self) -> Iterator[Gradebook]:
        """The grade book, for as long as it is needed.

        Raises:
            Interrupted: it is out of reach.
        """
        with reached(), Gradebook(self.db_url, self.app.coursedir.course_id) as book:
            yield book

    def check_gradebook(self) -> None:
        """See that the grade book can be read, and is of today's schema.

        Raises:
            CannotGrade: it is not; nothing in it was changed.
        """
        file = self.db_url.partition("sqlite:///")[2]
        if file and not Path(file).exists():
            raise CannotGrade(NO_BOOK)
        try:
            engine = create_engine(self.db_url)
            try:
                with engine.connect() as connection:
                    tables = inspect(connection).get_table_names()
                    found = (
                        connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
                        if "alembic_version" in tables
                        else None
                    )
            finally:
                engine.dispose()
        except ImportError as error:
            raise CannotGrade(NO_DRIVER.format(error=error)) from error
        except SQLAlchemyError as error:
            raise CannotGrade(f"The grade book cannot be opened: {_why(error)}") from error
        if not tables:
            raise CannotGrade(NO_BOOK)
        if found != (wanted := _schema()):
            raise CannotGrade(
                f"The grade book is of another schema ({found or 'from before nbgrader 0.5'}) than "
                f"this nbgrader's ({wanted}). Keep a copy of it, then: nbgrader db upgrade"
            )

    def notebooks(self, assignment: str) -> set[str]:
        """The names of an assignment's notebooks.

        Args:
            assignment: its name.

        Raises:
            CannotGrade: the grade book knows of no such assignment.
        """
        with self.gradebook() as book:
            known = {a.name: {n.name for n in a.notebooks} for a in book.assignments}
        if known.get(assignment):
            return known[assignment]
        source = self.root / self.app.coursedir.source_directory
        if (source / assignment).is_dir():
            raise CannotGrade(
                f"The grade book does not know {assignment!r} yet. First: nbgrader "
                f"generate_assignment {assignment}"
            )
        there = sorted({*known, *(folder.name for folder in source.glob("*/"))})
        raise CannotGrade(
            f"There is no assignment {assignment!r}. There are: {', '.join(there) or 'none'}"
        )

    def submitted(self, assignment: str, wanted: Sequence[str] = ()) -> list[str]:
        """The ids of the students who have handed in an assignment.

        Args:
            assignment: its name.
            wanted: only these; else all.

        Raises:
            CannotGrade: there is no submission, or one that is wanted is not there.
        """
        places = self.app.coursedir
        pattern = places.format_path(places.submitted_directory, "*", assignment)
        folders = sorted(Path("/").glob(pattern.lstrip("/")))
        depth = pattern.split("/").index("*")
        found = [folder.parts[depth] for folder in folders if folder.is_dir()]
        if not found:
            raise CannotGrade(f"Nobody has handed in {assignment!r}: nothing is at {pattern}")
        for name in wanted:
            if name not in found:
                close = difflib.get_close_matches(name, found, 3)
                also = f" Did you mean {' or '.join(close)}?" if close else ""
                raise CannotGrade(f"{name!r} has not handed in {assignment!r}.{also}")
        return [name for name in found if not wanted or name in wanted]

    def submission(self, assignment: str, student: str) -> str:
        """What a submission's files follow from: it changes with each of them.

        Args:
            assignment: its name.
            student: who has handed it in.
        """
        places = self.app.coursedir
        folder = places.format_path(places.submitted_directory, student, assignment)
        return _digest(folder, utils.find_all_files(folder, places.ignore))

    def tests(self, assignment: str) -> str:
        """What an assignment's tests follow from: the grade book, `source/`, this very code.

        Args:
            assignment: its name.
        """
        places = self.app.coursedir
        source = places.format_path(places.source_directory, ".", assignment)
        beside = utils.find_all_files(source, [*places.ignore, "*.ipynb"])
        told: list[Any] = [code(), _digest(source, beside)]
        with self.gradebook() as book:
            for notebook in book.find_assignment(assignment).notebooks:
                worth = {c.name: c.max_score for c in (*notebook.grade_cells, *notebook.task_cells)}
                for cell in sorted(notebook.source_cells, key=lambda cell: cell.name):
                    about = (cell.name, cell.cell_type, cell.source, cell.locked, cell.checksum)
                    told.append([notebook.name, *about, worth.get(cell.name)])
                told.append(instructors_order(Path(source, f"{notebook.name}.ipynb")))
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    def late(self, assignment: str) -> dict[str, float]:
        """By how many seconds each submission is late that the grade book knows.

        Args:
            assignment: its name.
        """
        with self.gradebook() as book:
            known = book.db.query(SubmittedAssignment).join(Assignment)
            return {
                each.student_id: float(each.total_seconds_late)
                for each in known.filter(Assignment.name == assignment)
            }

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Be in the course's folder, as nbgrader's converters are, with one database engine.

        nbgrader makes a new one each time that it looks into the grade book, and compiles each
        question to it anew, which is half of all the time that it takes.
        """
        before, make = os.getcwd(), api.create_engine
        os.chdir(self.root)
        api.create_engine = functools.cache(make)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SAWarning)  # nbgrader's own, of no harm
                yield
        finally:
            api.create_engine = make
            os.chdir(before)


@contextmanager
def reached() -> Iterator[None]:
    """Tell in a sentence that the grade book is out of reach, where that makes something fail.

    Raises:
        Interrupted: it is.
    """
    try:
        yield
    except Exception as error:
        if why := lost(error):
            raise Interrupted(why) from error
        raise


def lost(error: BaseException | None) -> str:
    """Why the grade book is out of reach, where that is behind an error; else empty.

    Args:
        error: nbgrader's own, which often stands for the database's.
    """
    while error is not None:
        # What is not to its liking in one submission is not the grade book's fault.
        if isinstance(error, DBAPIError) and not isinstance(error, DataError | IntegrityError):
            return UNREADABLE.format(why=_why(error))
        error = error.__cause__ or error.__context__
    return ""


def _why(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or error).strip()


def _digest(folder: str, names: Sequence[str]) -> str:
    digest = hashlib.sha256()
    for name in sorted(names):
        content = hashlib.sha256(Path(name).read_bytes()).digest()
        digest.update(os.fsencode(os.path.relpath(name, folder)) + b"\0" + content)
    return digest.hexdigest()


def _schema() -> str:
    """The version of today's schema: of nbgrader's migrations, the one that none follows.

    Their files are read, since to import Alembic takes as long as all else that is looked at.
    """
    texts = [file.read_text() for file in Path(ALEMBIC_DIR, "versions").glob("*.py")]
    own, before = (
        {found[1] for text in texts if (found := re.search(pattern, text, re.MULTILINE))}
        for pattern in (r"^revision = ['\"](\w+)", r"^down_revision = ['\"](\w+)")
    )
    (last,) = own - before
    return last
