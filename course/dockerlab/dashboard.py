"""A Grafana dashboard's file: its panels, what each asks Prometheus, and how it writes values."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PLACEHOLDER = re.compile(r"{{\s*(\w+)\s*}}")
COLUMNS = 24  # of Grafana's grid


@dataclass(frozen=True)
class Query:
    """One question of a panel.

    Attributes:
        expression: in PromQL.
        legend: what its lines are called, with {{label}} for a label's value.
    """

    expression: str
    legend: str

    def name(self, labels: Mapping[str, str]) -> str:
        """What a line with these labels is called."""
        if not self.legend:
            return ", ".join(f"{k}={v}" for k, v in sorted(labels.items())) or "value"
        return PLACEHOLDER.sub(lambda found: labels.get(found[1], ""), self.legend)


@dataclass(frozen=True)
class Panel:
    """One picture of a dashboard.

    Attributes:
        title: above it.
        unit: of its values, as Grafana calls it: "bytes", "percentunit" …
        x, y, width, height: its place in a grid of 24 columns.
        queries: what is drawn.
    """

    title: str
    unit: str
    x: int
    y: int
    width: int
    height: int
    queries: tuple[Query, ...]


@dataclass(frozen=True)
class Dashboard:
    """A dashboard's title, the id in its address, and its panels."""

    title: str
    uid: str
    panels: tuple[Panel, ...]


def read(file: Path) -> Dashboard:
    """Read a dashboard's file. Panels that are no pictures of measurements are left out.

    Raises:
        OSError: it cannot be read.
        ValueError: it is not a dashboard.
    """
    told = json.loads(file.read_text(encoding="utf-8"))
    try:
        panels = tuple(_panel(one) for one in told["panels"] if one.get("targets"))
        return Dashboard(told["title"], told["uid"], panels)
    except (KeyError, TypeError) as error:
        raise ValueError(f"{file.name} is not a dashboard: {error!r}") from error


def _panel(told: Mapping[str, Any]) -> Panel:
    place = told["gridPos"]
    return Panel(
        title=told["title"],
        unit=told.get("fieldConfig", {}).get("defaults", {}).get("unit", "none"),
        x=place["x"],
        y=place["y"],
        width=place["w"],
        height=place["h"],
        queries=tuple(
            Query(one["expr"], one.get("legendFormat", ""))
            for one in told["targets"]
            if not one.get("hide")
        ),
    )


def written(value: float, unit: str) -> str:
    """A value in its unit, short."""
    if unit == "percentunit":
        return f"{value * 100:.3g} %"
    if unit == "bytes":
        for size, name in ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
            if abs(value) >= size:
                return f"{value / size:.3g} {name}"
        return f"{value:.3g} B"
    return f"{value:.3g}"
