"""A class graded by `autograder grade`, against stock nbgrader on one engine for all.

Both grade the same submissions: the bank's, over and over. Stock nbgrader grades them one after the
other, without isolation. Also measured: how soon the command hands out the first submission, what a
submission costs, and how much memory the command takes, in a small class and in a larger one.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import docker
import psutil

from autograder.grading.demo import DemoClass
from autograder.sandbox import SandboxHost
from bench.grading import ASSIGNMENT, copy_course, make_stock, nbgrader
from bench.table import Comparison
from dockerlab import images, paths

TITLE = "A class, against stock nbgrader on a shared engine (once)"
SIZE = 60
SMALL, LARGE = 30, 300
FASTER = 1 / 1.7  # of stock's time, at most
DEARER = 1.1  # times the cost of a submission in a small class, at most
BIGGER = 1.5  # times the memory, at most
SOON = 3.0  # seconds until the first submission is handed out, at most


@dataclass(frozen=True)
class Cost:
    """What grading a class took.

    Attributes:
        start: seconds until a worker has begun with the first submission.
        seconds: for a submission.
        memory: bytes that the command itself had at most, without its workers.
        cpu: seconds of processors' time that the command itself took for a submission.
    """

    start: float
    seconds: float
    memory: float
    cpu: float


def measure(client: docker.DockerClient, *, full: bool = False) -> list[Comparison]:
    """Time the grading of classes.

    Args:
        client: of the engine that they run on.
        full: whether to grade a class of 300, too, which takes an hour.
    """
    images.ensure(client, ["mariadb", "busybox", "httpd", "nginx"])
    with SandboxHost():  # made before
        pass
    with tempfile.TemporaryDirectory() as folder:
        ours, stock = Path(folder, "ours"), Path(folder, "stock")
        for root in (ours, stock):
            _fill(root, SIZE)
        make_stock(stock)
        nbgrader(stock, "generate_assignment")
        graded = grade(ours)
        began = time.monotonic()
        _stock(stock)
        each = (time.monotonic() - began) / SIZE
        told = [
            Comparison("start-up, against what is promised", graded.start, SOON, 1),
            Comparison(f"{SIZE} submissions, each", graded.seconds, each, FASTER),
            Comparison("the coordinator's own processor time, each", graded.cpu, each),
        ]
        if full:
            small, large = (Path(folder, name) for name in ("small", "large"))
            _fill(small, SMALL)
            _fill(large, LARGE)
            less, more = grade(small), grade(large)
            told += [
                Comparison(f"one of {LARGE}, against {SMALL}", more.seconds, less.seconds, DEARER),
                Comparison("GB of the coordinator", more.memory / 1e9, less.memory / 1e9, BIGGER),
            ]
        return told


def grade(root: Path) -> Cost:
    """Grade a class by `autograder grade`.

    Args:
        root: its course's folder.

    Raises:
        RuntimeError: not all could be graded.
    """
    nbgrader(root, "generate_assignment")
    count = len(list((root / "submitted").iterdir()))
    command = [str(Path(sys.executable).with_name("autograder")), "grade", ASSIGNMENT, "--json"]
    began, start, most, cpu = time.monotonic(), 0.0, 0.0, 0.0
    with (root / "log").open("w") as log:
        process = psutil.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=log, text=True)
        for line in process.stdout:
            event = json.loads(line)["event"]
            start = start or (time.monotonic() - began if event == "doing" else 0.0)
            if event in ("graded", "doing"):  # it is there still, and may be asked
                most = max(most, process.memory_info().rss)
                used = process.cpu_times()
                cpu = used.user + used.system
    if process.wait() != 0:
        raise RuntimeError((root / "log").read_text()[-2000:])
    return Cost(start, (time.monotonic() - began) / count, most, cpu / count)


def _fill(root: Path, size: int) -> None:
    """Make a course in which so many students hand in the bank's cases."""
    cases = DemoClass(paths.course().parent, ASSIGNMENT).cases.values()
    good = itertools.cycle([case for case in cases if case.expected.outcome == "graded"])
    copy_course(root, {f"student-{number:03}": next(good) for number in range(size)})


def _stock(root: Path) -> None:
    command = [sys.executable, "-m", "nbgrader", "autograde", ASSIGNMENT]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
