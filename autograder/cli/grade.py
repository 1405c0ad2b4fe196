"""`autograder grade`: a whole class at once."""

from __future__ import annotations

import functools
import gc
import json
import multiprocessing
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import forkserver
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from distributed import Client

    from autograder.grading.parallel.coordinator import Coordinator, Plan, Result
    from autograder.grading.parallel.progress import Lines


@click.command()
@click.argument("assignment")
@click.option("--workers", type=click.IntRange(1), help="On this machine; else as many as fit.")
@click.option("--scheduler", metavar="ADDRESS", help="Of a Dask scheduler, with its own workers.")
@click.option("--student", "students", multiple=True, help="Only this one (may be repeated).")
@click.option("--resume", is_flag=True, help="Go on with the run that was cut off, as it was.")
@click.option("--force", is_flag=True, help="Grade again what is graded already.")
@click.option("--json", "as_json", is_flag=True, help="Tell all as JSON, an object a line.")
def grade(
    assignment: str,
    workers: int | None,
    scheduler: str | None,
    students: Sequence[str],
    resume: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Grade a class, in parallel: what is new or has changed, and nothing twice.

    In the course's folder. The grade book and autograded/ are as nbgrader autograde makes them.
    With --scheduler, on the workers of many machines, each started as root by: dask worker ADDRESS
    --nthreads 1. Ends with status 1 where a submission could not be graded.
    """
    if workers and scheduler:
        raise click.UsageError("--workers is for this machine alone; leave out one of the two.")
    gc.disable()  # while modules are loaded, which is most of what it takes to start
    if not scheduler:
        _begin_imports()
    from autograder.grading.parallel import progress
    from autograder.grading.parallel.coordinator import Coordinator
    from autograder.grading.parallel.course import Course

    course = Course.here()
    course.check_gradebook()
    course.notebooks(assignment)
    course.submitted(assignment, students)
    coordinator = Coordinator(course, assignment, students, force, resume)
    say = functools.partial(click.echo, err=as_json)
    with coordinator.records.held(), course.inside():
        plan = coordinator.prepare()
        with _workers(coordinator, plan, workers, scheduler, say) as client:
            gc.enable()
            results = _run(coordinator, plan, client, as_json)
    if as_json:
        click.echo(json.dumps({"event": "end", **progress.ended(results)}))
    else:
        click.echo(_closing(results, course.root / ".grading" / assignment / "nbgrader.log"))
    sys.exit(any(result.why for result in results))


def _begin_imports() -> None:
    """Start what workers are forked from: it imports all that they need, while we do the same.

    Before Dask would, which would let it import other things.
    """
    multiprocessing.set_forkserver_preload(["distributed", "autograder.grading.parallel.work"])
    forkserver.ensure_running()


@contextmanager
def _workers(
    coordinator: Coordinator, plan: Plan, workers: int | None, scheduler: str | None, say: Any
) -> Iterator[Client | None]:
    if not coordinator.waiting(plan):
        yield None
        return
    from autograder.grading.parallel import cluster

    if scheduler:
        with cluster.remote(scheduler) as client:
            yield client
        return
    number = min(workers or cluster.fitting(coordinator.limits), len(plan.grade))
    say(f"Starting {number} worker{'s' if number > 1 else ''} on this machine")
    # Made once, before many ask for it, and while the workers start.
    aside = ProcessPoolExecutor(1, multiprocessing.get_context("forkserver"))
    made = aside.submit(_make_host, say)
    aside.shutdown(wait=False)  # ends when that is done; else it would outlive a command killed
    try:
        with cluster.local(number) as client:
            made.result()
            yield client
    finally:
        if not made.exception():
            _make_host(say)  # removes what killed workers have left


def _make_host(say: Callable[[str], None]) -> None:
    from autograder.sandbox import SandboxHost

    with SandboxHost(say):
        pass


def _run(
    coordinator: Coordinator, plan: Plan, client: Client | None, as_json: bool
) -> list[Result]:
    from autograder.grading.parallel import progress

    watch: Lines
    if as_json:
        watch = progress.Json(plan, click.echo)
    elif sys.stdout.isatty():
        from autograder.grading.parallel.screen import Screen

        watch = Screen(plan)
    else:
        watch = progress.Lines(plan, click.echo)
    with watch, _heeding_signals() as signals:
        try:
            return coordinator.run(plan, client, watch, lambda: bool(signals))
        except Exception:
            if signals:
                raise KeyboardInterrupt from None
            raise


@contextmanager
def _heeding_signals() -> Iterator[list[int]]:
    """Note Ctrl-C or a kill, rather than be cut off while grades are written; heed the second."""
    seen: list[int] = []

    def note(number: int, frame: Any) -> None:
        if seen:
            raise KeyboardInterrupt
        seen.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield seen
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _closing(results: list[Result], log: Any) -> str:
    failed = [result for result in results if result.why]
    manual = sum(result.manual for result in results)
    said = [f"{len(results) - len(failed)} graded"]
    if manual:
        said.append(f"{manual} with a part that a person has to read (formgrader)")
    lines = [", ".join(said) + "."]
    if failed:
        lines.append(f"{len(failed)} not graded, which is no zero; see above, and {log}")
    return "\n".join(lines)
