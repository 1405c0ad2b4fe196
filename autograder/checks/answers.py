"""Comparing what a student answered with what the daemon says.

An answer is an object of the student's making, so nothing of it is called: only values of exactly
Python's own plain types are looked at.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

PLAIN = (str, int, float, bool, type(None))
DEEPEST = 10


@dataclass(frozen=True)
class NotPlain:
    """Stands for an answer that is not of a plain type.

    Attributes:
        type: that type's name.
    """

    type: str


def plain(value: Any, depth: int = DEEPEST) -> Any:
    """The value, rebuilt from plain parts.

    Args:
        value: anything.
        depth: how many lists or dictionaries may lie in one another.

    Raises:
        TypeError: a part is of another type; the message is that type's name.
    """
    kind = type(value)
    if kind is NotPlain:
        raise TypeError(value.type)
    # `is`, not `in`: a class, too, can be made to say that it equals `str`.
    if any(kind is one for one in PLAIN):
        return value
    if depth > 0 and (kind is list or kind is tuple):
        return [plain(item, depth - 1) for item in value]
    if depth > 0 and kind is set:
        return sorted((plain(item, 0) for item in value), key=repr)
    if depth > 0 and kind is dict:
        return {plain(k, 0): plain(v, depth - 1) for k, v in value.items()}
    raise TypeError(type.__dict__["__name__"].__get__(kind))


def same(given: Any, expected: Any) -> bool:
    """Whether two plain values mean the same: text without its outer blanks, numbers by value.

    A number given as text counts ("3306" for 3306), and the other way round; a truth value is not
    a number.
    """
    if isinstance(given, bool) or isinstance(expected, bool):
        return type(given) is type(expected) and given == expected
    if isinstance(expected, int | float):
        return _same_number(given, expected)
    if isinstance(expected, str):
        text = shown(given) if isinstance(given, int) else given
        return isinstance(text, str) and text.strip() == expected.strip()
    if isinstance(expected, list):
        return (
            isinstance(given, list)
            and len(given) == len(expected)
            and all(same(g, e) for g, e in zip(given, expected, strict=True))
        )
    if isinstance(expected, dict):
        return (
            isinstance(given, dict)
            and given.keys() == expected.keys()
            and all(same(given[key], expected[key]) for key in expected)
        )
    return bool(given == expected)


def shown(answer: Any) -> str:
    """A plain value as Python writes it."""
    try:
        return repr(answer)
    except ValueError:  # Python refuses to write numbers of thousands of digits
        return "a very long number"


def _same_number(given: Any, expected: float) -> bool:
    try:
        if isinstance(given, str):
            given = int(given) if given.strip().lstrip("+-").isdigit() else float(given)
        if isinstance(given, int) and isinstance(expected, int):
            return given == expected
        return isinstance(given, int | float) and math.isclose(given, expected, rel_tol=1e-9)
    except (ValueError, OverflowError):
        return False
