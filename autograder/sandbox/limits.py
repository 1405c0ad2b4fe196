"""What a submission may use, and what it needs. An assignment says so in its `needs.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path

from autograder.sandbox.errors import SandboxUnavailable

MB = 1_000_000
FEATURES = ("limits", "ipvs")


@dataclass(frozen=True)
class Limits:
    """What a submission may use. Reaching one ends a cell, and costs no other cell its points.

    Attributes:
        cell: seconds that one cell may run.
        total: seconds that all cells of a submission may run together.
        memory: MB for the student's kernel and all containers together.
        cpus: processors that they may use.
        processes: processes and threads of the kernel; its containers may have as many again.
        disk: MB that may be written, images and volumes included.
        output: MB that one cell may print.
    """

    cell: float = 120
    total: float = 1200
    memory: int = 2500
    cpus: float = 2
    processes: int = 400
    disk: int = 2000
    output: float = 1


@dataclass(frozen=True)
class Needs:
    """What an assignment needs to be solved and graded.

    Attributes:
        minutes: that it takes a student.
        images: of the course's catalogue.
        features: of an engine that not every machine can give: "limits" (real limits of memory,
            processors and processes), "ipvs" (a service's virtual address and the routing mesh).
        limits: what a submission may use.
    """

    minutes: int = 60
    images: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)


def read(file: Path) -> Needs:
    """Read an assignment's `needs.toml`. Where there is none, it needs nothing special.

    Args:
        file: beside the assignment's notebook in `source/`.

    Raises:
        SandboxUnavailable: it cannot be understood; the message says where.
    """
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Needs()
    except (OSError, ValueError) as error:
        raise SandboxUnavailable(f"{file} cannot be read: {error}") from error
    limits = told.pop("limits", {})
    for given, known in ((told, Needs), (limits, Limits)):
        unknown = given.keys() - {each.name for each in fields(known)}
        if unknown:
            raise SandboxUnavailable(f"{file} has an unknown setting: {', '.join(sorted(unknown))}")
    if bad := set(told.get("features", ())) - set(FEATURES):
        raise SandboxUnavailable(f"{file} has an unknown feature: {', '.join(sorted(bad))}")
    for name, value in limits.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            raise SandboxUnavailable(f"{file}: the limit {name} must be a number above 0")
    return Needs(
        minutes=told.get("minutes", Needs.minutes),
        images=tuple(told.get("images", ())),
        features=tuple(told.get("features", ())),
        limits=Limits(**limits),
    )
