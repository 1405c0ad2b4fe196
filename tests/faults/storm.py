"""A class is graded, by stock nbgrader, while a schedule of kills goes on."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import docker
import psutil
from victims import Victims

LOOK = 0.02  # seconds between two looks for the next victim
TIMEOUT = 1800  # seconds for all
KINDS = ("sandbox", "dockerd", "containerd", "rootlesskit", "judge", "kernel", "engine", "grader")


@dataclass(frozen=True)
class Kill:
    """One of a schedule.

    Attributes:
        kind: of what is killed.
        pause: seconds since the one before; then the first such thing that is there is killed.
    """

    kind: str
    pause: float


def schedule(seed: int, kinds: Mapping[str, int], longest: float) -> list[Kill]:
    """A random order of kills, the same for the same seed.

    Args:
        seed: of the generator.
        kinds: how many of each.
        longest: seconds between two.
    """
    chance = random.Random(seed)  # noqa: S311 - to be repeated, not secret
    order = [kind for kind, count in kinds.items() for _ in range(count)]
    chance.shuffle(order)
    return [Kill(kind, chance.uniform(0, longest)) for kind in order]


@dataclass
class Storm:
    """Grades a class again and again until all kills are done and nbgrader is content.

    Attributes:
        course: its folder.
        client: of the engine that runs sandboxes.
        kills: the schedule.
        kill_engine: kills that engine, and starts it again.
        prefix: of the grader's command line.
        environment: of the grader, beside our own.
        log: a file for what the graders say.
        graders: their process ids.
        history: what happened, a line each.
        seen: all processes of sandboxes and judges that were there when something was killed.
    """

    course: Path
    client: docker.DockerClient
    kills: list[Kill]
    kill_engine: Callable[[], None]
    log: Path
    prefix: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    graders: list[int] = field(default_factory=list)
    history: list[str] = field(default_factory=list)
    seen: set[psutil.Process] = field(default_factory=set)

    def run(self) -> None:
        """Let it happen. What was graded is graded again only if there are kills left."""
        self._began = time.monotonic()
        self._last = self._began
        self._left = list(self.kills)
        content = False
        while self._left or not content:
            assert time.monotonic() - self._began < TIMEOUT, self.story()
            content = self._grade(again=content) == 0

    def story(self) -> str:
        """What happened, to be shown where a test fails."""
        return "\n".join([*self.history, self.log.read_text()[-3000:]])

    def _grade(self, *, again: bool) -> int:
        nbgrader = str(Path(sys.executable).with_name("nbgrader"))
        options = ["--force"] if again else []
        with self.log.open("a") as log:
            grader = subprocess.Popen(
                [*self.prefix, nbgrader, "autograde", "containers", *options],
                cwd=self.course,
                env=os.environ | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.graders.append(grader.pid)
        self._tell(f"grader {grader.pid} {' '.join(options)}")
        victims = Victims(self.client, grader.pid, self.kill_engine, self.seen)
        while grader.poll() is None:
            next_one = self._left[0] if self._left else None
            if next_one and time.monotonic() - self._last > next_one.pause:
                if victims.kill(next_one.kind):
                    self._left.pop(0)
                    self._last = time.monotonic()
                    self._tell(f"killed {next_one.kind}")
            elif time.monotonic() - self._began > TIMEOUT:
                grader.kill()
            time.sleep(LOOK)
        self._tell(f"grader {grader.pid} ended with {grader.returncode}")
        return grader.returncode

    def _tell(self, what: str) -> None:
        self.history.append(f"{time.monotonic() - self._began:6.1f} s  {what}")
