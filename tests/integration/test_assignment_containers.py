"""The assignment `containers`: what students get, what they are told, and what may go wrong."""

import copied_course
import inventory
import pytest

from dockerlab import images

RELEASE = copied_course.REPO / "release/containers/containers.ipynb"
SOLVED = {  # the second task, which takes least time
    "states": "!docker create --name shelf busybox sleep 1000\n"
    '!docker run --name errand busybox sh -c "exit 3"'
}
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's


@pytest.fixture(scope="module")
def course(tmp_path_factory, client):
    images.ensure(client, ["mariadb", "busybox", "httpd", "nginx"])
    course = copied_course.copy(tmp_path_factory.mktemp("course"))
    done = copied_course.nbgrader(course.root, "generate_assignment", "containers")
    assert done.returncode == 0, done.stderr
    return course


@pytest.fixture
def tidy(client):
    yield
    client.api.remove_container("shop-new", force=True)  # the first try that task 4 starts from


@pytest.mark.usefixtures("tidy")
def test_validate_names_the_checks_that_fail_with_their_hints(course, tmp_path):
    (tmp_path / "containers.ipynb").write_text(RELEASE.read_text())
    done = copied_course.nbgrader(course.root, "validate", str(tmp_path / "containers.ipynb"))
    assert "[FAILED] container 'mariadb-basic' is running" in done.stdout
    assert "hint:     See all containers: docker ps -a" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_cell_that_hangs_is_stopped_and_the_others_are_graded(course):
    limit = course.root / "source/containers/needs.toml"
    before = limit.read_text()
    limit.write_text(before + "cell = 15\n")
    try:
        graded = copied_course.autograde(course, SOLVED | {"database": "while True:\n    pass"})
    finally:
        limit.write_text(before)
    assert graded.ok
    assert "ran longer than 15 s" in graded.text["database"]
    assert graded.points["test-database"] == 0
    assert graded.points["test-states"] == 3


def test_a_kernel_that_ends_costs_no_other_cell_its_points(course):
    solved = {
        "states": 'client.containers.create("busybox", ["sleep", "1000"], name="shelf")\n'
        'errand = client.containers.run("busybox", ["sh", "-c", "exit 3"], name="errand", '
        "detach=True)\nerrand.wait()"
    }
    graded = copied_course.autograde(course, solved | {"database": "import os\nos._exit(1)"})
    assert graded.ok
    assert graded.points["test-database"] == 0
    assert graded.points["test-states"] == 3
    assert "The kernel ended here" in graded.text["database"]


def test_nothing_of_a_submission_comes_onto_the_learners_engine(course, client):
    before = inventory.take(client)
    makes = (
        "!docker run -d --name left-over --restart always busybox sleep 1000\n"
        "!docker network create left-over\n"
        "!docker volume create left-over\n"
        "!docker commit left-over nginx:latest\n"
        "!docker ps --format '{{.Names}}'"
    )
    graded = copied_course.autograde(course, {"database": makes})
    assert graded.ok
    assert "left-over" in graded.text["database"]
    assert inventory.take(client) == before


def test_an_engine_that_fails_gives_no_grade_and_a_second_try_works(tmp_path, client):
    course = copied_course.copy(tmp_path)
    copied_course.nbgrader(tmp_path, "generate_assignment", "containers")
    failed = copied_course.autograde(course, {}, DOCKER_HOST="unix:///nowhere/docker.sock")
    assert not failed.ok
    assert failed.points is None
    assert "Not graded, since no sandbox could be had" in failed.said
    assert "then autograde this submission again" in failed.said
    assert "Traceback" not in failed.said
    copied_course.nbgrader(tmp_path, "export", "--to=grades.csv")
    assert (tmp_path / "grades.csv").read_text().splitlines()[1].endswith(",,0.0,,20.0")

    assert copied_course.autograde(course, SOLVED).points["test-states"] == 3


def test_ports_that_are_held_on_this_machine_are_free_in_a_sandbox(course, client, labels):
    images.ensure(client, ["busybox"])
    other = client.containers.run(
        "busybox", ["sleep", "600"], ports={"80/tcp": 8080}, detach=True, labels=labels
    )
    try:
        assert copied_course.autograde(course, SOLVED).points["test-states"] == 3
        other.reload()
        assert other.status == "running"
    finally:
        other.remove(force=True)
