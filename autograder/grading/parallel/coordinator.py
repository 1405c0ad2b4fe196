"""The process that grades a class: it alone reads submissions, and writes grade book and files."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from autograder.grading import unfinished
from autograder.grading.errors import Interrupted, NotGraded
from autograder.grading.parallel.converting import Changed, Converter
from autograder.grading.parallel.course import Course
from autograder.grading.parallel.jobs import Answer, Job, NotBelieved, Task, believed
from autograder.grading.parallel.records import Record, Records
from autograder.sandbox import limits
from autograder.sandbox.limits import Limits

if TYPE_CHECKING:
    from distributed import Client

ROUNDS = 3  # for submissions that change while they are graded
CHANGING = "Not graded: the submission, or its tests, kept changing meanwhile. Grade it again."


@dataclass(frozen=True)
class Plan:
    """What has to be done.

    Attributes:
        run: the id of the run that does it.
        grade: why a submission has to be graded, by the students' ids.
        late: the students whose work is late by another time than before, and the same else.
        done: how many submissions are graded already.
    """

    run: str
    grade: dict[str, str]
    late: list[str]
    done: int


@dataclass(frozen=True)
class Result:
    """What came of a submission.

    Attributes:
        student: whose it is.
        why: it could not be graded; else empty.
        score: in the grade book; None where it could not be graded.
        most: the score that can be had.
        manual: whether a person has to read a part of it.
        seconds: that running it took.
    """

    student: str
    why: str = ""
    score: float | None = None
    most: float = 0.0
    manual: bool = False
    seconds: float = 0.0


class Watcher(Protocol):
    """What shows how a class is getting on."""

    def doing(self, worker: str, student: str, what: str) -> None:
        """A worker has begun something; nothing, where `what` is empty."""

    def done(self, result: Result) -> None:
        """A submission is through."""


@dataclass
class Coordinator:
    """Grades one assignment of a course.

    Args:
        course: in whose folder this process is.
        assignment: its name.
        students: only these; all, where empty.
        force: whether to grade again what is graded.
        resume: whether to go on with the run that was cut off, as it was called.
    """

    course: Course
    assignment: str
    students: Sequence[str] = ()
    force: bool = False
    resume: bool = False
    records: Records = field(init=False)

    def __post_init__(self) -> None:
        self.records = Records(self.course.root, self.assignment)

    def prepare(self) -> Plan:
        """See what has to be done. To be called once, with the records held.

        Raises:
            CannotGrade: this cannot be graded; nothing has been changed.
        """
        self.course.check_gradebook()
        self._known = self.course.notebooks(self.assignment)
        told = self.records.cut_off() if self.resume else {}
        wanted = self.students or told.get("students") or ()
        force, run = self.force or told.get("force", False), told.get("id") or uuid.uuid4().hex[:12]
        names = self.course.submitted(self.assignment, wanted)
        places = self.course.app.coursedir
        places.assignment_id = self.assignment
        self.course.log_to(self.records.folder / "nbgrader.log")
        self._converter = Converter(coursedir=places, parent=self.course.app)
        self._converter.ready()
        self._tests = self.course.tests(self.assignment)
        late = self.course.late(self.assignment)
        plan = Plan(run, {}, [], 0)
        done = 0
        for name in names:
            if reason := self._reason(name, late, run if force else None):
                plan.grade[name] = reason
            else:
                done += 1
                record = self.records.of(name)
                if record and record.late != late[name]:
                    plan.late.append(name)
        self.records.begin({"id": run, "students": list(wanted), "force": force})
        if force and not told:
            for name in names:
                self.records.drop_answer(name)
        return replace(plan, done=done)

    def run(
        self, plan: Plan, client: Client | None, watch: Watcher, stopped: Callable[[], bool]
    ) -> list[Result]:
        """Do it.

        Args:
            plan: what has to be done.
            client: of the workers; None where all that has to be run was run before.
            watch: told of each step.
            stopped: whether to end early.

        Returns:
            What came of each submission, in the order in which they were done.

        Raises:
            Interrupted: it ended early. What was done is done.
        """
        results = []
        for name in plan.late:
            self._converter.late(self.assignment, name, self._known)
            self._keep_late(name)
        todo = list(plan.grade)
        for last in (*[False] * (ROUNDS - 1), True):
            changed: list[str] = []
            for result in self._round(plan, todo, changed, client, watch, stopped, last):
                watch.done(result)
                results.append(result)
            todo = changed
            if not todo:
                break
            self._tests = self.course.tests(self.assignment)
        self.records.end()
        return results

    @property
    def limits(self) -> Limits:
        """What one submission may use."""
        places = self.course.app.coursedir
        source = places.format_path(places.source_directory, ".", self.assignment)
        return limits.read(Path(source, "needs.toml")).limits

    def waiting(self, plan: Plan) -> bool:
        """Whether a worker is needed: not all was run before this run."""
        return any(not self._kept(name) for name in plan.grade)

    def _round(
        self,
        plan: Plan,
        todo: Sequence[str],
        changed: list[str],
        client: Client | None,
        watch: Watcher,
        stopped: Callable[[], bool],
        last: bool,
    ) -> Iterator[Result]:
        unread: list[Result] = []
        left: list[str] = []

        def finish(name: str, about: Record, job: Job | None, answer: Answer | None) -> Result:
            try:
                return self._finish(name, about, job, answer, plan.run)
            except Changed:
                self.records.drop_answer(name)
                if last:
                    return self._finish(name, about, job, Answer(name, refused=CHANGING), plan.run)
                changed.append(name)
                raise

        abouts: dict[str, Record] = {}

        def jobs() -> Iterator[Task]:
            for name in left:
                abouts[name] = self._about(name)
                try:
                    yield Task(self._converter.job(self.assignment, name, self._known))
                except NotGraded:
                    with contextlib.suppress(Changed):
                        unread.append(finish(name, abouts.pop(name), None, None))

        for name in todo:  # what was run before, and is not in the grade book yet
            if stopped():
                raise Interrupted("Stopped.")
            kept = self._kept(name)
            if kept is None:
                left.append(name)
                continue
            with contextlib.suppress(Changed):
                yield finish(name, self._about(name), *kept)
        if not left:
            return
        assert client is not None  # noqa: S101 - see `waiting`
        from autograder.grading.parallel.dispatch import Dispatch  # Dask: not before it is needed

        dispatch = Dispatch(client, watch.doing, stopped)
        for task, answer, given in dispatch.run(jobs(), len(left)):
            about = abouts.pop(task.student)
            if not answer.refused:
                self.records.keep_answer(task.student, about, given)
            with contextlib.suppress(Changed):
                yield finish(task.student, about, task.job, answer)
            while unread:
                yield unread.pop()
        yield from unread

    def _about(self, name: str) -> Record:
        return Record(self.course.submission(self.assignment, name), self._tests)

    def _kept(self, name: str) -> tuple[Job, Answer] | None:
        """What was run before, and is not in the grade book yet."""
        about = self._about(name)
        given = self.records.answer(name, about.submission, about.tests)
        if given is None:
            return None
        try:
            job = self._converter.job(self.assignment, name, self._known)
            return job, believed(given, job)
        except (NotGraded, NotBelieved):
            self.records.drop_answer(name)
            return None

    def _finish(
        self, name: str, about: Record, job: Job | None, answer: Answer | None, run: str
    ) -> Result:
        self.records.forget(name)
        why = self._converter.finish(name, job, answer)
        told = answer or Answer(name)
        result = Result(name, why, seconds=told.seconds)
        late = 0.0
        if not why:
            result, late = self._scored(result)
        record = replace(
            about,
            late=late,
            outcome="not graded" if why else "graded",
            why=why,
            seconds=told.seconds,
            cpu=told.cpu,
            memory=told.memory,
            worker=told.worker,
            run=run,
            log=told.log,
        )
        self.records.keep(name, record)
        return result

    def _scored(self, result: Result) -> tuple[Result, float]:
        with self.course.gradebook() as book:
            submission = book.find_submission(self.assignment, result.student)
            scored = replace(
                result,
                score=float(submission.score),
                most=float(submission.max_score),
                manual=bool(submission.needs_manual_grade),
            )
            return scored, float(submission.total_seconds_late)

    def _keep_late(self, name: str) -> None:
        record = self.records.of(name)
        if record:
            late = self.course.late(self.assignment)[name]
            self.records.keep(name, replace(record, late=late))

    def _reason(self, name: str, known: dict[str, float], forced: str | None) -> str:
        """Why a submission has to be graded; empty where it has not."""
        record = self.records.of(name)
        if record is None:
            return "not graded yet"
        if record.submission != self.course.submission(self.assignment, name):
            return "handed in anew"
        if record.tests != self._tests:
            return "other tests"
        if record.outcome != "graded":
            return "could not be graded"
        if name not in known or not self._is_there(name):
            return "not in the grade book"
        return "once more" if forced and record.run != forced else ""

    def _is_there(self, name: str) -> bool:
        places = self.course.app.coursedir
        graded = Path(places.format_path(places.autograded_directory, name, self.assignment))
        _, notebooks = self._converter.found.get(name, ("", []))
        files = [graded / Path(n).name for n in notebooks if Path(n).stem in self._known]
        return all(file.exists() and unfinished.is_finished(file) for file in files)
