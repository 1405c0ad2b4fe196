"""A grade book in a PostgreSQL server: as SQLite's, whatever becomes of the server meanwhile."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zlib

import copied_course
import pytest
import small_class
from nbgrader.api import Gradebook
from nbgrader.preprocessors import SaveAutoGrades
from postgresql import Server
from sqlalchemy import create_engine, inspect

from autograder.cli import cli
from autograder.grading import export
from autograder.grading.errors import CannotGrade, Interrupted
from autograder.grading.parallel import converting
from autograder.grading.parallel.coordinator import Coordinator
from autograder.grading.parallel.course import Course
from autograder.grading.proof import compare, shown
from autograder.sandbox import SandboxHost

pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),  # nbgrader's
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
COMMAND = [sys.executable, "-c", "from autograder.cli import main; main()"]
TIMEOUT = 120  # seconds for one command


@pytest.fixture(scope="module")
def server():
    with Server() as server:
        yield server


def move(root, url):
    """Have the course keep its grade book there from now on."""
    with (root / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.CourseDirectory.db_url = {url!r}\n")


@pytest.fixture(scope="module")
def made(server, tmp_path_factory):
    """The small course with SQLite, and the same with PostgreSQL."""
    with_file = small_class.make(tmp_path_factory.mktemp("sqlite"))
    with_server = tmp_path_factory.mktemp("postgresql") / "course"
    shutil.copytree(with_file, with_server)
    (with_server / "gradebook.db").unlink()
    move(with_server, server.database("made"))
    generate = ("generate_assignment", small_class.NAME, "--force")
    small_class.nbgrader(with_server, with_server / "log", *generate)
    return with_file, with_server


@pytest.fixture
def url(server, made, request):
    """Of a database of the test's own."""
    server.stop()
    server.start()  # nobody is in the template then
    return server.database(f"t{zlib.crc32(request.node.name.encode())}", "made")


@pytest.fixture
def root(made, url, tmp_path, monkeypatch):
    """A copy of the course with PostgreSQL; this process is in it, and is all workers."""
    root = tmp_path / "course"
    shutil.copytree(made[1], root)
    move(root, url)
    monkeypatch.chdir(root)
    monkeypatch.setenv("PATH", "/usr/bin")  # nbgrader_config.py changes it
    return root


@pytest.fixture
def runs(monkeypatch):
    """The students whose submissions were run."""
    return small_class.work_here(monkeypatch)


def autograder(*words):
    """Call the command, in this process."""
    cli.main(words, standalone_mode=False)


def test_all_is_as_with_sqlite(made, root, url, runs, tmp_path, monkeypatch):
    other = tmp_path / "sqlite"
    shutil.copytree(made[0], other)
    said = []
    for place, book in ((root, url), (other, "")):
        monkeypatch.chdir(place)
        with (place / "nbgrader_config.py").open("a") as config:
            config.write(small_class.PENALTY)
        small_class.everybody(place)
        small_class.book(place, small_class.due, book)
        plan, first = small_class.grade()
        small_class.hand_in(place, "ann", "right", when="2026-01-04 10:00:00 UTC")
        small_class.book(place, lambda b: small_class.due(b, "2026-01-02 20:00:00 UTC"), book)
        changed, second = small_class.grade()
        said.append([plan, first, changed.grade, changed.late, second])
        for kind in ("csv", "canvas", "moodle"):
            autograder("export", f"--format={kind}", "--preliminary")
        autograder("report", small_class.NAME)
    assert said[0][1:] == said[1][1:]
    assert said[0][0].grade == said[1][0].grade
    assert small_class.grades(root, url) == small_class.grades(other)
    assert small_class.tree(root) == small_class.tree(other)
    for name in ("grades.csv", "canvas.csv", "moodle.csv"):
        lines = [sorted((place / name).read_text().splitlines()) for place in (root, other)]
        assert lines[0] == lines[1]
        assert len(lines[0]) > 5
    pages = [(place / f"report-{small_class.NAME}.html").read_text() for place in (root, other)]
    assert len(pages[0]) == len(pages[1]) > 2000
    assert not (root / "gradebook.db").exists()


@pytest.mark.slow
def test_a_run_that_was_cut_off_goes_on_where_it_ended(root, url, runs):
    for name in ("ann", "bob", "cleo"):
        small_class.hand_in(root, name, "right right")
    seen = []
    with pytest.raises(Interrupted):
        small_class.grade(small_class.Watch(seen.append), stopped=lambda: bool(seen))
    plan, results = small_class.grade(resume=True)
    assert (plan.done, [result.score for result in results]) == (1, [4, 4])
    assert runs == ["ann", "bob", "cleo"]
    assert {row[0] for row in small_class.grades(root, url)} == {"ann", "bob", "cleo"}


MOMENTS = {
    "it is being prepared": (converting._Sanitizing, "sanitize"),
    "it is being entered": (converting.Converter, "init_assignment"),
    "its scores are being saved": (SaveAutoGrades, "_add_comment"),
    "its score is being read": (Coordinator, "_scored"),
}


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(moment, marks=[] if "saved" in moment else [pytest.mark.slow])
        for moment in MOMENTS
    ],
)
def test_a_server_that_dies_costs_nobody_anything(root, url, server, runs, monkeypatch, moment):
    """It does while one submission was graded, and the next is at that point, but for the scores:
    it does between two of them."""
    for name in ("ann", "bob"):
        small_class.hand_in(root, name, "right")
    small_class.grade()
    before = small_class.grades(root, url)
    for name in ("ann", "bob"):
        small_class.hand_in(root, name, "right right")
    owner, name = MOMENTS[moment]
    real, calls = getattr(owner, name), []

    def dies(self, *given):
        calls.append(given)
        if len(calls) == 2:
            server.stop()
        return real(self, *given)

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, dies)
        with pytest.raises(Interrupted, match="The grade book cannot be read and written"):
            small_class.grade()
    server.start()
    after = small_class.grades(root, url)
    small_class.grade(resume=True)
    done = small_class.grades(root, url)
    assert {row[5] for row in done if row[4].endswith("-test")} == {2}
    assert len(runs) == 4
    old, new = of_notebooks(before), of_notebooks(done)
    for which, rows in of_notebooks(after).items():
        assert rows in (old[which], new[which])


def of_notebooks(rows):
    """The rows of each student's each notebook."""
    found = {}
    for row in rows:
        found.setdefault((row[0], row[2]), []).append(row)
    return found


def test_a_server_that_is_down_is_told_and_nothing_is_written(root, server):
    small_class.hand_in(root, "ann", "right")
    there = sorted(root.rglob("*"))
    server.stop()
    try:
        for words in (("report", small_class.NAME), ("export", "--format=csv")):
            with pytest.raises(CannotGrade, match="cannot be opened: connection to server"):
                autograder(*words)
        done = subprocess.run(
            [*COMMAND, "grade", small_class.NAME],
            cwd=root,
            env=small_class.environment(),
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
    finally:
        server.start()
    assert done.returncode == 1
    assert done.stderr.startswith("error: The grade book cannot be opened: connection to server")
    assert "Traceback" not in done.stderr
    assert sorted(root.rglob("*")) == there


def test_what_is_no_grade_book_is_told_and_left_as_it_is(root, url, server, monkeypatch):
    def older(book):
        book.db.connection().exec_driver_sql("UPDATE alembic_version SET version_num = 'old'")

    small_class.book(root, older, url)
    with pytest.raises(CannotGrade, match=r"another schema .* nbgrader db upgrade"):
        Course.here().check_gradebook()
    empty = server.database("empty")
    move(root, empty)
    with pytest.raises(CannotGrade, match="There is no grade book yet"):
        Course.here().check_gradebook()
    engine = create_engine(empty)
    assert inspect(engine).get_table_names() == []
    engine.dispose()
    monkeypatch.setitem(sys.modules, "psycopg2", None)
    with pytest.raises(CannotGrade, match="pip install psycopg2-binary"):
        Course.here().check_gradebook()


def test_a_name_that_is_too_long_for_it_costs_no_one_else_anything(root, runs):
    for name in ("ann", "b" * 200, "cleo"):
        small_class.hand_in(root, name, "right")
    _, results = small_class.grade()
    assert [(r.student[:4], r.score) for r in results] == [("ann", 2), ("bbbb", None), ("cleo", 2)]
    assert "value too long" in results[1].why


@pytest.mark.slow
def test_a_real_submission_gets_what_stock_nbgrader_gives_it(client, server, tmp_path):
    with SandboxHost():
        pass
    course, url = copied_course.copy(tmp_path), server.database("containers")
    move(course.root, url)
    assert copied_course.nbgrader(course.root, "generate_assignment", "containers").returncode == 0
    case = course.cases["demo-half-right"]
    case.hand_in(course.root / "submitted" / case.student / "containers")
    graded = course.root / f"autograded/{case.student}/containers/containers.ipynb"
    found = []
    for command in (
        [*COMMAND, "grade", "containers", "--workers=1"],
        [sys.executable, "-m", "nbgrader", "autograde", "containers", "--force"],
    ):
        subprocess.run(command, cwd=course.root, timeout=600, check=True)
        with Gradebook(url, "docker-live") as book:
            (notebook,) = book.find_submission("containers", case.student).notebooks
            assert list(compare(case, export.points(notebook), shown(graded))) == []
        found.append(small_class.grades(course.root, url))
    assert found[0] == found[1]
