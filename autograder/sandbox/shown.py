"""What a student's kernel says that a cell shows, made into what a notebook can hold.

A kernel is a student's, and may send anything. What comes through here can be written to a file,
read again and turned into a page.
"""

from __future__ import annotations

import math
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import output_from_msg

STREAMS = ("stdout", "stderr")
DEEPEST = 40  # lists and objects in one another
VERSION = {"version": 4, "version_minor": 5}


class NotShowable(ValueError):
    """A message that no notebook can hold."""


def output(message: dict[str, Any]) -> NotebookNode:
    """The output that a message of a kernel's is about.

    Args:
        message: of type "stream", "display_data", "execute_result" or "error".

    Raises:
        NotShowable: it has none.
    """
    kind, content = message.get("msg_type"), clean(part(message, "content"))
    if kind == "stream" and (
        content.get("name") not in STREAMS or not isinstance(content.get("text"), str)
    ):
        raise NotShowable(kind)
    try:
        made: NotebookNode = output_from_msg({"header": {"msg_type": kind}, "content": content})
        if kind != "stream":  # most are, and those have been looked at
            nbformat.validate(made, ref="output", relax_add_props=True, **VERSION)
    except Exception as error:  # which ones, depends on what is wrong in it
        raise NotShowable(kind) from error
    return made


def part(message: dict[str, Any], name: str) -> dict[str, Any]:
    """A part of a message; an empty one where that is not an object."""
    found = message.get(name)
    return found if isinstance(found, dict) else {}


def clean(value: Any, depth: int = DEEPEST) -> Any:
    """Plain data, without what JSON or Unicode cannot write.

    Args:
        value: as it was read from JSON.
        depth: how many lists or objects may lie in one another.

    Raises:
        NotShowable: there are more.
    """
    if isinstance(value, str):
        return text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, list | dict) and depth == 0:
        raise NotShowable("nested too deep")
    if isinstance(value, list):
        return [clean(item, depth - 1) for item in value]
    if isinstance(value, dict):
        return {text(name): clean(item, depth - 1) for name, item in value.items()}
    return value


def text(value: str) -> str:
    """Text that can be written to a file: halves of characters, as JSON can hold them, become ?."""
    return value.encode("utf-8", "replace").decode("utf-8")
