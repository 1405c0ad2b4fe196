"""Whatever dies while a class is graded: after a rerun all have their points, and nothing is left.

The student's own kernel is killed only before any cell has run. Later it costs the cell that runs,
and must: nobody can tell such a kernel from one that the student's code has ended.
"""

import sqlite3

import copied_course
import leftovers
import pytest
from handed_in import SUBMISSIONS, hand_in
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from own_engine import OwnEngine
from storm import KINDS, Storm, schedule

from autograder.sandbox import SandboxHost
from autograder.sandbox.store import Store
from dockerlab import paths

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's


def a_class(folder, students):
    course = copied_course.copy(folder)
    done = copied_course.nbgrader(course.root, "generate_assignment", "containers")
    assert done.returncode == 0, done.stderr
    hand_in(course, students)
    return course


def golden_disk(home):
    with Store(home).opened() as store:
        (golden,) = store.mount.glob("golden-*")
        return leftovers.fingerprint(golden)


def check(course, students, storm, home):
    """All have exactly their points, as formgrader sees them, and nothing is left."""
    assert not leftovers.find(storm.client, home, storm.graders, storm.seen), storm.story()
    with course.gradebook() as gradebook:
        for student in students:
            (notebook,) = gradebook.find_submission("containers", student).notebooks
            points = {grade.name: pytest.approx(grade.score) for grade in notebook.grades}
            assert len(notebook.grades) == len(points)
            assert points == SUBMISSIONS[student].grades, f"{student}\n{storm.story()}"
            graded = course.root / f"autograded/{student}/containers"
            shown = "".join(copied_course.shown(graded / "containers.ipynb").values())
            assert "KernelDied" not in shown
            assert (graded / "thoughts.txt").read_text() == f"{student}'s own notes"
    api = NbGraderAPI(CourseDirectory(root=str(course.root), course_id="docker-live"))
    seen = {shown["student"]: shown for shown in api.get_submissions("containers")}
    for student in students:
        assert seen[student]["autograded"]
        assert seen[student]["score"] == pytest.approx(sum(SUBMISSIONS[student].grades.values()))
    database = sqlite3.connect(course.root / "gradebook.db")
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    for table, each in (("submitted_assignment", 1), ("submitted_notebook", 1), ("grade", 6)):
        (count,) = database.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
        assert count == each * len(students), table
    database.close()


def test_a_kill_of_each_main_kind_costs_nobody_a_point(tmp_path, client):
    students = ["ann", "bea"]
    with SandboxHost():
        golden = golden_disk(paths.home())
    course = a_class(tmp_path, students)
    kinds = ("sandbox", "dockerd", "judge", "kernel", "grader")
    kills = schedule(7, dict.fromkeys(kinds, 1), longest=3)
    storm = Storm(tmp_path, client, kills, lambda: None, tmp_path / "log")
    storm.run()
    check(course, students, storm, paths.home())
    assert golden_disk(paths.home()) == golden


@pytest.mark.slow
def test_thirty_two_kills_while_ten_are_graded_cost_nobody_a_point(tmp_path, client):
    seed = 20
    kills = schedule(seed, dict.fromkeys(KINDS, 4), longest=10)
    assert len(kills) >= 30
    with OwnEngine(seed) as own:
        golden = golden_disk(own.home)
        course = a_class(tmp_path, SUBMISSIONS)
        storm = Storm(
            tmp_path, own.client, kills, own.kill, tmp_path / "log", own.prefix, own.environment
        )
        storm.run()
        print(storm.story())
        check(course, SUBMISSIONS, storm, own.home)
        assert golden_disk(own.home) == golden
        own.client.close()
