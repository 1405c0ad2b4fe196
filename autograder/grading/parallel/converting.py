"""nbgrader's own Autograde, in two halves: what to run, and what to do with what was run.

The second half is stock nbgrader from beginning to end, with the same configuration, except that
the step which runs a submission takes the outputs from a worker's answer.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.writers.files import FilesWriter
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, BaseConverter
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades
from traitlets.utils.importstring import import_item

from autograder.grading import unfinished
from autograder.grading.errors import CannotGrade, Interrupted, NotGraded
from autograder.grading.execute import ExecuteInSandbox
from autograder.grading.parallel.course import lost, reached
from autograder.grading.parallel.jobs import Answer, Job, files, fill_in, shape
from autograder.grading.parallel.versions import code
from autograder.grading.reading import MISNAMED

NOT_OURS = (
    "nbgrader_config.py of this folder does not run submissions by "
    "autograder.grading.ExecuteInSandbox, and nothing else is graded in parallel. Use nbgrader "
    "autograde."
)
CHANGED = "The submission, or its tests, have changed meanwhile."
NO_NOTEBOOK = "Not graded: there is no notebook in what was handed in. Ask for it."
DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)


class Changed(NotGraded):
    """The submission or its tests have changed since it was sent to a worker."""


class Replay(NbGraderPreprocessor):  # type: ignore[misc]
    """Stands for `ExecuteInSandbox`: the submission was run by a worker."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Give the cells their outputs.

        Args:
            nb: the submission, restored.
            resources: nbgrader's.
        """
        if self.parent.parent.answered is None:  # it could not be read, and now it can
            raise Changed(CHANGED)
        job, answer = self.parent.parent.answered
        if answer.refused:
            raise NotGraded(answer.refused)
        name = resources["nbgrader"]["notebook"]
        if name not in job.notebooks or shape(job.notebooks[name]) != shape(nb):
            raise Changed(CHANGED)
        fill_in(nb, answer.outputs[name])
        unfinished.unmark(nb)
        return nb, resources


class SaveAtOnce(SaveAutoGrades):  # type: ignore[misc]
    """nbgrader's `SaveAutoGrades`, with one transaction for a notebook: all its scores, or none."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Put the scores of all cells into the grade book.

        Args:
            nb: the submission, with its outputs.
            resources: nbgrader's.
        """
        told = resources["nbgrader"]
        self.notebook_id, self.assignment_id = told["notebook"], told["assignment"]
        self.student_id, self.db_url = told["student"], told["db_url"]
        with Gradebook(self.db_url) as self.gradebook:
            session = self.gradebook.db
            commit = session.commit
            session.commit = session.flush
            nb, resources = NbGraderPreprocessor.preprocess(self, nb, resources)
            commit()
        return nb, resources


INSTEAD = {ExecuteInSandbox: Replay, SaveAutoGrades: SaveAtOnce}


class _Sanitizing(Autograde):  # type: ignore[misc]
    """The first half: submissions as they are to be run, in a folder that goes away."""

    stage = ""

    def _format_dest(self, assignment_id: str, student_id: str, escape: bool = False) -> str:
        return os.path.join(self.stage, student_id)

    def sanitize(self, assignment: str, student: str, notebooks: list[str]) -> None:
        self._init_preprocessors()
        BaseConverter.init_assignment(self, assignment, student)
        source = self.coursedir.format_path(self.coursedir.source_directory, ".", assignment)
        kept = {Path(source, name) for name in self.exclude_overwriting.get(assignment, [])}
        for file in utils.find_all_files(source, [*self.coursedir.ignore, "*.ipynb"]):
            if Path(file) not in kept:
                to = Path(self._format_dest(assignment, student), os.path.relpath(file, source))
                to.parent.mkdir(parents=True, exist_ok=True)
                to.unlink(missing_ok=True)
                shutil.copy(file, to)
        for notebook in notebooks:
            BaseConverter.convert_single_notebook(self, notebook)


class Converter(Autograde):  # type: ignore[misc]
    """nbgrader's Autograde, for one submission at a time. Use it in the course's folder.

    Attributes:
        found: the folder and the notebooks of each submission, by the students' ids.
        answered: the job of the submission that is being finished, and its answer.
        failure: why the last submission was not graded.
    """

    answered: tuple[Job, Answer] | None = None
    failure: Exception | None = None
    found: dict[str, tuple[str, list[str]]]

    def ready(self) -> None:
        """Find the submissions; what dead graders have left half done goes.

        Raises:
            CannotGrade: there are none, or they are not graded in sandboxes.
        """
        steps = [_step(step) for step in self.autograde_preprocessors]
        if ExecuteInSandbox not in steps:
            raise CannotGrade(NOT_OURS)
        self.force = True
        try:
            self.init_notebooks()
        except NbGraderException as error:
            raise CannotGrade(str(error)) from error
        self.found = {self._student(path): (path, n) for path, n in self.assignments.items()}
        self.writer = FilesWriter(parent=self, config=self.config)
        self.exporter = self.exporter_class(parent=self, config=self.config)
        self._sanitizer = _Sanitizing(coursedir=self.coursedir, parent=self.parent)
        self._sanitizer.writer = FilesWriter(parent=self._sanitizer, config=self.config)
        self._sanitizer.exporter = self._sanitizer.exporter_class(
            parent=self._sanitizer, config=self.config
        )

    def job(self, assignment: str, student: str, known: set[str]) -> Job:
        """What a worker has to run.

        Args:
            assignment: its name.
            student: whose submission it is.
            known: the names of the assignment's notebooks.

        Raises:
            NotGraded: the submission cannot be read.
        """
        if student not in self.found:
            raise NotGraded(NO_NOTEBOOK)
        found = [n for n in sorted(self.found[student][1]) if Path(n).stem in known]
        if not found:
            raise NotGraded(MISNAMED)
        needs = Path(
            self.coursedir.format_path(self.coursedir.source_directory, ".", assignment),
            "needs.toml",
        )
        with tempfile.TemporaryDirectory(prefix="docker-live-stage-") as stage:
            self._sanitizer.stage = stage
            try:
                self._sanitizer.sanitize(assignment, student, found)
            except NotGraded:
                raise
            except Exception as error:  # as nbgrader: whatever it is, it is this submission's
                if why := lost(error):
                    raise Interrupted(why) from error
                raise NotGraded(f"Not graded: {str(error) or type(error).__name__}") from error
            staged = Path(stage, student)
            return Job(
                assignment,
                student,
                needs.read_text(encoding="utf-8") if needs.exists() else None,
                {
                    Path(name).stem: nbformat.read(staged / Path(name).name, as_version=4)
                    for name in found
                },
                files(staged),
                code(),
            )

    def finish(self, student: str, job: Job | None, answer: Answer | None) -> str:
        """Grade a submission that was run: nbgrader's own steps, from the first to the last.

        Args:
            student: whose it is.
            job: what was run; None where it could not be read.
            answer: what came of it.

        Returns:
            Why it could not be graded; empty where it is.

        Raises:
            Changed: it is not what was run, any more.
            Interrupted: the disk is full, or the grade book cannot be written.
        """
        if student not in self.found:
            return NO_NOTEBOOK
        self.answered = (job, answer) if job and answer else None
        self.failure = None
        path, notebooks = self.found[student]
        self.assignments = {path: notebooks}
        try:
            self.convert_notebooks()
        except NbGraderException as error:
            cause = self.failure or error
            if isinstance(cause, Changed):
                raise cause from None
            if isinstance(cause, NotGraded):
                return str(cause)
            if "No notebooks found" in str(cause):
                return MISNAMED
            if isinstance(cause, OSError) and cause.errno in DISK:
                raise Interrupted(f"The grades cannot be written: {cause}") from error
            if why := lost(cause):
                raise Interrupted(why) from error
            return f"Not graded: {str(cause) or type(cause).__name__}"
        return ""

    def late(self, assignment: str, student: str, notebooks: set[str]) -> None:
        """Reckon the penalty anew for a submission whose deadline was moved.

        Args:
            assignment: its name.
            student: whose it is.
            notebooks: the names of the assignment's notebooks.

        Raises:
            Interrupted: the grade book is out of reach.
        """
        steps = [step for step in map(_step, self.autograde_preprocessors) if _is_penalty(step)]
        for name in notebooks:
            told = {"student": student, "assignment": assignment, "notebook": name}
            resources = {"nbgrader": {**told, "db_url": self.coursedir.db_url}}
            for step in steps:
                with contextlib.suppress(MissingEntry), reached():
                    step(parent=self.exporter).preprocess(nbformat.v4.new_notebook(), resources)

    def convert_notebooks(self) -> None:
        """Convert what is to be converted, and remember why that fails."""
        with _kept_failures(self):
            super().convert_notebooks()

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """nbgrader's, with its failures remembered."""
        with _kept_failures(self):
            super().init_assignment(assignment_id, student_id)

    def convert_single_notebook(self, notebook_filename: str) -> None:
        """nbgrader's, with its failures remembered."""
        with _kept_failures(self):
            super().convert_single_notebook(notebook_filename)

    def _init_preprocessors(self) -> None:
        self.exporter._preprocessors = []
        chosen = self.sanitize_preprocessors if self._sanitizing else self.autograde_preprocessors
        for step in map(_step, chosen):
            self.exporter.register_preprocessor(INSTEAD.get(step, step))

    def _student(self, path: str) -> str:
        pattern = self._format_source("(?P<assignment>.*)", "(?P<student>.*)", escape=True)
        told = re.match(pattern, path)
        if told is None:
            raise CannotGrade(f"{path} is not where nbgrader's directory_structure has it.")
        return told["student"]


@contextlib.contextmanager
def _kept_failures(converter: Converter) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        converter.failure = converter.failure or error
        raise


def _step(step: Any) -> Any:
    return import_item(step) if isinstance(step, str) else step


def _is_penalty(step: Any) -> bool:
    return isinstance(step, type) and "AssignLatePenalties" in [c.__name__ for c in step.__mro__]
