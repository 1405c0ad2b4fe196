"""A Dockerfile's instructions, and which of them BuildKit counts as steps."""

from __future__ import annotations

import re
from dataclasses import dataclass

HEREDOC = re.compile(r"<<-?\s*[\"']?(\w+)[\"']?")
MAKES_A_STEP = ("RUN", "COPY", "ADD", "WORKDIR")


@dataclass(frozen=True)
class Instruction:
    """One instruction.

    Attributes:
        keyword: in capitals ("RUN").
        text: all of it, on one line.
        line: of the Dockerfile where it starts, from 1.
        stage: its stage's place, from 0.
        step: its number among the stage's steps as BuildKit counts them, from 1; None where it only
            notes a setting of the image, or takes over what another stage has.
    """

    keyword: str
    text: str
    line: int
    stage: int
    step: int | None


def stage_names(instructions: list[Instruction]) -> list[str]:
    """What BuildKit calls the stages: by their own names, or "stage-0" by their places."""
    names = []
    for each in instructions:
        if each.keyword == "FROM":
            named = re.search(r"\sAS\s+(\S+)$", each.text, re.IGNORECASE)
            names.append(named[1].lower() if named else f"stage-{each.stage}")
    return names


def parse(text: str) -> list[Instruction]:
    """The instructions of a Dockerfile, faulty ones included.

    Args:
        text: of the Dockerfile. Its lines are joined by backslashes, as they mostly are.
    """
    found: list[Instruction] = []
    stages: list[str] = []
    step = 0
    for line, joined in _joined(text):
        keyword, _, rest = joined.partition(" ")
        keyword = keyword.upper()
        if keyword == "FROM":
            words = [word for word in rest.split() if not word.startswith("--")]
            base = words[0].lower() if words else ""
            fetched = base != "scratch" and base not in stages
            stages.append(words[2].lower() if len(words) > 2 else "")
            step = 1 if fetched else 0
            counted = fetched
        else:
            counted = keyword in MAKES_A_STEP
            step += counted
        stage = max(len(stages) - 1, 0)
        found.append(Instruction(keyword, joined, line, stage, step if counted else None))
    return found


def _joined(text: str) -> list[tuple[int, str]]:
    """The instructions as (first line's number, text on one line), without comments."""
    found: list[tuple[int, str]] = []
    parts: list[str] = []
    start = 0
    until: str | None = None  # the word that ends a here-document
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if until:
            until = None if bare == until else until
            continue
        if not bare or bare.startswith("#"):
            continue
        start = start if parts else number
        parts.append(bare.removesuffix("\\").strip())
        if bare.endswith("\\"):
            continue
        whole = " ".join(" ".join(parts).split())
        found.append((start, whole))
        parts = []
        if document := HEREDOC.search(whole):
            until = document[1]
    if parts:
        found.append((start, " ".join(" ".join(parts).split())))
    return found
