"""A class graded by real workers in real sandboxes: as by stock nbgrader, whatever dies."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import copied_course
import psutil
import pytest
import small_class

from autograder.grading import export
from autograder.grading.proof import compare, shown
from autograder.sandbox import SandboxHost

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's
AUTOGRADER = [sys.executable, "-c", "from autograder.cli import main; main()"]
TIMEOUT = 900  # seconds
VOLATILE = re.compile(
    r"\b[0-9a-f]{12,64}\b|\b\d+(\.\d+)? (milli)?seconds?\b|\b\d{4}-[-0-9]+ [:0-9]+|\b\d+\.\d\d+\b"
)


def start(root: Path, *arguments: str) -> subprocess.Popen[str]:
    with (root / "stderr").open("w") as said:
        return subprocess.Popen(
            [*AUTOGRADER, "grade", "containers", "--json", *arguments],
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            start_new_session=True,
        )


def events(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    assert process.stdout
    with process.stdout as lines:
        for line in lines:
            yield json.loads(line)


def grade(root: Path, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    process = start(root, *arguments)
    told = list(events(process))
    return process.wait(TIMEOUT), told


def of(told: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [event for event in told if event["event"] == kind]


@pytest.fixture
def course(client, tmp_path):
    with SandboxHost():
        pass
    course = copied_course.copy(tmp_path)
    copied_course.nbgrader(course.root, "generate_assignment", "containers")
    return course


def hand_in(course, *names: str) -> None:
    for name in names:
        case = course.cases[f"demo-{name}"]
        case.hand_in(course.root / "submitted" / case.student / "containers")


def settled(notebook: Path) -> list[Any]:
    """A graded notebook, without what differs from one run of it to the next."""
    told = json.loads(notebook.read_text())
    cells = [
        (cell["id"], cell["cell_type"], cell["source"], cell["metadata"]) for cell in told["cells"]
    ]
    shows = {name: VOLATILE.sub("…", text) for name, text in shown(notebook).items()}
    return [cells, shows, told["metadata"], told["nbformat"], told["nbformat_minor"]]


def right(course, student: str) -> list[str]:
    with course.gradebook() as book:
        (notebook,) = book.find_submission("containers", student).notebooks
        points = export.points(notebook)
    graded = course.root / f"autograded/{student}/containers/containers.ipynb"
    return list(compare(course.cases[student], points, shown(graded)))


def test_one_submission_and_then_nothing_more(course) -> None:
    hand_in(course, "empty")
    status, told = grade(course.root, "--student=demo-empty", "--workers=1")
    assert status == 0, (course.root / "stderr").read_text()
    (graded,) = of(told, "graded")
    assert (graded["student"], graded["score"], graded["total"]) == ("demo-empty", 0, 1)
    assert graded["seconds"] > 0
    assert {"sandbox", "start"} <= {event["what"] for event in of(told, "doing")}
    assert {event["worker"] for event in of(told, "doing")} == {"0"}
    assert right(course, "demo-empty") == []
    status, told = grade(course.root)
    assert (status, of(told, "graded"), of(told, "plan")[0]["done"]) == (0, [], 1)


@pytest.mark.slow
def test_the_bank_is_graded_cell_by_cell_as_by_stock_nbgrader(course, tmp_path_factory) -> None:
    names = [case.name for case in course.cases.values()]
    hand_in(course, *names)
    stock = copied_course.copy(tmp_path_factory.mktemp("stock"))
    copied_course.nbgrader(stock.root, "generate_assignment", "containers")
    hand_in(stock, *names)
    copied_course.nbgrader(stock.root, "autograde", "containers")
    status, told = grade(course.root, "--workers=2")
    assert [event["student"] for event in of(told, "not graded")] == ["demo-broken"]
    assert status == 1
    assert small_class.grades(course.root) == small_class.grades(stock.root)
    ours, theirs = small_class.tree(course.root), small_class.tree(stock.root)
    assert {name: mode for name, (mode, _) in ours.items()} == {
        name: mode for name, (mode, _) in theirs.items()
    }
    for name in ours:
        if name.endswith(".ipynb"):
            pair = (root / "autograded" / name for root in (course.root, stock.root))
            assert settled(next(pair)) == settled(next(pair)), name
        else:
            assert ours[name] == theirs[name]
    for case in course.cases.values():
        if case.expected.outcome == "graded":
            assert right(course, case.student) == []


@pytest.mark.slow
def test_a_lost_worker_costs_nobody_anything(course) -> None:
    hand_in(course, "empty", "half-right", "solution")
    process = start(course.root, "--workers=2")
    told, killed = [], 0
    for event in events(process):
        told.append(event)
        if event["event"] == "doing" and event["what"] == "database" and not killed:
            killed = kill_worker(process, event["worker"])
    process.wait(TIMEOUT)
    assert killed
    assert len(of(told, "graded")) == 3
    for student in ("demo-empty", "demo-half-right", "demo-solution"):
        assert right(course, student) == []


def kill_worker(process: subprocess.Popen[str], name: str) -> int:
    """Kill one of the workers' processes: those that the fork server has made."""
    server = [
        child
        for child in psutil.Process(process.pid).children(recursive=True)
        if "forkserver" in " ".join(child.cmdline())
    ]
    victim = max(server, key=lambda child: child.create_time())
    victim.kill()
    return victim.pid


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_cut_off_run_goes_on_where_it_ended(course, number) -> None:
    hand_in(course, "empty", "half-right", "solution")
    process = start(course.root, "--workers=1")
    before = []
    for event in events(process):
        if event["event"] == "graded" and not before:
            before.append(event["student"])
            os.kill(process.pid, number)
        elif event["event"] == "graded":
            before.append(event["student"])
    status = process.wait(TIMEOUT)
    assert status == {signal.SIGKILL: -9}.get(number, 130)
    assert len(before) < 3
    began = time.monotonic()
    while time.monotonic() - began < 30 and left_of(process):
        time.sleep(0.2)
    assert not left_of(process)
    status, told = grade(course.root, "--resume", "--workers=2")
    assert status == 0, (course.root / "stderr").read_text()
    again = [event["student"] for event in of(told, "graded")]
    assert sorted(before + again) == ["demo-empty", "demo-half-right", "demo-solution"]
    for student in before + again:
        assert right(course, student) == []


def left_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """What still runs of a command that has ended."""
    return [
        each
        for each in psutil.process_iter(["pid"])
        if process.pid in (_session(each.pid),) and each.status() != psutil.STATUS_ZOMBIE
    ]


def _session(pid: int) -> int:
    try:
        return os.getsid(pid)
    except OSError:
        return 0
