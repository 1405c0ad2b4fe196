"""A class of five goes through the whole cycle, and each submission earns exactly its points."""

import csv
from dataclasses import replace

import copied_course
import inventory
import pytest

from autograder.grading import demo
from autograder.grading.proof import compare, shown
from autograder.sandbox import SandboxHost
from dockerlab import images

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return copied_course.copy(tmp_path_factory.mktemp("class"))


@pytest.fixture(scope="module")
def marks(client, labels, course):
    images.ensure(client, ["mariadb", "busybox", "httpd", "nginx"])
    with SandboxHost():  # its image is not the class's
        pass
    client.containers.create("busybox", labels=labels)  # somebody else's
    before = inventory.take(client)
    steps = []
    marks = {mark.student: mark for mark in course.run(steps.append)}
    assert inventory.take(client) == before  # foreign objects stay, and nothing else is left
    assert len(steps) == 4 + 2 * len(marks)  # what the progress counts on
    return marks


@pytest.mark.parametrize("student", [f"demo-{name}" for name in demo.CASES])
def test_each_submission_earns_its_points_and_is_told_what_is_wrong(course, marks, student):
    mark, case = marks[student], course.cases[student]
    assert mark.points == case.expected.points
    if case.expected.outcome == "not graded":
        assert mark.outcome.startswith("Not graded")
        assert all(word in mark.outcome for word in case.expected.message)
    else:
        graded = course.root / f"autograded/{student}/containers/containers.ipynb"
        assert list(compare(case, mark.points, shown(graded))) == []


def test_the_solution_gets_all_points_once_a_person_has_read_the_explanation(course, marks):
    student = "demo-solution"
    assert marks[student].outcome == "a person has to grade one cell"
    with course.gradebook() as gradebook:
        grade = gradebook.find_grade("explain", "containers", "containers", student)
        grade.manual_score, grade.needs_manual_grade = 3, False
        gradebook.db.commit()
        submission = gradebook.find_submission("containers", student)
        assert (submission.score, submission.max_score) == (20, 20)


def test_the_students_have_their_feedback(course, marks):
    pages = list(course.workplace.glob("*/containers/feedback/*/containers.html"))
    assert {page.parents[3].name for page in pages} == set(marks) - {"demo-broken"}


def test_a_broken_notebook_is_kept_and_has_no_score_not_even_zero(course, marks):
    kept = course.root / "submitted/demo-broken/containers/containers.ipynb"
    assert (
        kept.read_bytes() == (course.cases["demo-broken"].folder / "containers.ipynb").read_bytes()
    )
    with (course.workplace / "grades.csv").open() as file:
        scores = {row["student_id"]: row["score"] for row in csv.DictReader(file)}
    assert scores["demo-broken"] == ""
    assert scores["demo-empty"] == "0.0"
    assert "Traceback" not in course.log.read_text()


@pytest.mark.slow
def test_a_second_run_replaces_the_first(tmp_path, client):
    course = replace(copied_course.copy(tmp_path), names=("broken", "empty"))
    first = course.run(lambda step: None)
    assert course.run(lambda step: None) == first


def test_a_folder_with_a_real_class_is_left_as_it_is(tmp_path):
    course = copied_course.copy(tmp_path)
    work = tmp_path / "submitted/ann/containers/containers.ipynb"
    work.parent.mkdir(parents=True)
    work.write_text("her work")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(demo.RealClass, match=r"ann.*fresh clone"):
        course.run(lambda step: None)
    assert sorted(tmp_path.rglob("*")) == before
