"""A class graded in parallel gets what stock nbgrader gives it, and nothing is graded twice."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
import small_class
from alembic.config import Config
from alembic.script import ScriptDirectory
from nbgrader.apps import AutogradeApp
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.dbutil import ALEMBIC_DIR

from autograder.grading import execute
from autograder.grading.errors import CannotGrade, Interrupted
from autograder.grading.parallel import converting, course
from autograder.grading.parallel.coordinator import Coordinator
from autograder.grading.parallel.course import Course
from autograder.grading.parallel.jobs import Answer

pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),  # nbgrader's
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
NAME = small_class.NAME


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return small_class.make(tmp_path_factory.mktemp("made"))


@pytest.fixture
def root(made, tmp_path, monkeypatch):
    root = tmp_path / "course"
    shutil.copytree(made, root)
    monkeypatch.chdir(root)
    monkeypatch.setenv("PATH", "/usr/bin")  # nbgrader_config.py changes it
    return root


@pytest.fixture
def runs(monkeypatch):
    """The students whose submissions were run; workers are this very process."""
    return small_class.work_here(monkeypatch)


def stock(*options):
    app = AutogradeApp()
    app.initialize(list(options))
    app.coursedir.assignment_id = NAME
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(converting.Converter, "_init_preprocessors", None)  # not ours
        try:
            Autograde(coursedir=app.coursedir, parent=app).start()
        except NbGraderException:
            return False
    return True


@pytest.mark.parametrize("before", ["nothing", "other answers"])
def test_all_is_as_stock_nbgrader_has_it(root, tmp_path, monkeypatch, runs, before):
    with (root / "nbgrader_config.py").open("a") as config:
        config.write(small_class.PENALTY)
    small_class.book(root, small_class.due)
    small_class.everybody(root)
    other = tmp_path / "stock"
    shutil.copytree(root, other, symlinks=True)
    monkeypatch.chdir(other)
    assert not stock()
    if before == "other answers":  # graded, read by a person, and handed in anew

        def read(book):
            found = book.find_grade("one-explain", "one", NAME, "ann")
            found.manual_score, found.needs_manual_grade = 2, False

        small_class.book(other, read)
        shutil.rmtree(root)
        shutil.copytree(other, root, symlinks=True)
        for place in (root, other):
            small_class.hand_in(place, "ann", "right", when="2026-01-04 10:00:00 UTC")
        stock("--force")
    monkeypatch.chdir(root)
    _, results = small_class.grade()
    assert small_class.tree(root) == small_class.tree(other)
    assert small_class.grades(root) == small_class.grades(other)
    why = {result.student: result.why for result in results}
    assert {name for name, said in why.items() if said} == {"eve", "gus", "hal"}
    assert why["gus"] == "Not graded, since the engine failed"
    assert "is not a notebook" in why["eve"]
    assert "has the name that was released" in why["hal"]
    folders = {path.name for path in (root / "autograded").iterdir()}
    assert folders == {path.name for path in (other / "autograded").iterdir()}
    assert "bob" in {row[0] for row in small_class.grades(root) if row[3]}  # the late one pays


def test_only_what_is_new_or_has_changed_is_graded(root, runs):
    for name in ("ann", "bob"):
        small_class.hand_in(root, name, "right")
    plan, _ = small_class.grade()
    assert plan.grade == {"ann": "not graded yet", "bob": "not graded yet"}
    small_class.hand_in(root, "cleo", "right")
    small_class.hand_in(root, "bob", "right right")
    plan, results = small_class.grade()
    assert plan.grade == {"bob": "handed in anew", "cleo": "not graded yet"}
    assert {r.student: r.score for r in results} == {"bob": 4, "cleo": 2}
    assert small_class.grade()[0].grade == {}
    assert small_class.grade(students=["ann"], force=True)[0].grade == {"ann": "once more"}
    assert runs == ["ann", "bob", "bob", "cleo", "ann"]


def test_changed_tests_are_run_for_all_and_a_moved_deadline_runs_nothing(root, runs):
    with (root / "nbgrader_config.py").open("a") as config:
        config.write(small_class.PENALTY)
    small_class.hand_in(root, "ann", "right", when="2026-01-03 10:00:00 UTC")
    small_class.hand_in(root, "bob", "right", when="2026-01-01 10:00:00 UTC")
    small_class.book(root, small_class.due)
    small_class.grade()
    small_class.book(root, lambda book: small_class.due(book, "2026-01-02 22:00:00 UTC"))
    plan, _ = small_class.grade()
    assert (plan.grade, plan.late) == ({}, ["ann"])
    penalties = {row[0]: row[3] for row in small_class.grades(root)}
    assert penalties == {"ann": 0.5, "bob": None}
    assert small_class.grade()[0].late == []
    (root / "source/small/data.csv").write_text("a,b,c\n")
    plan, _ = small_class.grade()
    assert set(plan.grade.values()) == {"other tests"}
    assert runs == ["ann", "bob"] * 2


def test_what_a_worker_gave_back_is_not_lost_with_the_coordinator(root, runs, monkeypatch):
    small_class.hand_in(root, "ann", "right")
    small_class.hand_in(root, "bob", "right right")

    def die(self, *whatever):
        raise SystemExit  # as by a kill: between the answer and the grade book

    with monkeypatch.context() as patch:
        patch.setattr(converting.Converter, "finish", die)
        with pytest.raises(SystemExit):
            small_class.grade()
    assert not (root / "autograded").exists()
    plan, results = small_class.grade(resume=True)
    assert runs == ["ann", "bob"]  # ann's was run before
    assert {r.student: r.score for r in results} == {"ann": 2, "bob": 4}
    assert set(plan.grade) == {"ann", "bob"}


def test_a_forced_run_that_was_cut_off_goes_on_where_it_ended(root, runs):
    for name in ("ann", "bob", "cleo"):
        small_class.hand_in(root, name, "right")
    small_class.grade()
    through = []
    with pytest.raises(Interrupted):
        small_class.grade(small_class.Watch(through.append), lambda: bool(through), force=True)
    assert runs == ["ann", "bob", "cleo", "ann"]
    small_class.grade(resume=True)
    assert runs == ["ann", "bob", "cleo", "ann", "bob", "cleo"]
    assert small_class.grade(resume=True)[0].grade == {}


def test_a_submission_that_changes_meanwhile_is_graded_as_it_is_now(root, runs, monkeypatch):
    small_class.hand_in(root, "ann", "right")
    real = small_class.pretended

    def change(*arguments, **options):
        small_class.hand_in(root, "ann", "right right")
        return real(*arguments, **options)

    monkeypatch.setattr(execute, "run", change)
    _, results = small_class.grade()
    assert [r.score for r in results] == [4]
    assert runs == ["ann", "ann"]
    assert small_class.grade()[0].grade == {}


def test_a_grade_book_made_anew_has_all_graded_again(root, runs, made):
    small_class.hand_in(root, "ann", "right")
    small_class.grade()
    shutil.copy(made / "gradebook.db", root / "gradebook.db")
    assert small_class.grade()[0].grade == {"ann": "not in the grade book"}


def test_what_could_not_be_graded_is_tried_again_and_is_no_zero(root, runs, monkeypatch):
    small_class.hand_in(root, "gus", "engine failed")
    _, (result,) = small_class.grade()
    assert (result.score, result.why) == (None, "Not graded, since the engine failed")
    assert {row[5] for row in small_class.grades(root)} == {None}
    small_class.hand_in(root, "gus", "right")
    _, (result,) = small_class.grade()
    assert (result.score, result.why) == (2, "")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda root: (root / "nbgrader_config.py").unlink(), "no nbgrader_config.py"),
        (lambda root: (root / "gradebook.db").unlink(), "There is no grade book yet"),
        (lambda root: (root / "gradebook.db").write_bytes(b"x" * 5000), "cannot be opened"),
        (lambda root: shutil.rmtree(root / "submitted"), "Nobody has handed in 'small'"),
        (
            lambda root: (root / "nbgrader_config.py").write_text("c = get_config()"),
            "does not run submissions by",
        ),
    ],
)
def test_what_cannot_be_graded_is_told_and_nothing_is_changed(root, runs, spoil, words):
    small_class.hand_in(root, "ann", "right")
    spoil(root)
    with pytest.raises(CannotGrade, match=words):
        small_class.grade()
    assert not (root / "autograded").exists()


def test_names_that_do_not_exist_are_told_with_those_that_do(root):
    small_class.hand_in(root, "annika", "right")
    here = Course.here()
    with pytest.raises(CannotGrade, match=r"no assignment 'smal'. There are: small"):
        here.notebooks("smal")
    with pytest.raises(
        CannotGrade, match=r"'anika' has not handed in 'small'. Did you mean annika"
    ):
        here.submitted(NAME, ["anika"])
    (root / "source/later").mkdir()
    with pytest.raises(CannotGrade, match="nbgrader generate_assignment later"):
        here.notebooks("later")


def test_an_older_grade_book_is_left_as_it_is(root):
    small_class.hand_in(root, "ann", "right")
    here = Course.here()

    def older(book):
        book.db.connection().exec_driver_sql("UPDATE alembic_version SET version_num = 'old'")

    small_class.book(root, older)
    before = (root / "gradebook.db").read_bytes()
    with pytest.raises(CannotGrade, match="nbgrader db upgrade"):
        here.check_gradebook()
    assert (root / "gradebook.db").read_bytes() == before


def test_the_schema_of_today_is_the_one_that_alembic_finds():
    settings = Config()
    settings.set_main_option("script_location", ALEMBIC_DIR)
    assert course._schema() == ScriptDirectory.from_config(settings).get_current_head()


def test_two_coordinators_do_not_grade_the_same_class(root):
    coordinator = Coordinator(Course.here(), NAME)
    other = Coordinator(Course.here(), NAME).records.held()
    with coordinator.records.held(), pytest.raises(CannotGrade, match="Another process"):
        other.__enter__()


def test_a_score_that_cannot_be_saved_leaves_none_of_the_others(root, runs, monkeypatch):
    small_class.hand_in(root, "ann", "right right")
    small_class.grade()
    small_class.hand_in(root, "ann", "right")
    before = small_class.grades(root)
    real = converting.SaveAtOnce._add_comment

    def full(self, cell, resources):
        real(self, cell, resources)
        if cell.metadata.nbgrader.grade_id == "one-explain":
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(converting.SaveAtOnce, "_add_comment", full)
    with pytest.raises(Interrupted, match="No space left"):
        small_class.grade()
    assert small_class.grades(root) == before
    assert not (root / "autograded/ann/small").exists()
    monkeypatch.undo()
    monkeypatch.chdir(root)
    monkeypatch.setattr(execute, "run", None)  # it was run
    _, (result,) = small_class.grade(resume=True)
    assert result.score == 2


def test_an_answer_about_other_work_is_not_believed(root, runs, monkeypatch):
    small_class.hand_in(root, "ann", "right")
    here = Course.here()
    coordinator = Coordinator(here, NAME)
    with coordinator.records.held():
        plan = coordinator.prepare()
        about = coordinator._about("ann")
        coordinator.records.keep_answer("ann", about, replace(Answer("bob")).packed())
        (result,) = coordinator.run(plan, object(), small_class.Watch(), lambda: False)
    assert (result.score, runs) == (2, ["ann"])
