"""Grading a large class by `autograder grade`, against a small one. It takes half an hour."""

from __future__ import annotations

import tempfile
from pathlib import Path

import docker

from bench.table import Comparison
from bench.throughput import fill, grade, prepare

TITLE = "A large class, against a small one (once)"
SMALL, LARGE = 30, 300
DEARER = 1.1  # times the cost of a submission in a small class, at most
BIGGER = 1.5  # times the memory, at most


def measure(client: docker.DockerClient) -> list[Comparison]:
    """Time the grading of both.

    Args:
        client: of the engine that they run on.
    """
    prepare(client)
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder, "small"), Path(folder, "large")
        less = grade(small, fill(small, SMALL))
        more = grade(large, fill(large, LARGE))
        return [
            Comparison(f"one of {LARGE}", more.seconds, less.seconds, DEARER),
            Comparison("the coordinator's memory", more.memory, less.memory, BIGGER, unit="GB"),
            Comparison("the coordinator's own processor time, each", more.cpu, less.cpu),
        ]
