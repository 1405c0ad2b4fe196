"""Values that differ from student to student, so that a copied answer shows.

They come from the student's id alone: the same at home, in the grader, and on any machine. An
assignment's test cell asks for them as the student does (`mine.port(20000)`), and the one that
grades takes the id from the grade book, never from a notebook.
"""

from __future__ import annotations

import getpass
import hashlib
import os
from collections.abc import Sequence
from typing import TypeVar

VARIABLE = "DOCKER_LIVE_STUDENT"
PORTS = 1000  # that a student's own is one of

# fmt: off
_COLOURS = [
    "amber", "azure", "bronze", "coral", "copper", "golden", "indigo", "ivory", "jade", "lilac",
    "maroon", "olive", "pearl", "ruby", "sable", "silver", "teal", "violet",
]
_ANIMALS = [
    "badger", "beaver", "crane", "dolphin", "falcon", "gecko", "heron", "ibis", "jackal", "kestrel",
    "lemur", "lynx", "marten", "newt", "otter", "puffin", "raven", "seal", "tapir", "urchin",
    "viper", "walrus", "yak", "zebra",
]
# fmt: on

_Option = TypeVar("_Option")


def student() -> str:
    """The id of the student whose notebook this is.

    When an assignment is graded, it is the one that the work was handed in under. At home it is
    what `DOCKER_LIVE_STUDENT` says, or else the name that nbgrader will submit under.
    """
    return os.environ.get(VARIABLE) or os.environ.get("JUPYTERHUB_USER") or getpass.getuser()


def number(name: str, low: int, high: int, *, of: str | None = None) -> int:
    """A number of the student's own.

    Args:
        name: what it is for; another name gives another number.
        low: the smallest that it can be.
        high: the largest that it can be.
        of: the id of another student; the one whose notebook this is, where None.
    """
    digest = hashlib.sha256(f"{student() if of is None else of}/{name}".encode()).digest()
    return low + int.from_bytes(digest) % (high - low + 1)


def port(base: int, *, of: str | None = None) -> int:
    """A TCP port of the student's own.

    Args:
        base: the lowest of the thousand ports that it is one of, such as 21000. Two bases that
            are a thousand apart never give the same port.
        of: the id of another student.
    """
    return number(f"port {base}", base, base + PORTS - 1, of=of)


def choice(name: str, options: Sequence[_Option], *, of: str | None = None) -> _Option:
    """One of several things.

    Args:
        name: what it is for.
        options: at least one.
        of: the id of another student.
    """
    return options[number(name, 0, len(options) - 1, of=of)]


def word(name: str, *, of: str | None = None) -> str:
    """Two words that can be a name, a tag or a label's value, such as "amber-otter".

    Args:
        name: what it is for.
        of: the id of another student.
    """
    colour = choice(f"{name} colour", _COLOURS, of=of)
    return f"{colour}-{choice(f'{name} animal', _ANIMALS, of=of)}"
