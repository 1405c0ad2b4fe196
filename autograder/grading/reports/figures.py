"""What the points of a class tell of its tasks."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from autograder.grading.reports.gathering import ClassResult

FEWEST = 5  # students, for a correlation to mean something
BINS = 10


@dataclass(frozen=True)
class Task:
    """What the points of a task tell.

    Attributes:
        name: the id of its graded cell.
        worth: its points.
        difficulty: the share of its points that the class has earned; None where nobody has any.
        discrimination: the correlation of its points with those of all other tasks: near 1 where
            those who are good at the rest are good at it, too; below 0 where something is wrong
            with the task. None where it cannot be told.
        full: how many have all of its points.
        none: how many have none.
        waiting: for how many a person has to read it.
    """

    name: str
    worth: float
    difficulty: float | None
    discrimination: float | None
    full: int
    none: int
    waiting: int


def tasks(result: ClassResult) -> list[Task]:
    """The tasks of an assignment, in their order."""
    return [_task(result, name, worth) for name, worth in result.worth.items()]


def distribution(result: ClassResult) -> list[int]:
    """How many have so many tenths of all points."""
    bins = [0] * BINS
    for each in result.graded:
        share = each.total / result.most if result.most else 0.0
        bins[min(BINS - 1, int(share * BINS))] += 1
    return bins


def _task(result: ClassResult, name: str, worth: float) -> Task:
    pairs = []
    for each in result.graded:
        points = each.points.get(name)
        if points is not None:
            rest = sum(p for other, p in each.points.items() if p is not None and other != name)
            pairs.append((points, rest))
    earned = [points for points, _ in pairs]
    return Task(
        name,
        worth,
        statistics.fmean(earned) / worth if earned and worth else None,
        _correlation(pairs),
        sum(points >= worth for points in earned),
        sum(points == 0 for points in earned),
        len(result.graded) - len(pairs),
    )


def _correlation(pairs: list[tuple[float, float]]) -> float | None:
    if len(pairs) < FEWEST:
        return None
    try:
        return statistics.correlation(*zip(*pairs, strict=True))
    except statistics.StatisticsError:  # all have the same
        return None
