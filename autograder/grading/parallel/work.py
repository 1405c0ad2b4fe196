"""What a worker does: it runs one submission in a sandbox, and says as JSON what came of it."""

from __future__ import annotations

import functools
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from distributed import get_worker

from autograder.grading import execute
from autograder.grading.errors import NotGraded
from autograder.grading.parallel import versions
from autograder.grading.parallel.jobs import Answer, Job, outputs
from autograder.grading.workplace import Prepared
from autograder.sandbox import outer

TOPIC = "docker-live"  # of what a worker tells while it is at it
OTHER_CODE = (
    "Not graded: the worker {worker} runs other code than the coordinator. Install the same "
    "version on both, start the worker anew, then grade again."
)

prepared = Prepared()


def introduce() -> bytes:
    """Say which versions this worker has, as JSON."""
    return json.dumps(versions.versions()).encode()


def grade(sent: bytes, more: bool = False) -> bytes:
    """Run a submission.

    Args:
        sent: a packed `Job`.
        more: whether another one will follow, for which a sandbox is prepared meanwhile.

    Returns:
        A packed `Answer`. What goes wrong is told in it; nothing is raised.
    """
    job = Job.unpacked(sent)
    worker = get_worker()
    name = str(worker.name)

    def tell(doing: str) -> None:
        worker.log_event(TOPIC, {"name": name, "student": job.student, "doing": doing})

    if job.version != versions.code():
        return Answer(job.student, refused=OTHER_CODE.format(worker=name), worker=name).packed()
    try:
        return run(job, tell, name, more).packed()
    except Exception as error:  # a fault of ours: it must not end the class, nor be a zero
        why = f"Not graded, for a fault of the grader: {type(error).__name__}: {error}"
        return Answer(job.student, refused=why, worker=name).packed()
    finally:
        tell("")


def run(
    job: Job,
    tell: Callable[[str], None] = lambda doing: None,
    worker: str = "",
    more: bool = False,
) -> Answer:
    """Run a submission.

    Args:
        job: what to run.
        tell: told what is being done.
        worker: the name of who does it.
        more: whether another one will follow, for which a sandbox is prepared meanwhile.
    """
    shown, seconds, cpu, memory = {}, 0.0, 0.0, 0
    opened = functools.partial(prepared.opened, more=more)
    with outer.new_folder() as made, _log() as (log, lines):  # goes, even if this is killed
        files = Path(made, "files")
        files.mkdir()
        job.lay_out(files)
        needs = Path(made, "needs.toml")
        if job.needs is not None:
            needs.write_text(job.needs, encoding="utf-8")
        try:
            for name, notebook in job.notebooks.items():
                nb = nbformat.from_dict(notebook)
                ran = execute.run(nb, needs, job.student, files, log=log, tell=tell, opened=opened)
                shown[name] = outputs(ran.notebook)
                seconds, cpu = seconds + ran.seconds, cpu + ran.cpu
                memory = max(memory, ran.memory)
        except NotGraded as error:
            return Answer(job.student, refused=str(error), worker=worker, log=lines)
    return Answer(
        job.student,
        shown,
        seconds=seconds,
        cpu=cpu,
        memory=memory,
        worker=worker,
        log=lines,
    )


@contextmanager
def _log() -> Iterator[tuple[logging.Logger, list[str]]]:
    """A log of one submission's own, and its lines."""
    lines: list[str] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    log = logging.Logger("docker-live", logging.WARNING)
    log.addHandler(Keeper())
    yield log, lines
