"""What a command or a page says, however it is written."""

from __future__ import annotations

import re
from collections.abc import Sequence

PART = "[A-Za-z0-9]"  # of a word; Hangul may follow a name without a blank


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


def say(told: str, text: str) -> bool:
    """Whether a text stands in what was told, not as a part of longer words or numbers.

    Args:
        told: a page, or a program's output.
        text: one word or several, or signs; everything has an empty one.

    >>> say("Today: rye bread", "rye"), say("Today: ryes", "rye")
    (True, False)
    """
    before = f"(?<!{PART})" if re.match(PART, text) else ""
    after = f"(?!{PART})" if re.search(f"{PART}$", text) else ""
    return re.search(before + re.escape(text) + after, told) is not None
