"""A small class, through the whole cycle of stock nbgrader commands, from release to feedback."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook

from autograder.grading.bank import PREFIX, Case
from autograder.grading.command import nbgrader
from autograder.grading.export import points
from dockerlab import paths
from dockerlab.errors import CommandFailed, DockerLabError

CASES = ("broken", "empty", "half-right", "solution", "typical-mistakes")


class RealClass(DockerLabError):
    """The folder holds the work of real students."""


@dataclass(frozen=True)
class Mark:
    """What came of one submission.

    Attributes:
        student: their id.
        points: of each graded cell, None where a person has to read it.
        outcome: in words; "graded" where nothing is left to do.
    """

    student: str
    points: dict[str, float | None]
    outcome: str


@dataclass(frozen=True)
class DemoClass:
    """A class whose students hand in cases of the bank of answers.

    Attributes:
        root: the course's folder, as it was cloned.
        assignment: what they hand in.
        names: of the cases.
    """

    root: Path
    assignment: str
    names: Sequence[str] = CASES

    @property
    def cases(self) -> dict[str, Case]:
        """What each student hands in, by their ids."""
        made = [Case(self.root, self.assignment, name) for name in self.names]
        return {case.student: case for case in made}

    @property
    def students(self) -> list[str]:
        """Their ids."""
        return list(self.cases)

    @property
    def workplace(self) -> Path:
        """The folder that holds a home for each student, and the log."""
        return self.root / "build/class"

    @property
    def log(self) -> Path:
        """What the commands said."""
        return self.workplace / "nbgrader.log"

    def run(self, step: Callable[[str], None]) -> list[Mark]:
        """Go through the whole cycle. Earlier runs are replaced.

        Args:
            step: told what comes next.

        Raises:
            RealClass: there are other students than the demonstration's.
            CommandFailed: an nbgrader command failed that should not.
        """
        self._refuse_real_class()
        shutil.rmtree(self.workplace, ignore_errors=True)
        self.workplace.mkdir(parents=True)
        name = self.assignment
        step("generate the students' version, and release it")
        self._nbgrader("generate_assignment", name, "--force")
        self._nbgrader("release_assignment", name, "--force")
        for student, case in self.cases.items():
            step(f"{student} fetches, works, submits")
            self._as_student(student, "fetch_assignment", name)
            case.hand_in(self._home(student) / name)
            self._as_student(student, "submit", name)
        step("collect")
        self._nbgrader("collect", name, "--update")
        refusals = {}
        for student in self.students:
            step(f"grade {student}")
            refusals[student] = self._grade(student)
        step("write the feedback, and return it")
        graded = [student for student, refusal in refusals.items() if not refusal]
        if graded:  # else the commands would complain that there is nothing
            self._nbgrader("generate_feedback", name, "--force")
            self._nbgrader("release_feedback", name)
        for student in graded:
            self._as_student(student, "fetch_feedback", name)
        step("export the grade book")
        self._nbgrader("export", f"--to={self.workplace / 'grades.csv'}")
        return list(self._marks(refusals))

    def gradebook(self) -> Gradebook:
        """nbgrader's grade book of this folder, to be closed after use."""
        return Gradebook(f"sqlite:///{self.root / 'gradebook.db'}", "docker-live")

    def feedback(self, student: str) -> Path:
        """The folder that holds a student's feedback pages."""
        return self.root / "feedback" / student / self.assignment

    def _grade(self, student: str) -> str:
        """Grade a submission; what is returned says why it could not be."""
        try:
            self._nbgrader("autograde", self.assignment, f"--student={student}", "--force")
        except CommandFailed as error:
            refusal = re.search(r"ERROR\] (Not graded.*)", error.stderr)
            if refusal is None:
                raise
            return refusal[1]
        return ""

    def _marks(self, refusals: dict[str, str]) -> Iterator[Mark]:
        with self.gradebook() as gradebook:
            for student, refusal in refusals.items():
                if refusal:
                    yield Mark(student, {}, refusal)
                    continue
                (notebook,) = gradebook.find_submission(self.assignment, student).notebooks
                got = points(notebook)
                waits = None in got.values()
                yield Mark(student, got, "a person has to grade one cell" if waits else "graded")

    def _refuse_real_class(self) -> None:
        found = {folder.name for folder in (self.root / "submitted").glob("*")}
        inbound = self.root / "exchange/docker-live/inbound"
        found |= {folder.name.partition("+")[0] for folder in inbound.glob("*+*")}
        if (self.root / "gradebook.db").exists():
            with self.gradebook() as gradebook:
                found |= {student.id for student in gradebook.students}
        real = sorted(student for student in found if not student.startswith(PREFIX))
        if real:
            raise RealClass(
                f"This folder holds a real class ({', '.join(real[:3])}…), and the demonstration "
                "would mix with it. Run it in a fresh clone."
            )

    def _home(self, student: str) -> Path:
        home = self.workplace / student
        home.mkdir(parents=True, exist_ok=True)
        return home

    def _as_student(self, student: str, *command: str) -> None:
        home = self._home(student)
        self._nbgrader(
            *command,
            f"--student={student}",
            f"--Exchange.cache={home / 'cache'}",
            f"--Exchange.assignment_dir={home}",
        )

    def _nbgrader(self, *command: str) -> None:
        nbgrader(self.root, self.log, *command)


def here() -> DemoClass:
    """The demonstration of the assignment `containers`, in the folder that was cloned."""
    return DemoClass(paths.course().parent, "containers")
