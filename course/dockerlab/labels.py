"""The label that everything bears which a lesson makes."""

from __future__ import annotations

KEY = "dockerlab.lesson"
STANDS_FOR = "dockerlab.stands-for"
"""On a volume of a lesson: the name of another one that is the lesson's and bears no label."""


def label(lesson: str) -> str:
    """The label as `docker run --label` and `docker ps --filter label=` want it.

    Args:
        lesson: its short name, such as "containers".
    """
    return f"{KEY}={lesson}"


def labels(lesson: str) -> dict[str, str]:
    """The label as docker-py wants it.

    Args:
        lesson: its short name, such as "containers".
    """
    return {KEY: lesson}
