"""Asking Prometheus, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from dockerlab.errors import DockerLabError

TIMEOUT = 10  # seconds that an answer may take


class QueryRefused(DockerLabError):
    """Prometheus does not accept a query."""


@dataclass(frozen=True)
class Series:
    """One line of measurements.

    Attributes:
        labels: what tells it from others.
        points: pairs of a moment, in seconds since 1970, and a value.
    """

    labels: Mapping[str, str]
    points: tuple[tuple[float, float], ...]

    @property
    def last(self) -> float:
        """The latest value."""
        return self.points[-1][1]


class Prometheus:
    """A Prometheus server.

    Args:
        address: of its page, such as "http://127.0.0.1:9090".
    """

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")

    def query(self, expression: str) -> list[Series]:
        """What an expression gives now; one point a series.

        Args:
            expression: in PromQL, Prometheus's own language.

        Raises:
            QueryRefused: it is not valid.
            requests.RequestException: the server does not answer.
        """
        data = self.get("query", query=expression)
        if data["resultType"] == "scalar":
            return [Series({}, (_point(data["result"]),))]
        return [Series(one["metric"], (_point(one["value"]),)) for one in data["result"]]

    def query_range(
        self, expression: str, *, start: float, end: float, step: float
    ) -> list[Series]:
        """What an expression gave between two moments.

        Args:
            expression: in PromQL.
            start: the first moment, in seconds since 1970.
            end: the last one.
            step: seconds between two points.

        Raises:
            QueryRefused: it is not valid.
            requests.RequestException: the server does not answer.
        """
        data = self.get("query_range", query=expression, start=start, end=end, step=step)
        return [Series(one["metric"], tuple(map(_point, one["values"]))) for one in data["result"]]

    def targets(self) -> dict[str, str]:
        """The health of all that is scraped, by job: "up", "down" or "unknown"."""
        targets = self.get("targets")["activeTargets"]
        return {one["labels"]["job"]: one["health"] for one in targets}

    def alerts(self) -> dict[str, str]:
        """The state of each alert rule, by name: "inactive", "pending" or "firing"."""
        groups = self.get("rules", type="alert")["groups"]
        return {rule["name"]: rule["state"] for group in groups for rule in group["rules"]}

    def get(self, path: str, **parameters: Any) -> Any:
        """What is below /api/v1 at a path.

        Args:
            path: such as "status/flags".
            parameters: of the request.

        Raises:
            QueryRefused: the server answers with an error; the message is its own.
            requests.RequestException: it does not answer.
        """
        answer = requests.get(
            f"{self.address}/api/v1/{path}", params=parameters, timeout=TIMEOUT
        ).json()
        if answer["status"] != "success":
            raise QueryRefused(answer["error"])
        return answer["data"]


def _point(pair: tuple[float, str]) -> tuple[float, float]:
    return float(pair[0]), float(pair[1])
