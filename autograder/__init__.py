"""What an assignment imports: a connection to the engine, and the checks of a student's work.

Each name is loaded when it is asked for: the commands, which need few of them, start sooner.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder import mine
    from autograder.answering import answer
    from autograder.checks import EngineFault, Result, Task, grade
    from autograder.start import begin
    from dockerlab.engine import connect

_MODULES = {
    "EngineFault": "autograder.checks",
    "Result": "autograder.checks",
    "Task": "autograder.checks",
    "answer": "autograder.answering",
    "begin": "autograder.start",
    "connect": "dockerlab.engine",
    "grade": "autograder.checks",
}

__all__ = ["EngineFault", "Result", "Task", "answer", "begin", "connect", "grade", "mine"]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:  # `mine` is a module, which `from autograder import mine` finds
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_MODULES[name]), name)
