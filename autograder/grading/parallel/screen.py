"""How a class is getting on, as a live table."""

from __future__ import annotations

import threading
import time

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from autograder.grading.parallel.coordinator import Plan, Result
from autograder.grading.parallel.progress import Lines, rate, told


class Screen(Lines):
    """Shows a bar and what each worker does, and above them each submission that is through."""

    def __init__(self, plan: Plan) -> None:
        console = Console()
        self._lock = threading.Lock()
        self._workers: dict[str, tuple[str, str, float]] = {}
        super().__init__(plan, lambda line: console.print(line, highlight=False, soft_wrap=True))
        self._live = Live(console=console, get_renderable=self._show, transient=True)

    def __enter__(self) -> Screen:
        self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._live.stop()

    def doing(self, worker: str, student: str, what: str) -> None:
        """A worker has begun something; nothing, where `what` is empty."""
        with self._lock:
            before = self._workers.get(worker)
            since = before[2] if before and before[0] == student else time.monotonic()
            self._workers[worker] = (student, what, since)

    def done(self, result: Result) -> None:
        """A submission is through."""
        self.pace.step()
        self._say(told(result))

    def _show(self) -> Group:
        table = Table.grid(padding=(0, 2))
        now = time.monotonic()
        with self._lock:
            for name, (student, what, since) in sorted(self._workers.items()):
                if what:
                    table.add_row(f"  {name}", student, what, f"{now - since:.0f} s")
                else:
                    table.add_row(f"  {name}", "waits", "", "")
        pace = self.pace
        head = Table.grid(padding=(0, 2))
        bar = ProgressBar(total=max(1, pace.total), completed=pace.done, width=30)
        head.add_row(bar, f"{pace.done} of {pace.total}", rate(pace))
        return Group(head, table, Text())
