"""Two ways to the same end, timed turn by turn, and their table."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Comparison:
    """What came of timing one thing against another.

    Attributes:
        name: what was timed.
        ours: median of our way, in the unit.
        plain: median of the plain way, in the unit.
        limit: the ratio that ours may reach; None where none is promised.
        unit: "s", or "MB" where it is not time that is compared.
    """

    name: str
    ours: float
    plain: float
    limit: float | None = None
    unit: str = "s"

    @property
    def ratio(self) -> float:
        """How many times as long ours takes."""
        return self.ours / self.plain

    @property
    def holds(self) -> bool:
        """Whether the promise is kept."""
        return self.limit is None or self.ratio <= self.limit


def compare(
    name: str,
    ours: Callable[[], object],
    plain: Callable[[], object],
    *,
    runs: int = 30,
    limit: float | None = None,
) -> Comparison:
    """Time two functions in turn, so that what else the machine does meets both alike.

    Args:
        name: what is timed.
        ours: our way.
        plain: the plain way, to the same end.
        runs: how often each is called, after one call that does not count.
        limit: the ratio that ours may reach.
    """
    ours(), plain()
    times: dict[Callable[[], object], list[float]] = {ours: [], plain: []}
    for turn in range(runs):
        # Neither is always the first: what comes second may find something warm.
        for way in (ours, plain) if turn % 2 else (plain, ours):
            began = time.perf_counter()
            way()
            times[way].append(time.perf_counter() - began)
    return Comparison(name, statistics.median(times[ours]), statistics.median(times[plain]), limit)


def show(title: str, comparisons: Iterable[Comparison], *, plain: str) -> None:
    """Print a table.

    Args:
        title: above it.
        comparisons: its rows.
        plain: what the plain way is called.
    """
    table = Table("", "ours", plain, "ratio", "at most", title=title, title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for one in comparisons:
        limit = "" if one.limit is None else f"{one.limit:g}"
        ratio = f"{one.ratio:.2f}" if one.holds else f"{one.ratio:.2f} MISSED"
        table.add_row(one.name, *(_shown(n, one.unit) for n in (one.ours, one.plain)), ratio, limit)
    Console().print(table)


def _shown(number: float, unit: str) -> str:
    return f"{number * 1000:.2f} ms" if unit == "s" and number < 1 else f"{number:.2f} {unit}"
