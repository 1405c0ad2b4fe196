"""Hands submissions to workers, and takes what comes back: as many at a time as there are workers.

What a dead worker was at, another one begins anew (Dask sees to that).
"""

from __future__ import annotations

import contextlib
import queue
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from distributed import Client, Future

from autograder.grading.errors import Interrupted
from autograder.grading.parallel import cluster, work
from autograder.grading.parallel.jobs import Answer, NotBelieved, Task, believed

AHEAD = 2  # submissions for each that is being run, so that no worker waits for the coordinator
LOOK = 0.25  # seconds between two looks at what else has happened
PATIENCE = 90  # seconds without any worker, or without the scheduler
FETCH = 60  # seconds to get an answer from a worker
TRIES = 3
DIED = (
    "Not graded: {tries} workers ended while they ran this submission. A person has to look at it."
)


class Dispatch:
    """Submissions on their way to workers and back.

    Args:
        client: of the workers.
        doing: told what each worker does: its name, a student's id, what is being done.
        stopped: whether to end early.
    """

    def __init__(
        self,
        client: Client,
        doing: Callable[[str, str, str], None],
        stopped: Callable[[], bool],
    ) -> None:
        self._client = client
        self._doing = doing
        self._stopped = stopped
        self._done: queue.SimpleQueue[Future[Any]] = queue.SimpleQueue()
        self._flying: dict[Any, tuple[Future[Any], Task]] = {}
        self._seen = time.monotonic()  # when there was a worker last

    def run(self, jobs: Iterable[Task], count: int) -> Iterator[tuple[Task, Answer, bytes]]:
        """Run submissions, and give back what came of each as it comes.

        Args:
            jobs: made one by one, as workers get free.
            count: how many there are; a job may be left out.

        Raises:
            Interrupted: it was stopped, or all workers, or the scheduler, are gone for long.
        """
        self._client.subscribe_topic(work.TOPIC, self._hear)
        waiting, again = iter(jobs), deque[Task]()
        try:
            more = True
            while more or again or self._flying:
                threads = max(1, sum(self._threads().values()))
                room = AHEAD * threads
                while (more or again) and len(self._flying) < room and not self._stopped():
                    task = again.popleft() if again else next(waiting, None)
                    if task is None:
                        more = False
                        break
                    count -= 1
                    self._send(task, more=count >= threads)
                if self._stopped():
                    raise Interrupted("Stopped.")
                for task, given in self._landed(again):
                    yield from self._judge(task, given, again)
        finally:
            for future, _ in self._flying.values():
                with contextlib.suppress(Exception):  # the scheduler may be gone
                    future.cancel(force=True)
            self._flying.clear()

    def _send(self, task: Task, *, more: bool) -> None:
        # One kind of task to Dask, which learns how long it takes. What it knows nothing of, it
        # does not move from a worker that is busy to one that is free.
        key = ("submission", task.student, time.monotonic_ns())
        future = self._client.submit(work.grade, task.job.packed(), more, key=key, pure=False)
        self._flying[future.key] = future, task
        future.add_done_callback(self._done.put)

    def _landed(self, again: deque[Task]) -> Iterator[tuple[Task, object]]:
        """What has come back since the last look, or comes soon."""
        try:
            future = self._done.get(timeout=LOOK)
        except queue.Empty:
            self._look()
            return
        _, task = self._flying.pop(future.key, (None, None))
        if task is None:
            return
        if future.status == "finished":
            try:
                yield task, future.result(timeout=FETCH)
                return
            except Exception:  # noqa: S110 - the worker has gone with its answer: below
                pass
        elif future.status == "error":  # Dask has tried it on several workers by now
            yield task, Answer(task.student, refused=DIED.format(tries=TRIES)).packed()
            return
        self._look()
        if task.tries < TRIES:
            again.append(replace(task, tries=task.tries + 1))
        else:
            yield task, Answer(task.student, refused=DIED.format(tries=TRIES)).packed()

    def _judge(
        self, task: Task, given: object, again: deque[Task]
    ) -> Iterator[tuple[Task, Answer, bytes]]:
        try:
            answer = believed(given, task.job)
            assert isinstance(given, bytes)  # noqa: S101 - `believed` has seen to that
            yield task, answer, given
        except NotBelieved as error:
            if task.tries < TRIES:
                again.append(replace(task, tries=task.tries + 1))
            else:
                refused = Answer(task.student, refused=f"Not graded: {error}")
                yield task, refused, refused.packed()

    def _threads(self) -> dict[str, int]:
        try:
            return cluster.threads(self._client)
        except (OSError, KeyError, ValueError):
            return {}

    def _look(self) -> None:
        """See that there is somebody to do the work."""
        if self._client.status == "running" and self._threads():
            self._seen = time.monotonic()
        elif self._client.status == "closed" or time.monotonic() - self._seen > PATIENCE:
            raise Interrupted("The scheduler, or all of its workers, are gone.")

    def _hear(self, event: tuple[float, Any]) -> None:
        told = event[1]
        if isinstance(told, dict):
            worker, student, what = (str(told.get(n, "")) for n in ("name", "student", "doing"))
            self._doing(worker, student, what)
