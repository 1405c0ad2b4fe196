"""A class of five goes through the whole cycle, and each submission earns exactly its points."""

import csv
import json
import shutil

import copied_course
import inventory
import pytest
import yaml

from autograder.grading import demo
from autograder.sandbox import SandboxHost
from dockerlab import images

BANK = copied_course.REPO / "tests/submissions/containers"
CASES = sorted(case.name for case in BANK.iterdir())
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = copied_course.copy(tmp_path_factory.mktemp("class"))
    solution = course.bank / "solution"
    solution.mkdir()
    shutil.copy(course.root / "source/containers/containers.ipynb", solution)
    return course


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


def expected(case):
    return yaml.safe_load((BANK / case / "expected.yml").read_text())


@pytest.mark.parametrize("case", CASES)
def test_each_submission_earns_exactly_its_points(course, marks, case):
    mark, wanted = marks[f"demo-{case}"], expected(case)
    assert mark.points == wanted.get("points", {})
    if wanted["outcome"] == "not graded":
        assert mark.outcome.startswith("Not graded")
        assert all(word in mark.outcome for word in wanted["message"])


@pytest.mark.parametrize("case", [c for c in CASES if "hints" in expected(c)])
def test_the_feedback_says_what_is_wrong_and_where_to_look(course, marks, case):
    graded = course.root / f"autograded/demo-{case}/containers/containers.ipynb"
    shown = copied_course.shown(graded)
    for cell, words in expected(case)["hints"].items():
        for word in words:
            assert word in shown[cell], cell


@pytest.mark.parametrize("student", ["demo-solution", "demo-right"])
def test_the_solution_gets_all_points_once_a_person_has_read_the_explanation(
    course, marks, student
):
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
    assert kept.read_bytes() == (BANK / "broken/containers.ipynb").read_bytes()
    with (course.workplace / "grades.csv").open() as file:
        scores = {row["student_id"]: row["score"] for row in csv.DictReader(file)}
    assert scores["demo-broken"] == ""
    assert scores["demo-empty"] == "0.0"
    assert "Traceback" not in course.log.read_text()


@pytest.mark.slow
def test_a_second_run_replaces_the_first(tmp_path, client):
    course = copied_course.copy(tmp_path)
    for case in CASES:
        if case not in ("broken", "empty"):
            shutil.rmtree(course.bank / case)
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


def test_the_bank_hands_in_the_version_that_students_get_today():
    released = notebook(copied_course.REPO / "release/containers/containers.ipynb")
    assert notebook(BANK / "empty/containers.ipynb") == released
    for case in set(CASES) - {"broken", "empty"}:
        locked = [cell for cell in notebook(BANK / case / "containers.ipynb") if is_locked(cell)]
        assert locked == [cell for cell in released if is_locked(cell)]


def notebook(path):
    return json.loads(path.read_text())["cells"]


def is_locked(cell):
    return cell["metadata"].get("nbgrader", {}).get("locked", False)
