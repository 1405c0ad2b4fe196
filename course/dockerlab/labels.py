"""The label that everything bears which a lesson makes."""

from __future__ import annotations

from collections.abc import Mapping

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


def bears(label: str, found: Mapping[str, str] | None) -> bool:
    """Whether a thing bears a label.

    Args:
        label: as KEY=VALUE.
        found: the thing's labels, as the daemon tells them.
    """
    key, _, value = label.partition("=")
    return (found or {}).get(key) == value
