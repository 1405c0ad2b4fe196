"""What a command says, however it is written."""

from __future__ import annotations

from collections.abc import Sequence


def hold(command: Sequence[str], program: str) -> bool:
    """Whether a command has a program in it, by itself or in a shell.

    Args:
        command: entry point and arguments.
        program: with or without arguments ("nginx", "python app.py"); the end of a path will do.

    >>> hold(["/bin/sh", "-c", "exec sleep 60"], "sleep 60")
    True
    """
    words, part = (text.replace("/", " / ").split() for text in (" ".join(command), program))
    return any(words[at : at + len(part)] == part for at in range(len(words) - len(part) + 1))
