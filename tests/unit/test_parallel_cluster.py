"""Workers that are not there, or not the same, are told before anything is done."""

from __future__ import annotations

import os
import signal
import socket
import threading

import pytest
from distributed import Client, LocalCluster

from autograder.grading.errors import CannotGrade, Interrupted
from autograder.grading.parallel import cluster, dispatch, versions, work
from autograder.grading.parallel.jobs import Answer, Job, Task
from autograder.sandbox.limits import Limits
from dockerlab.wait import wait_for

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # Dask's and tornado's own
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def scheduler():
    """One with a worker that is a thread of this process."""
    settings = {"processes": False, "dashboard_address": "127.0.0.1:0", "threads_per_worker": 1}
    with LocalCluster(n_workers=1, **settings) as made:
        yield made


def job(student="ann"):
    return Job("small", student, None, {}, {}, versions.code())


def answers(client, tasks, stopped=lambda: False):
    made = dispatch.Dispatch(client, lambda *doing: None, stopped)
    return [(task.student, answer.refused) for task, answer, _ in made.run(tasks, len(tasks))]


def test_a_scheduler_that_does_not_answer(monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # and one that is no scheduler
        for port in (silent.getsockname()[1], 1):
            workers = cluster.remote(f"tcp://127.0.0.1:{port}")
            with pytest.raises(CannotGrade, match="No scheduler answers at"):
                workers.__enter__()


def test_an_address_that_is_none():
    with pytest.raises(CannotGrade, match="No scheduler answers"):
        cluster.remote("nonsense://x").__enter__()


def test_a_scheduler_without_workers(monkeypatch):
    monkeypatch.setattr(cluster, "WORKERS", 1)
    with (
        LocalCluster(n_workers=0, processes=False, dashboard_address="127.0.0.1:0") as made,
        pytest.raises(CannotGrade, match=r"no workers.*dask worker"),
    ):
        cluster.remote(made.scheduler_address).__enter__()


def test_workers_with_other_versions(scheduler, monkeypatch):
    with cluster.remote(scheduler.scheduler_address):
        pass
    monkeypatch.setattr(work, "introduce", lambda: b'{"python": "3.9"}')
    with pytest.raises(CannotGrade, match=r"docker-live is missing.*python 3.9 instead of 3"):
        cluster.remote(scheduler.scheduler_address).__enter__()


def test_a_worker_with_other_code_grades_nothing(scheduler):
    with Client(scheduler, set_as_default=False) as client:
        sent = Task(Job("small", "ann", None, {}, {}, "older"))
        ((_, refused),) = answers(client, [sent])
    assert "other code" in refused


def test_answers_come_back_and_a_fault_of_ours_is_no_zero(scheduler, monkeypatch):
    def run(job, *more):
        if job.student == "bob":
            raise RuntimeError("a mistake")
        return Answer(job.student)

    monkeypatch.setattr(work, "run", run)
    with Client(scheduler, set_as_default=False) as client:
        told = answers(client, [Task(job(name)) for name in ("ann", "bob")])
    assert dict(told)["ann"] == ""
    assert dict(told)["bob"] == "Not graded, for a fault of the grader: RuntimeError: a mistake"


def test_what_is_not_believed_is_run_again_and_at_last_not_graded(scheduler, monkeypatch):
    ran = []

    def run(job, *more):
        ran.append(job.student)
        return Answer("somebody else")

    monkeypatch.setattr(work, "run", run)
    with Client(scheduler, set_as_default=False) as client:
        ((_, refused),) = answers(client, [Task(job())])
    assert ran == ["ann"] * dispatch.TRIES
    assert refused.startswith("Not graded: A worker answered for")


def test_a_scheduler_that_goes_ends_the_run(monkeypatch):
    monkeypatch.setattr(dispatch, "PATIENCE", 1)
    begun, end = threading.Event(), threading.Event()

    def run(job, *more):
        begun.set()
        end.wait(20)
        return Answer(job.student)

    monkeypatch.setattr(work, "run", run)
    made = LocalCluster(n_workers=1, processes=False, dashboard_address="127.0.0.1:0")
    client = Client(made.scheduler_address, set_as_default=False, timeout=2)

    def close():
        begun.wait(20)
        made.close(timeout=2)

    closing = threading.Thread(target=close)
    closing.start()
    try:
        with pytest.raises(Interrupted, match="are gone"):
            answers(client, [Task(job())])
    finally:
        end.set()
        closing.join()
        client.close(timeout=1)


def test_only_as_many_as_fit_are_started(monkeypatch):
    class Memory:
        available = 10_000_000_000

    monkeypatch.setattr(cluster.psutil, "virtual_memory", Memory)
    monkeypatch.setattr(cluster.os, "sched_getaffinity", lambda pid: set(range(64)))
    assert cluster.fitting(Limits(memory=1100)) == 5
    assert cluster.fitting(Limits(memory=100_000)) == 1
    monkeypatch.setattr(cluster.os, "sched_getaffinity", lambda pid: {0, 1})
    assert cluster.fitting(Limits(memory=1100)) == 4


@pytest.mark.slow
def test_a_dead_worker_is_replaced_however_slow_the_machine_is():
    with cluster.local(1) as client:
        (before,) = cluster.threads(client)
        (pid,) = client.run(os.getpid).values()
        os.kill(pid, signal.SIGKILL)
        wait_for(
            lambda: set(cluster.threads(client)) - {before},
            timeout=300,
            interval=1,
            what="another worker",
        )
