"""How a class is getting on: as plain lines, or as JSON for other programs."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from autograder.grading.parallel.coordinator import Plan, Result


class Pace:
    """How many submissions are through, at which rate, and how long the rest will take.

    Args:
        total: how many there are.
        clock: tells the time in seconds.
    """

    def __init__(self, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.total = total
        self.done = 0
        self._clock = clock
        self._began = clock()

    def step(self) -> None:
        """One more is through."""
        self.done += 1

    @property
    def per_minute(self) -> float:
        """Submissions a minute, so far."""
        passed = self._clock() - self._began
        return 60 * self.done / passed if passed > 0 else 0.0

    @property
    def left(self) -> float | None:
        """Seconds that the rest will take at this rate; None where no rate is known yet."""
        return 60 * (self.total - self.done) / self.per_minute if self.done else None


class Lines:
    """Tells each submission that is through, a line each.

    Args:
        plan: what is to be done.
        say: takes a line.
    """

    def __init__(self, plan: Plan, say: Callable[[str], None]) -> None:
        self.pace = Pace(len(plan.grade))
        self._say = say
        say(summary(plan))

    def doing(self, worker: str, student: str, what: str) -> None:
        """A worker has begun something; nothing, where `what` is empty."""

    def done(self, result: Result) -> None:
        """A submission is through."""
        self.pace.step()
        self._say(f"[{self.pace.done}/{self.pace.total}] {told(result)}  {rate(self.pace)}")

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *error: object) -> None:
        pass


class Json(Lines):
    """Tells all that happens as JSON, an object a line."""

    def __init__(self, plan: Plan, say: Callable[[str], None]) -> None:
        super().__init__(plan, lambda line: None)
        self._out = say
        self._tell("plan", grade=plan.grade, late=plan.late, done=plan.done)

    def _tell(self, event: str, **more: Any) -> None:
        self._out(json.dumps({"event": event, **more}))

    def doing(self, worker: str, student: str, what: str) -> None:
        """A worker has begun something; nothing, where `what` is empty."""
        self._tell("doing", worker=worker, student=student, what=what)

    def done(self, result: Result) -> None:
        """A submission is through."""
        self.pace.step()
        left = self.pace.left
        self._tell(
            "not graded" if result.why else "graded",
            **asdict(result),
            done=self.pace.done,
            total=self.pace.total,
            per_minute=round(self.pace.per_minute, 2),
            left=None if left is None else round(left),
        )


def summary(plan: Plan) -> str:
    """What is to be done, in a sentence."""
    reasons = Counter(plan.grade.values())
    why = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    said = f"{len(plan.grade)} to grade ({why})" if plan.grade else "Nothing to grade"
    late = f"; {len(plan.late)} late by another time than before" if plan.late else ""
    return f"{said}; {plan.done} graded already{late}."


def told(result: Result) -> str:
    """What came of a submission, in a line."""
    if result.why:
        return f"{result.student}: {result.why}"
    person = ", and a person has to read a part" if result.manual else ""
    return f"{result.student}: {result.score:g} of {result.most:g}{person}"


def rate(pace: Pace) -> str:
    """The rate and the time that is left, in words."""
    if pace.left is None:
        return ""
    minutes, seconds = divmod(round(pace.left), 60)
    hours, minutes = divmod(minutes, 60)
    left = f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
    return f"{pace.per_minute:.1f} a minute, {left} left"


def ended(results: list[Result]) -> dict[str, Any]:
    """What came of all, as figures."""
    return {
        "graded": sum(not result.why for result in results),
        "not_graded": [result.student for result in results if result.why],
        "manual": sum(result.manual for result in results),
    }
