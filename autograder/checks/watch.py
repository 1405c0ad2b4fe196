"""Checks of a Prometheus server: what it pulls from, what its rules say, what it answers."""

from __future__ import annotations

import json
import math
import time
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from autograder.checks.answers import plain, shown
from autograder.checks.page import fetch
from autograder.checks.results import Result
from dockerlab.errors import WaitTimeout
from dockerlab.wait import wait_for

if TYPE_CHECKING:
    from autograder.checks.task import Task

ANSWER_TIMEOUT = 0  # seconds to wait for a server that refuses: whoever asks, asks again
BEHIND = 2  # seconds ago: what was measured then does not change any more
LOOK_AGAIN = 0.5  # seconds
NOT_AS_IT_SHOULD = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
LONGEST_QUERY = 2000  # characters


class Prometheus:
    """What can be said of a Prometheus server. Whatever answers at its address is asked kindly.

    Args:
        task: collects the results.
        address: of its page, such as "http://127.0.0.1:9090".
    """

    def __init__(self, task: Task, address: str) -> None:
        self._task = task
        self.address = address.rstrip("/")

    def pulls_from(
        self,
        job: str,
        *,
        most: float = math.inf,
        timeout: float = 20,
        weight: float = 1.0,
    ) -> Result:
        """Check that the target of a job is up.

        Args:
            job: its name.
            most: seconds that may lie between two pulls.
            timeout: seconds that the first pull may take.
            weight: share of the task's points.
        """
        targets: dict[str, dict[str, Any]] = {}

        def settled() -> bool:
            nonlocal targets
            targets = self._targets()
            return bool(targets) and (job not in targets or targets[job]["health"] == "up")

        with suppress(WaitTimeout):
            wait_for(settled, timeout=timeout, interval=LOOK_AGAIN)
        target = targets.get(job)
        found, hint = f"the jobs {', '.join(targets)}", "See its page: Status, Targets"
        if not targets:
            found = "no Prometheus answers there" if self.silent() else "it has no targets"
        elif target and target["health"] != "up":
            found = f"it is {target['health']}: {target['error']}"
        elif target:
            found = f"it is up, and pulled from every {target['every']:g} s"
        often = target is not None and target["every"] <= most
        return self._task.check(
            f"Prometheus pulls from the job {job!r}"
            + (f" every {most:g} s" if most < math.inf else ""),
            target and target["health"] == "up" and often,
            expected="a target that is up" + (f", every {most:g} s" if most < math.inf else ""),
            found=found,
            hint=hint,
            weight=weight,
        )

    def alert_is(
        self, name: str, state: str, *, timeout: float = 15, weight: float = 1.0
    ) -> Result:
        """Check the state of an alert, as it is once the targets have been pulled from.

        Args:
            name: its rule's.
            state: "inactive", "pending" or "firing".
            timeout: seconds to wait for that.
            weight: share of the task's points.
        """
        alerts: dict[str, tuple[str, float]] = {}
        pulled = None

        def settled() -> bool:
            nonlocal alerts, pulled
            pulled = pulled or self._all_pulled()
            alerts = self._alerts()
            told, evaluated = alerts.get(name, ("", 0))
            return told == state and pulled is not None and evaluated > pulled

        passed = False
        with suppress(WaitTimeout):
            passed = wait_for(settled, timeout=timeout, interval=LOOK_AGAIN)
        told, _ = alerts.get(name, ("not there; there are " + (", ".join(alerts) or "no rules"), 0))
        if told == state and not passed:
            told += ", but nothing tells yet whether it stays so"
        return self._task.check(
            f"the alert {name} is {state}",
            passed,
            expected=state,
            found=f"it is {told}" if alerts or not self.silent() else "no Prometheus answers there",
            hint="See its page: Alerts. It reads its files when it starts, and at a SIGHUP",
            weight=weight,
        )

    def answers_as(
        self,
        name: str,
        query: Any,
        right: str,
        *,
        timeout: float = 8,
        hint: str = "",
        weight: float = 1.0,
    ) -> Result:
        """Check a student's query: it has one value, which is at this moment that of another one.

        Args:
            name: what was asked for.
            query: the student's answer, of whatever type.
            right: a query that is right.
            timeout: seconds until there must be measurements.
            hint: where to look.
            weight: share of the task's points.
        """
        try:
            asked = plain(query)
            found = "no answer yet" if asked is None else f"your answer {shown(asked)}"
        except TypeError as error:
            asked, found = None, f"a value of type {error}"
        passed = False
        got = wanted = None

        def settled() -> bool:
            nonlocal got, wanted
            moment = time.time() - BEHIND
            got, wanted = self.value(asked, moment), self.value(right, moment)
            return got is not None and wanted is not None and math.isclose(got, wanted)

        if isinstance(asked, str) and 0 < len(asked) <= LONGEST_QUERY:
            with suppress(WaitTimeout):
                passed = wait_for(settled, timeout=timeout, interval=LOOK_AGAIN)
            if wanted is None:
                found = "Prometheus has no measurements of that yet"
            elif got is None:
                found = f"no single value for {shown(asked)}"
            else:
                found = f"{got:g}"
        return self._task.check(
            name,
            passed,
            expected="one value, as Prometheus has it now",
            found=found,
            hint=hint,
            weight=weight,
        )

    def value(self, query: str, moment: float | None = None, *, timeout: float = 0) -> float | None:
        """The only value of a query; None where it has none, or several.

        Args:
            query: in PromQL.
            moment: of which it is asked, in seconds since 1970; now, where None.
            timeout: seconds to wait until there is one.
        """
        with suppress(WaitTimeout):
            found = wait_for(
                lambda: [one for one in [self._value(query, moment)] if one is not None],
                timeout=timeout,
                interval=LOOK_AGAIN,
            )
            return found[0]
        return None

    def _value(self, query: str, moment: float | None) -> float | None:
        told = self._get("query", query=query, time=moment or time.time())
        try:
            result = told["result"]
            pair = result if told["resultType"] == "scalar" else result[0]["value"]
            if told["resultType"] != "scalar" and len(result) != 1:
                return None
            return float(pair[1])
        except NOT_AS_IT_SHOULD:
            return None

    def silent(self) -> bool:
        """Whether nothing answers there as Prometheus does."""
        return self._get("status/buildinfo") is None

    def _targets(self) -> dict[str, dict[str, Any]]:
        try:
            return {
                str(one["labels"]["job"]): {
                    "health": str(one["health"]),
                    "error": str(one.get("lastError", "")),
                    "every": _seconds(str(one["scrapeInterval"])),
                    "pulled": _moment(one["lastScrape"]),
                }
                for one in self._get("targets")["activeTargets"]
            }
        except NOT_AS_IT_SHOULD:
            return {}

    def _all_pulled(self) -> float | None:
        """When the last pull was, in seconds since 1970; None before each target has had one."""
        pulls = [target["pulled"] for target in self._targets().values()]
        return max(pulls) if pulls and min(pulls) > 0 else None

    def _alerts(self) -> dict[str, tuple[str, float]]:
        """The state of each alert, and when its rule was evaluated, in seconds since 1970."""
        try:
            groups = self._get("rules", type="alert")["groups"]
            return {
                str(rule["name"]): (str(rule["state"]), _moment(rule["lastEvaluation"]))
                for group in groups
                for rule in group["rules"]
            }
        except NOT_AS_IT_SHOULD:
            return {}

    def _get(self, path: str, **parameters: Any) -> Any:
        """What is below /api/v1; None where nothing answers, or not as Prometheus does."""
        url = f"{self.address}/api/v1/{path}?{urlencode(parameters)}"
        answered, page = fetch(url, timeout=ANSWER_TIMEOUT)
        if not answered:
            return None
        try:
            return json.loads(page.text)["data"]
        except NOT_AS_IT_SHOULD:
            return None


def _moment(text: Any) -> float:
    """A moment as Prometheus writes it, in seconds since 1970; below 0, where there was none."""
    return datetime.fromisoformat(text).timestamp()


def _seconds(text: str) -> float:
    """A duration as Prometheus writes it, such as "1s", "500ms" or "1m30s", in seconds."""
    units = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
    total, number, unit = 0.0, "", ""
    for character in [*text, ""]:
        if unit and (character.isdigit() or not character):
            total += float(number) * units[unit]
            number = unit = ""
        if character.isdigit() or character == ".":
            number += character
        else:
            unit += character
    return total
