"""Named answers of a student's notebook, as plain data.

`answer` gives a test cell the value of a student's variable. At home both share a kernel. When an
assignment is graded, the test runs in a kernel of its own, outside the student's reach, and gets
what the student's kernel wrote down. Either way it is JSON, so that the verdict is the same.
"""

from __future__ import annotations

import json
from typing import Any

from IPython import get_ipython

from autograder.checks.answers import NotPlain, plain
from autograder.role import Role, role

_received: dict[str, dict[str, Any]] = {}


def answer(name: str) -> Any:
    """The value of a variable of the student's; None where there is no such variable.

    Args:
        name: of the variable. Write it out, as grading has to find it in the test's source.

    Returns:
        Text, numbers, lists and dictionaries. What is of another type is a `NotPlain`.
    """
    told = _received.get(name, {}) if role() is Role.JUDGE else json.loads(tell(name))
    return NotPlain(str(told["type"])) if "type" in told else told.get("value")


def tell(name: str) -> str:
    """Write down what a variable of this notebook holds, as JSON.

    Args:
        name: of the variable.

    Returns:
        An object with its "value", or with its "type" where that is not a plain one, or with
        neither where there is no such variable.
    """
    shell = get_ipython()
    names = shell.user_ns if shell else {}
    if name not in names:
        return "{}"
    try:
        return json.dumps({"value": plain(names[name])})
    except (TypeError, ValueError, RecursionError) as error:
        return json.dumps({"type": str(error)})


def receive(told: str) -> None:
    """Take the answers that a student's kernel has written down; for the judge's kernel.

    Args:
        told: a JSON object of what `tell` returned, by the variables' names.
    """
    _received.clear()
    _received.update(json.loads(told))
