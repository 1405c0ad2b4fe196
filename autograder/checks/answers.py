"""Comparing what a student answered with what the daemon says.

An answer is an object of the student's making, so nothing of it is called: only values of exactly
Python's own plain types are looked at.
"""

from __future__ import annotations

import math
from typing import Any

PLAIN = (str, int, float, bool, type(None))
DEEPEST = 10


def plain(value: Any, depth: int = DEEPEST) -> Any:
    """The value, rebuilt from plain parts.

    Args:
        value: anything.
        depth: how many lists or dictionaries may lie in one another.

    Raises:
        TypeError: a part is of another type.
    """
    kind = type(value)
    if kind in PLAIN:
        return value
    if depth > 0 and kind in (list, tuple, set):
        items = [plain(item, depth - 1) for item in value]
        return sorted(items, key=repr) if kind is set else items
    if depth > 0 and kind is dict:
        return {plain(k, 0): plain(v, depth - 1) for k, v in value.items()}
    raise TypeError(kind.__name__)


def same(given: Any, expected: Any) -> bool:
    """Whether two plain values mean the same: text without its outer blanks, numbers by value.

    A number given as text counts ("3306" for 3306); a truth value is not a number.
    """
    if isinstance(given, bool) or isinstance(expected, bool):
        return type(given) is type(expected) and given == expected
    if isinstance(expected, int | float):
        try:
            number = float(given)
        except (TypeError, ValueError, OverflowError):
            return False
        return math.isclose(number, float(expected), rel_tol=1e-9)
    if isinstance(expected, str):
        return isinstance(given, str) and given.strip() == expected.strip()
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
