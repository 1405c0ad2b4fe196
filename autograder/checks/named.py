"""What all checks of a thing that the daemon knows by a name share."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.checks.task import Task


class Named:
    """A thing of the daemon's, by its name. Each look asks the daemon anew.

    Args:
        task: collects the results.
        name: the thing's.
    """

    def __init__(self, task: Task, name: str) -> None:
        self._task = task
        self._client = task.client
        self.name = name


def nearest(name: str, names: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The name that may have been meant; None where none is like it.

    Args:
        name: that there is not.
        names: that there are.
        cutoff: from 0 to 1: how like they must be.
    """
    return next(iter(difflib.get_close_matches(name, list(names), n=1, cutoff=cutoff)), None)


def missing(kind: str, name: str, names: Iterable[str], *, cutoff: float = 0.6) -> str:
    """What is told where there is no such thing.

    Args:
        kind: of thing ("volume").
        name: that there is not.
        names: of those that there are.
        cutoff: see `nearest`.
    """
    near = nearest(name, names, cutoff=cutoff)
    return f"no {kind} {name!r}" + (f"; there is one called {near!r}" if near else "")
