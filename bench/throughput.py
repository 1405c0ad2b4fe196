"""A class graded by `autograder grade`, against stock nbgrader on one engine for all.

Both grade the same submissions: the bank's, over and over. Stock nbgrader grades them one after the
other, without isolation. Also measured: how soon a worker begins with the first submission.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import docker
import psutil

from autograder.grading.demo import DemoClass
from autograder.sandbox import SandboxHost
from bench.grading import ASSIGNMENT, IMAGES, copy_course, make_stock, nbgrader
from bench.table import Comparison
from dockerlab import images, paths

TITLE = "A class, against stock nbgrader on a shared engine (once)"
SIZE = 60
FASTER = 1 / 1.7  # of stock's time, at most
SOON = 3.0  # seconds until a worker begins with the first submission, at most
STARTS = 5  # of which the median counts


@dataclass(frozen=True)
class Cost:
    """What grading a class took.

    Attributes:
        seconds: for a submission.
        memory: GB that the command itself had at most, without its workers.
        cpu: seconds of processors' time that the command itself took for a submission.
    """

    seconds: float
    memory: float
    cpu: float


def measure(client: docker.DockerClient) -> list[Comparison]:
    """Time the grading of a class.

    Args:
        client: of the engine that it runs on.
    """
    prepare(client)
    with tempfile.TemporaryDirectory() as folder:
        ours, stock = Path(folder, "ours"), Path(folder, "stock")
        for root in (ours, stock):
            worth = fill(root, SIZE)
        make_stock(stock)
        start = statistics.median(_start(ours) for _ in range(STARTS))
        graded = grade(ours, worth)
        began = time.monotonic()
        _stock(stock)
        each = (time.monotonic() - began) / SIZE
        return [
            Comparison("start-up, against what is promised", start, SOON, 1),
            Comparison(f"{SIZE} submissions, each", graded.seconds, each, FASTER),
            Comparison("the coordinator's own processor time, each", graded.cpu, each),
        ]


def prepare(client: docker.DockerClient) -> None:
    """Make what is made once, and counts for no class.

    Args:
        client: of the engine.
    """
    images.ensure(client, IMAGES)
    with SandboxHost():
        pass


def grade(root: Path, worth: Mapping[str, float]) -> Cost:
    """Grade a class by `autograder grade`.

    Args:
        root: its course's folder.
        worth: the points that each student's work deserves, by their ids.

    Raises:
        RuntimeError: one could not be graded, or has other points.
    """
    scores = {}
    began, most, cpu = time.monotonic(), 0.0, 0.0
    with _begun(root) as process:
        for line in process.stdout:
            event = json.loads(line)
            if event["event"] == "graded":
                scores[event["student"]] = round(event["score"], 2)
            if event["event"] in ("graded", "doing"):  # it is there still
                most = max(most, process.memory_info().rss / 1e9)
                used = process.cpu_times()
                cpu = used.user + used.system
    if process.returncode != 0:
        raise RuntimeError((root / "log").read_text()[-2000:])
    took = time.monotonic() - began
    if scores != worth:
        raise RuntimeError(f"wrong points: {sorted(scores.items() ^ worth.items())}")
    return Cost(took / len(worth), most, cpu / len(worth))


def _start(root: Path) -> float:
    """Seconds until a worker begins with the first submission, after which the command ends."""
    began = time.monotonic()
    with _begun(root) as process:
        next(line for line in process.stdout if json.loads(line)["event"] == "doing")
        took = time.monotonic() - began
        process.send_signal(signal.SIGINT)
        process.stdout.read()
    return took


@contextlib.contextmanager
def _begun(root: Path) -> Iterator[psutil.Popen]:
    autograder = str(Path(sys.executable).with_name("autograder"))
    command = [autograder, "grade", ASSIGNMENT, "--force", "--json"]
    with (
        (root / "log").open("w") as log,
        psutil.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        yield process


def fill(root: Path, size: int) -> dict[str, float]:
    """Make a course in which students hand in the bank's cases.

    Args:
        root: its folder.
        size: how many students there are.

    Returns:
        The points that each student's work deserves, by their ids.
    """
    cases = DemoClass(paths.course().parent, ASSIGNMENT).cases.values()
    good = itertools.cycle([case for case in cases if case.expected.outcome == "graded"])
    students = {f"student-{number:03}": next(good) for number in range(size)}
    copy_course(root, students)
    nbgrader(root, "generate_assignment")
    return {
        student: round(sum(filter(None, case.expected.points.values())), 2)
        for student, case in students.items()
    }


def _stock(root: Path) -> None:
    command = [sys.executable, "-m", "nbgrader", "autograde", ASSIGNMENT]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
