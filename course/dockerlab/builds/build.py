"""Running `docker build`, and what each instruction of the Dockerfile came to."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dockerlab.builds.cache import Record
from dockerlab.builds.dockerfile import Instruction, parse, stage_names
from dockerlab.builds.progress import Progress, Vertex, read
from dockerlab.builds.table import html, text
from dockerlab.errors import ToolMissing

TIMEOUT = 600  # seconds for a build
NUMBERED = re.compile(r"\[(?:\S+/\S+ )?(?:(?P<stage>\S+) )?(?P<step>\d+)/\d+\] (?P<text>.*)", re.S)
RAN = "mount / from exec "  # how the cache describes what a RUN has made
NO_BUILDX = (
    "This lesson reads BuildKit's own account of a build, for which the docker command needs "
    "buildx 0.13 or newer: install the package docker-buildx (or docker-buildx-plugin), or update "
    "Docker Desktop."
)


@dataclass(frozen=True)
class Step:
    """What became of one instruction.

    Attributes:
        instruction: as it stands in the Dockerfile.
        state: "base", "built", "cached", "failed", "setting" (noted in the image, no files), or
            "not run" (not needed, or after a failure).
        seconds: that it took; None where nothing was run.
        size: bytes that it adds; None where it is unknown.
        log: what its command has printed.
    """

    instruction: Instruction
    state: str
    seconds: float | None = None
    size: int | None = None
    log: str = ""


@dataclass(frozen=True)
class Build:
    """A build that has ended, well or not.

    Attributes:
        steps: in the Dockerfile's order.
        sent: bytes of the context that went to the builder.
        seconds: from the first step's start to the last one's end.
        error: the last thing that was said, where it failed.
        excerpt: the lines of the Dockerfile that the builder points at, where it failed.
    """

    steps: tuple[Step, ...]
    sent: int
    seconds: float
    error: str = ""
    excerpt: str = ""

    @property
    def ok(self) -> bool:
        """Whether an image came of it."""
        return not self.error

    def states(self, *keywords: str) -> list[str]:
        """The states of the steps, in their order.

        Args:
            keywords: of the wanted instructions ("RUN"); all, where none is named.
        """
        return [s.state for s in self.steps if not keywords or s.instruction.keyword in keywords]

    def __repr__(self) -> str:
        return text(self)

    def _repr_html_(self) -> str:
        return html(self)


def run(command: str, folder: Path, labels: Mapping[str, str]) -> Progress:
    """Run a `docker build` command in a folder.

    Args:
        command: as one types it ("docker build -t web_img .").
        folder: where.
        labels: put on the image.

    Raises:
        ValueError: it is another command.
        ToolMissing: the docker command is too old for this.
        subprocess.TimeoutExpired: it took more than ten minutes, and was ended.
    """
    words = shlex.split(command)
    if words[:2] != ["docker", "build"]:
        raise ValueError(f"This is no `docker build`: {command}")
    marks = [f"--label={key}={value}" for key, value in labels.items()]
    # The engine's own builder, whichever else the learner has chosen elsewhere.
    settings = {"DOCKER_BUILDKIT": "1", "BUILDX_BUILDER": "default"}
    try:
        done = subprocess.run(
            [*words[:2], "--progress=rawjson", *marks, *words[2:]],
            cwd=folder,
            env=os.environ | settings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            timeout=TIMEOUT,
            check=False,
        )
    except FileNotFoundError as error:
        raise ToolMissing("There is no docker command here. " + NO_BUILDX) from error
    progress = read(done.stderr)
    if (
        done.returncode
        and not progress.vertices
        and re.search(
            r"rawjson|unknown flag: --progress|buildx (?:component|plugin)|is not a docker command",
            progress.rest,
        )
    ):
        raise ToolMissing(f"{NO_BUILDX} It said: {progress.rest}")
    if done.returncode and not progress.rest:
        progress.rest = f"ERROR: docker build ended with status {done.returncode}"
    return progress


def account(
    dockerfile: str, progress: Progress, cached: Iterable[Record] = (), made: Iterable[Record] = ()
) -> Build:
    """Lay what was told beside the Dockerfile's instructions.

    Args:
        dockerfile: its text.
        progress: what BuildKit has told.
        cached: the cache's records, for the sizes.
        made: those of them that this build has made.
    """
    instructions = parse(dockerfile)
    names = stage_names(instructions)
    by_place = _by_place(progress, names)
    made, cached = list(made), list(cached)
    steps = []
    for each in instructions:
        vertices = by_place.get((each.stage, each.step)) if each.step else None
        steps.append(_step(each, vertices, progress, made, cached))
    times = [v for v in progress.vertices if v.started and v.completed]
    seconds = max((v.completed or 0 for v in times), default=0) - min(
        (v.started or 0 for v in times), default=0
    )
    _, _, error = progress.rest.rpartition("ERROR: ")
    excerpt = re.search(r"^-+\n((?:\s+\d+ \|.*\n?)+)-+$", progress.rest, re.MULTILINE)
    return Build(
        tuple(steps),
        progress.sent,
        seconds,
        error.removeprefix("failed to solve: ") if "ERROR: " in progress.rest else "",
        excerpt[1].rstrip("\n") if excerpt else "",
    )


def _by_place(progress: Progress, names: list[str]) -> dict[tuple[int, int], list[Vertex]]:
    """The vertices by stage and number. An ADD from an address has two: fetch it, put it there."""
    found: dict[tuple[int, int], list[Vertex]] = {}
    for vertex in progress.vertices:
        if match := NUMBERED.match(vertex.name):
            named = (match["stage"] or "").lower()
            stage = names.index(named) if named in names else 0
            found.setdefault((stage, int(match["step"])), []).append(vertex)
    return found


def _step(
    instruction: Instruction,
    vertices: list[Vertex] | None,
    progress: Progress,
    made: list[Record],
    cached: list[Record],
) -> Step:
    if not instruction.step and instruction.keyword != "FROM":
        return Step(instruction, "setting" if not progress.rest else "not run")
    if not vertices or not any(vertex.completed for vertex in vertices):
        inherits = instruction.keyword == "FROM" and not instruction.step
        return Step(instruction, "base" if inherits else "not run")
    log = "".join(vertex.log for vertex in vertices)
    seconds = sum(vertex.seconds for vertex in vertices)
    if instruction.keyword == "FROM":
        return Step(instruction, "base", seconds)
    if any(vertex.error for vertex in vertices):
        return Step(instruction, "failed", seconds, None, log)
    if all(vertex.cached for vertex in vertices):
        return Step(instruction, "cached", 0.0, _size(vertices[0], cached), log)
    return Step(instruction, "built", seconds, _size(vertices[0], made or cached), log)


def _size(vertex: Vertex, records: list[Record]) -> int | None:
    """What a step adds, by the record of the cache that it made; the latest, of several."""
    mine = [record for record in records if describes(record, vertex)]
    return max(mine, key=lambda record: record.used).size if mine else None


def describes(record: Record, vertex: Vertex) -> bool:
    """Whether a record of the cache is what came of a vertex, by its description.

    The numbers do not count: another Dockerfile's step may have made it.
    """
    if record.description == vertex.name:
        return True
    wanted = NUMBERED.match(vertex.name)
    if not wanted:
        return False
    if record.description.startswith(RAN):
        command = re.sub(r"^RUN\s+(--\S+\s+)*", "", wanted["text"])
        return record.description.endswith(f" -c {command}")
    made = NUMBERED.match(record.description)
    return made is not None and made["text"] == wanted["text"]
