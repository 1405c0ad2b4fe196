"""A class graded on two hosts, each with its own engine, of which one is cut off in the middle."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import copied_course
import leftovers
import psutil
import pytest
from networks import Lan, Namespace
from own_engine import OwnEngine

from autograder.grading import export
from autograder.grading.demo import DemoClass
from autograder.grading.proof import compare, shown
from autograder.sandbox import SandboxHost
from autograder.sandbox.opening import Opened
from dockerlab import paths
from dockerlab.wait import wait_for

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's
NAMES = ("half-right", "solution", "mistakes-1")
LATER = ("empty", "hard-coded")
NEAR, FAR = 2, 3  # the hosts' numbers
BEFORE = ("", "sandbox", "start")  # what a worker does when it does not run a submission
NOTICED = 90  # seconds till another worker has what the lost one was at; Dask's limit is 30
BACK = 120  # seconds till a host whose plug is in again has found its scheduler
TIMEOUT = 600  # seconds for a class
PROGRAMS = Path(sys.executable).parent
# As the README has it: a worker that has lost its scheduler ends.
WORKER = 'while true; do "$0" worker "$1" --nthreads 1; sleep 1; done'


class Command(Opened):
    """A command that runs on a host, until the end.

    Attributes:
        folder: for its temporary files; a short path, since there are sockets below it.
        log: what it says.
    """

    def __init__(self, host: Namespace, *words: str, **environment: str) -> None:
        self._words = [*host.prefix, *words]
        self._environment = environment

    def _open(self, stack: contextlib.ExitStack) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="dlh-"))
        stack.callback(shutil.rmtree, self.folder)
        self.log = self.folder / "log"
        with self.log.open("w") as said:
            self._process = subprocess.Popen(
                self._words,
                cwd=self.folder,
                env={**os.environ, "TMPDIR": str(self.folder), **self._environment},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        stack.callback(self.end)

    def end(self) -> None:
        """End it, and all that it has started."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait(60)
        psutil.wait_procs(self.processes(), timeout=30)
        for left in self.processes():
            left.kill()

    def processes(self) -> list[psutil.Process]:
        """What it has started, and runs."""
        return [each for each in psutil.process_iter() if _session(each.pid) == self._process.pid]

    def registered(self) -> int:
        """How often it has found its scheduler, if it is a worker."""
        return self.log.read_text().count("Registered to:")


def _session(pid: int) -> int:
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return 0


def grade(root: Path, lan: Lan, scheduler: str) -> Iterator[dict[str, Any]]:
    """Grade the class from the scheduler's host, which has no engine; the events come as told."""
    command = [str(PROGRAMS / "autograder"), "grade", "containers", "--json"]
    process = subprocess.Popen(
        [*lan.prefix, *command, "--scheduler", scheduler],
        cwd=root,
        env={**os.environ, "DOCKER_HOST": "unix:///nowhere"},
        stdout=subprocess.PIPE,
        text=True,
    )
    late = threading.Timer(TIMEOUT, process.kill)
    late.start()
    assert process.stdout
    try:
        with process.stdout as lines:
            for line in lines:
                yield json.loads(line)
        assert process.wait(60) == 0
    finally:
        late.cancel()
        process.kill()
        process.wait()


def of(event: Mapping[str, Any]) -> int:
    """The number of the host that an event is about."""
    return int(event["worker"].removeprefix("tcp://").partition(":")[0].rpartition(".")[2])


@pytest.mark.slow
def test_a_host_that_is_cut_off_costs_nobody_anything(client, tmp_path) -> None:
    with SandboxHost():
        pass
    course = dataclasses.replace(copied_course.copy(tmp_path), names=(*NAMES, *LATER))
    done = copied_course.nbgrader(course.root, "generate_assignment", "containers")
    assert done.returncode == 0, done.stderr
    hand_in(course, NAMES)
    dask = str(PROGRAMS / "dask")
    with OwnEngine(1) as engine, Lan() as lan, Namespace() as host:
        lan.join(host, NEAR)
        lan.join(engine.network, FAR)
        address = f"tcp://{lan.address}:8786"
        worker = ("bash", "-c", WORKER, dask, address)
        with (
            Command(lan, dask, "scheduler"),
            Command(host, *worker) as near,
            Command(engine.network, *worker, **engine.environment) as far,
        ):
            wait_for(lambda: near.registered() and far.registered(), timeout=BACK)
            told = cut_off_in_the_middle(course.root, lan, address)
            graded = [event["student"] for event in told if event["event"] == "graded"]
            assert sorted(graded) == sorted(f"demo-{name}" for name in NAMES)
            wait_for(lambda: far.registered() > 1, timeout=BACK, what="the host to be back")
            hand_in(course, LATER)
            told = list(grade(course.root, lan, address))
            assert {of(event) for event in told if event["event"] == "doing"} == {NEAR, FAR}
            graded = [event["student"] for event in told if event["event"] == "graded"]
            assert sorted(graded) == sorted(f"demo-{name}" for name in LATER)
            for command in (near, far):
                command.end()
                left = {path.name for path in command.folder.iterdir()}
                assert left == {"log", "dask-scratch-space"}
        assert not leftovers.find(engine.client, engine.home, [], set())
        assert not leftovers.find(client, paths.home(), [], set())
    for student in course.students:
        assert right(course, student) == []


def cut_off_in_the_middle(root: Path, lan: Lan, address: str) -> list[dict[str, Any]]:
    """Grade the class. While both hosts run a submission, one is cut off, till another has that.

    Returns:
        What was told.
    """
    told: list[dict[str, Any]] = []
    runs: dict[int, str] = {}
    lost, mended, since = "", False, 0.0
    for event in grade(root, lan, address):
        told.append(event)
        if event["event"] != "doing":
            continue
        runs[of(event)] = event["student"] if event["what"] not in BEFORE else ""
        if not lost and runs.get(NEAR) and runs.get(FAR):
            lan.cut(FAR)
            lost, since = runs[FAR], time.monotonic()
        elif lost and not mended and event["student"] == lost and of(event) == NEAR:
            assert time.monotonic() - since < NOTICED
            lan.mend(FAR)
            mended = True
    assert mended
    return told


def hand_in(course: DemoClass, names: Iterable[str]) -> None:
    for name in names:
        case = course.cases[f"demo-{name}"]
        case.hand_in(course.root / "submitted" / case.student / "containers")


def right(course: DemoClass, student: str) -> list[str]:
    """What is wrong with a submission's grade."""
    with course.gradebook() as book:
        (notebook,) = book.find_submission("containers", student).notebooks
        points = export.points(notebook)
    graded = course.root / f"autograded/{student}/containers/containers.ipynb"
    return list(compare(course.cases[student], points, shown(graded)))
