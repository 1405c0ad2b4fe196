"""Whether two processes, maybe on two machines, run the same code."""

from __future__ import annotations

import functools
import hashlib
import platform
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import dockerlab

PACKAGES = ("distributed", "docker", "ipykernel", "jupyter_client", "nbformat", "nbgrader")
HERE = Path(__file__).resolve().parents[2]  # the package `autograder`
# What writes about grades, or asks for them, and gives none.
NOT_GRADING = ("cli", "grading/handing_in", "grading/reports")


@functools.cache
def code() -> str:
    """What tells one state of the code that gives marks from another."""
    digest = hashlib.sha256()
    for root in (HERE, Path(dockerlab.__file__).resolve().parent):
        for name, file in _modules(root):
            digest.update(name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def versions() -> dict[str, str]:
    """What must be the same on the coordinator and on each worker."""
    python = ".".join(platform.python_version_tuple()[:2])
    return {
        "docker-live": f"{metadata.version('docker-live')} ({code()})",
        "python": python,
        **{name: metadata.version(name) for name in PACKAGES},
    }


def differences(ours: dict[str, str], theirs: dict[str, str]) -> list[str]:
    """What is not the same, in words.

    Args:
        ours: the coordinator's.
        theirs: a worker's.
    """
    return [
        f"{name} {theirs.get(name, 'is missing')} instead of {version}"
        for name, version in ours.items()
        if theirs.get(name) != version
    ]


def _modules(root: Path) -> Iterator[tuple[str, Path]]:
    for file in sorted(root.rglob("*.py")):
        name = file.relative_to(root).as_posix()
        if not (root == HERE and name.startswith(NOT_GRADING)):
            yield f"{root.name}/{name}", file
