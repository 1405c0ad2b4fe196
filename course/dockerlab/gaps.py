"""What an engine lacks, said where a lesson would have shown it, and counted by `make lessons`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from IPython.display import display

KEY = "dockerlab"  # in the output's metadata, which neither nbval nor a reader sees
FRAME = "border-left:4px solid #b45309;padding:4px 14px;margin:4px 0;max-width:46em"


def lacking(what: str, instead: str) -> None:
    """Say that something cannot be shown on this engine, and what would have been seen.

    Args:
        what: is missing, in a word or two ("IPVS").
        instead: what would have been seen, as a sentence ("Every node answers on port 8080.").
    """
    data = {
        "text/html": f'<div style="{FRAME}"><b>Not on this engine: {escape(what)}.</b><br>'
        f"You would have seen: {escape(instead)}</div>",
        "text/plain": f"Not on this engine: {what}.\nYou would have seen: {instead}",
    }
    display(data, metadata={KEY: {"lacking": what}}, raw=True)


def gaps(outputs: Iterable[Mapping[str, Any]]) -> list[str]:
    """What the outputs of a cell that has just run say is lacking.

    Args:
        outputs: as the notebook format has them.

    Returns:
        The first argument of each call of `lacking`.
    """
    marks = (output.get("metadata", {}).get(KEY, {}) for output in outputs)
    return [mark["lacking"] for mark in marks if "lacking" in mark]
