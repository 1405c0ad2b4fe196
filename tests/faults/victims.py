"""Finding and killing one part of what grades a submission."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import docker
import psutil
import requests

from autograder.sandbox.outer import LABEL

SAFE = 0.4  # seconds of a kernel's life in which it cannot have run any cell

STARTED = 19  # place of the start, in ticks since the boot, behind a process's name in its `stat`

GONE = (psutil.Error, ProcessLookupError, FileNotFoundError)
NO_ENGINE = (docker.errors.DockerException, requests.RequestException, OSError)


@dataclass
class Victims:
    """What grades at this moment: a grader, its judge's kernel, its sandbox and what is in that.

    Attributes:
        client: of the engine that runs sandboxes.
        grader: process id.
        kill_engine: kills that engine, and starts it again.
        seen: all processes of sandboxes and judges so far, to see in the end that they are gone.
    """

    client: docker.DockerClient
    grader: int
    kill_engine: Callable[[], None]
    seen: set[psutil.Process] = field(default_factory=set)

    def kill(self, kind: str) -> bool:
        """Kill one part.

        Args:
            kind: which.

        Returns:
            Whether there was one to be killed.
        """
        try:
            return bool(getattr(self, f"_kill_{kind}")())
        except (*GONE, *NO_ENGINE):
            return False

    def _kill_sandbox(self) -> bool:
        for box in self._boxes():
            self.client.api.kill(box)
            return True
        return False

    def _kill_dockerd(self) -> bool:
        return _end(self._inside("dockerd"))

    def _kill_containerd(self) -> bool:
        return _end(self._inside("containerd"))

    def _kill_rootlesskit(self) -> bool:
        return _end(self._inside("rootlesskit"))

    def _kill_judge(self) -> bool:
        return _end(self._judges())

    def _kill_kernel(self) -> bool:
        """Kill the student's kernel, but only before any cell can have run.

        Later, it would cost the cell that runs, and what its variables hold: rightly so, since
        nobody can tell such a kernel from one that the student's own code has ended.
        """
        kernels = (p for p in self._inside("python3") if "/sandbox/kernel.py" in p.cmdline())
        return _end(kernel for kernel in kernels if _age(kernel) < SAFE)

    def _kill_engine(self) -> bool:
        if not self._boxes():
            return False
        self.kill_engine()
        return True

    def _kill_grader(self) -> bool:
        list(self._inside(""))  # to be looked for in the end
        list(self._judges())
        os.kill(self.grader, signal.SIGKILL)
        return True

    def _judges(self) -> Iterator[psutil.Process]:
        for process in psutil.Process(self.grader).children(recursive=True):
            with contextlib.suppress(*GONE):
                if "ipykernel_launcher" in process.cmdline():
                    self.seen.add(process)
                    yield process

    def _boxes(self) -> list[str]:
        """The containers of this grader's sandboxes."""
        boxes = self.client.api.containers(filters={"label": LABEL})
        return [box["Id"] for box in boxes if box["Labels"][LABEL].startswith(f"{self.grader}-")]

    def _inside(self, name: str) -> Iterator[psutil.Process]:
        """The processes of a name in this grader's sandboxes, parents first."""
        for box in self._boxes():
            first = psutil.Process(self.client.api.inspect_container(box)["State"]["Pid"])
            for process in first.children(recursive=True):
                self.seen.add(process)
                with contextlib.suppress(*GONE):
                    if process.name() == name:
                        yield process


def _age(process: psutil.Process) -> float:
    """Seconds that it has lived; psutil takes the moment of the boot in full seconds only."""
    told = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    started = int(told[STARTED]) / os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started


def _end(processes: Iterator[psutil.Process]) -> bool:
    for process in processes:
        process.kill()
        return True
    return False
