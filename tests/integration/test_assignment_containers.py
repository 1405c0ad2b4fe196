"""The assignment `containers`: what students get, what they are told, and what may go wrong."""

import json

import copied_course
import pytest

from autograder.grading import inventory
from dockerlab import images

SOURCE = copied_course.REPO / "source/containers/containers.ipynb"
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


def cells(path):
    return {cell["id"]: cell for cell in json.loads(path.read_text())["cells"]}


def test_the_students_version_is_made_from_todays_source(course):
    assert (course.root / "release/containers/containers.ipynb").read_text() == RELEASE.read_text()


def test_the_students_version_holds_no_solution_and_no_hidden_test():
    released = cells(RELEASE)
    hidden = 0
    for name, cell in cells(SOURCE).items():
        inside = False
        for line in "".join(cell["source"]).splitlines():
            if line.startswith("### "):
                inside = "BEGIN" in line
            elif inside and len(line.strip()) > 20:  # shorter ones are anywhere
                assert line.strip() not in "".join(released[name]["source"])
                hidden += 1
    assert hidden > 20
    assert "###" not in RELEASE.read_text().replace("####", "")


def test_six_tasks_say_their_points_and_make_twenty():
    source = cells(SOURCE)
    points = [c["metadata"].get("nbgrader", {}).get("points", 0) for c in source.values()]
    text = "".join("".join(cell["source"]) for cell in source.values())
    assert sum(points) == 20
    assert [p for p in points if p] == [4, 3, 4, 3, 3, 3]
    assert all(text.count(f"({p} points)") == points.count(p) for p in (3, 4))
    assert all(
        name == cell["metadata"]["nbgrader"]["grade_id"]
        for name, cell in source.items()
        if "nbgrader" in cell["metadata"]
    )


def test_validate_names_the_checks_that_fail_with_their_hints(course, tmp_path):
    (tmp_path / "containers.ipynb").write_text(RELEASE.read_text())
    done = copied_course.nbgrader(course.root, "validate", str(tmp_path / "containers.ipynb"))
    assert "[FAILED] container 'mariadb-basic' is running" in done.stdout
    assert "hint:     See all containers: docker ps -a" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_cell_that_hangs_is_stopped_and_the_others_are_graded(course):
    hangs = {"database": "while True:\n    pass"}
    graded = copied_course.autograde(course, SOLVED | hangs, "--Execute.timeout=20")
    assert graded.ok
    assert "No reply from kernel" in graded.said or "Timeout" in graded.said
    assert graded.points["test-database"] == 0
    assert graded.points["test-states"] == 3


def test_a_kernel_that_ends_costs_what_came_after(course):
    graded = copied_course.autograde(course, SOLVED | {"page": "import os\nos._exit(1)"})
    assert graded.ok
    assert graded.points["test-states"] == 3
    assert graded.points["test-page"] == graded.points["test-look"] == 0
    assert "The kernel ended" in graded.text["page"]


def test_what_a_submission_made_is_gone_when_the_next_one_runs(course, client):
    before = inventory.take(client)
    makes = (
        "!docker run -d --name left-over --restart always busybox sleep 1000\n"
        "!docker network create left-over\n"
        "!docker volume create left-over\n"
        "!docker commit left-over nginx:latest\n"
        "!docker tag busybox left-over:1\n"
    )
    graded = copied_course.autograde(course, {"database": makes})
    assert graded.ok
    assert "left-over" in graded.text["database"]
    assert inventory.take(client) == before


@pytest.mark.parametrize(
    ("answers", "environment"),
    [
        ({}, {"DOCKER_HOST": "unix:///nowhere/docker.sock"}),
        (
            {"database": "import os\nos.environ['DOCKER_HOST'] = 'unix:///nowhere/docker.sock'"},
            {},
        ),
    ],
    ids=["before the first cell", "midway"],
)
def test_an_engine_that_fails_gives_no_grade_and_a_second_try_works(
    tmp_path, client, answers, environment
):
    course = copied_course.copy(tmp_path)
    copied_course.nbgrader(tmp_path, "generate_assignment", "containers")
    failed = copied_course.autograde(course, answers, **environment)
    assert not failed.ok
    assert failed.points is None
    assert "Not graded, since the Docker engine failed" in failed.said
    assert "then autograde this submission again" in failed.said
    assert "Traceback" not in failed.said
    copied_course.nbgrader(tmp_path, "export", "--to=grades.csv")
    assert (tmp_path / "grades.csv").read_text().splitlines()[1].endswith(",,0.0,,20.0")

    assert copied_course.autograde(course, SOLVED).points["test-states"] == 3


def test_a_port_that_somebody_else_holds_is_not_the_students_fault(course, client, labels):
    images.ensure(client, ["busybox"])
    other = client.containers.run(
        "busybox", ["sleep", "600"], ports={"80/tcp": 8080}, detach=True, labels=labels
    )
    try:
        refused = copied_course.autograde(course, SOLVED)
        assert refused.points is None
        assert "needs port 8080" in refused.said
        other.reload()
        assert other.status == "running"
    finally:
        other.remove(force=True)
