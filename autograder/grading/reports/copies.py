"""Pairs of students of whom one has used what is the other's own.

A task may ask for values that differ from student to student (`autograder.mine`). Another student's
value in somebody's cells is no accident, nearly always.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder import mine
from autograder.grading.reports.gathering import Submission

# Numbers of a small range are equal by accident.
TELLING: dict[str, Callable[..., object]] = {"port": mine.port, "word": mine.word}


@dataclass(frozen=True)
class Copy:
    """Somebody's value in somebody else's work.

    Attributes:
        student: in whose cells it is.
        owner: whose it is.
        what: it is, such as "port(21000) = 21432".
        cell: where it is.
    """

    student: str
    owner: str
    what: str
    cell: str


def asked(notebooks: Iterable[Path]) -> list[tuple[str, Any]]:
    """The values of a student's own that an assignment asks for: which kind, and its argument.

    Args:
        notebooks: the instructor's.
    """
    found: dict[tuple[str, Any], None] = {}
    for file in notebooks:
        for cell in json.loads(file.read_bytes())["cells"]:
            if cell["cell_type"] == "code":
                found.update(dict.fromkeys(_calls("".join(cell["source"]))))
    return list(found)


def copies(submissions: Iterable[Submission], wanted: Iterable[tuple[str, Any]]) -> list[Copy]:
    """Find values of other students.

    Args:
        submissions: of the class.
        wanted: the values of a student's own that the assignment asks for.
    """
    everybody = list(submissions)
    kinds = list(wanted)
    owners: dict[str, list[tuple[str, str]]] = {}
    own: dict[str, set[str]] = {}
    for each in everybody:
        values = _values(each.student, kinds)
        own[each.student] = set(values)
        for value, what in values.items():
            owners.setdefault(value, []).append((each.student, what))
    return [
        Copy(each.student, owner, what, cell)
        for each in everybody
        for cell, source in each.answers.items()
        for value in sorted(set(re.findall(r"\d{4,5}|[a-z]+-[a-z]+", source)))
        if value not in own[each.student]
        for owner, what in owners.get(value, ())
    ]


def _values(student: str, kinds: Iterable[tuple[str, Any]]) -> dict[str, str]:
    return {
        str(value): f"{kind}({argument!r}) = {value}"
        for kind, argument in kinds
        for value in [TELLING[kind](argument, of=student)]
    }


def _calls(source: str) -> Iterator[tuple[str, Any]]:
    lines = [line for line in source.splitlines() if not line.lstrip().startswith(("!", "%"))]
    try:
        tree = ast.parse("\n".join(lines))
    except SyntaxError:
        return
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="mine"), attr=kind),
                args=[ast.Constant(value=argument), *_],
            ) if kind in TELLING:
                yield kind, argument
