"""Where a class is graded: workers on this machine, or those of a scheduler that is running."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import dask
import psutil
from distributed import Client, LocalCluster, Security
from distributed.comm.core import CommClosedError, connect

from autograder.grading.errors import CannotGrade
from autograder.grading.parallel import versions, work
from autograder.sandbox.limits import MB, Limits

CONNECT = 10  # seconds for a scheduler to answer
ALONE = 0.7  # seconds that the first worker is given to start: it begins sooner
WORKERS = 60  # seconds for its workers to be there
PER_CORE = 2  # workers: while one waits for a database, another may use the core
OVERHEAD = 700  # MB that a sandbox and its worker take beside what the student may use
SHARE = 0.9  # of the memory that is free
SETTINGS = {
    # Workers are forked from a process that has imported all they need (see `cli.grade`).
    "distributed.worker.multiprocessing-method": "forkserver",
    # What Dask notes about itself all the time took a tenth of a class's time, and nobody reads it.
    "distributed.worker.profile.enabled": False,
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.tick.interval": "1s",
    "distributed.worker.memory.terminate": False,  # the sandboxes are limited, not the workers
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.target": False,
    # A dead worker is replaced, however slowly: after this time it would be given up for good.
    "distributed.deploy.lost-worker-timeout": "1 hour",
    "distributed.scheduler.worker-ttl": "2 minutes",  # then a silent worker is given up
    "distributed.comm.timeouts.connect": f"{CONNECT}s",
    "distributed.admin.large-graph-warning-threshold": "1 GiB",
}


def fitting(limits: Limits) -> int:
    """How many workers this machine's cores and memory suffice for.

    Args:
        limits: what one submission may use.
    """
    cores = len(os.sched_getaffinity(0))
    room = psutil.virtual_memory().available * SHARE / ((limits.memory + OVERHEAD) * MB)
    return max(1, min(cores * PER_CORE, int(room)))


@contextlib.contextmanager
def local(workers: int) -> Iterator[Client]:
    """Workers on this machine, for as long as they are needed. A dead one is replaced.

    One is there; the others start meanwhile.

    Args:
        workers: how many.
    """
    with dask.config.set(SETTINGS), contextlib.ExitStack() as stack:
        cluster = LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            dashboard_address=None,
            worker_dashboard_address=None,
            security=True,  # with certificates of its own: other users of this machine stay out
            memory_limit=None,
            silence_logs=50,
            preload=__name__,
        )
        stack.callback(cluster.close, timeout=20)
        client = stack.enter_context(Client(cluster, set_as_default=False))
        others = threading.Timer(ALONE, cluster.scale, [workers])
        others.start()
        stack.callback(others.cancel)
        yield client


@contextlib.contextmanager
def remote(address: str) -> Iterator[Client]:
    """The workers of a scheduler that is running.

    Args:
        address: the scheduler's, such as tcp://10.0.0.1:8786.

    Raises:
        CannotGrade: it does not answer, has no workers, or they run other versions.
    """
    with dask.config.set(SETTINGS), contextlib.ExitStack() as stack:
        try:
            # First by hand: a client waits for ever for what answers, and is no scheduler.
            # In a thread of its own, as this one may have an event loop that runs.
            with ThreadPoolExecutor(1) as thread:
                thread.submit(asyncio.run, _greet(address)).result()
            client = Client(address, timeout=CONNECT, set_as_default=False)
        except (TimeoutError, OSError, ValueError, CommClosedError) as error:
            raise CannotGrade(
                f"No scheduler answers at {address}. Is it running (dask scheduler), and does a "
                f"firewall let this machine through? ({type(error).__name__})"
            ) from error
        stack.callback(client.close, timeout=5)
        try:
            client.wait_for_workers(1, timeout=WORKERS)
        except TimeoutError as error:
            raise CannotGrade(
                f"The scheduler at {address} has no workers. Start some, as root, on each "
                f"machine: dask worker {address} --nthreads 1"
            ) from error
        check(client)
        yield client


async def _greet(address: str) -> None:
    settings = Security().get_connection_args("client")  # certificates, where Dask is told of some
    greeting = connect(address, timeout=CONNECT, **settings)
    greeted = await asyncio.wait_for(greeting, 2 * CONNECT)
    await greeted.close()


def check(client: Client) -> None:
    """See that each worker has the coordinator's versions.

    Args:
        client: of the workers.

    Raises:
        CannotGrade: one has not.
    """
    ours = versions.versions()
    wrong = []
    for address in threads(client):
        asked = client.submit(work.introduce, workers=[address], pure=False)
        try:
            theirs = json.loads(asked.result(timeout=WORKERS))
            found = versions.differences(ours, theirs)
        except Exception as error:  # it cannot even be asked: the module is not there
            found = [f"it cannot be asked: {type(error).__name__}: {error}"]
        if found:
            wrong.append(f"{address}: {'; '.join(found)}")
    if wrong:
        raise CannotGrade(
            "Workers run other versions than the coordinator, so that their verdicts might differ. "
            f"Install the same on all machines, start them anew, and try again. {' | '.join(wrong)}"
        )


def threads(client: Client) -> dict[str, int]:
    """The addresses of the workers that are there, and how many submissions each runs at once."""
    told: dict[str, Any] = client.scheduler_info(n_workers=-1)["workers"]
    return {address: int(about["nthreads"]) for address, about in told.items()}


def dask_teardown(worker: Any) -> None:
    """Called by Dask when a worker of this machine ends."""
    work.prepared.drop()


def dask_setup(worker: Any) -> None:
    """Called by Dask in each worker of this machine: Ctrl-C is for the coordinator alone."""
    with contextlib.suppress(ValueError):  # not the main thread
        signal.signal(signal.SIGINT, signal.SIG_IGN)
