"""What BuildKit tells of a build: `docker build --progress=rawjson`."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

CONTEXT = "[internal] load build context"
SENDING = "transferring context:"


@dataclass
class Vertex:
    """One thing that BuildKit does.

    Attributes:
        name: as it is shown ("[2/4] RUN make").
        cached: whether its result was there already.
        started: seconds since the epoch; None where it was never begun.
        completed: seconds since the epoch; None where it was not ended.
        error: why it failed; nothing where it did not.
        log: what its command has printed.
    """

    name: str
    cached: bool = False
    started: float | None = None
    completed: float | None = None
    error: str = ""
    log: str = ""

    @property
    def seconds(self) -> float:
        """How long it took; 0 where it has not ended."""
        return max((self.completed or 0) - (self.started or 0), 0) if self.completed else 0


@dataclass
class Progress:
    """All that was told of a build.

    Attributes:
        vertices: in the order in which they were first named.
        sent: bytes of the context that went to the builder.
        rest: what else was said, such as the error in the end.
    """

    vertices: list[Vertex] = field(default_factory=list)
    sent: int = 0
    rest: str = ""


def read(text: str) -> Progress:
    """Put together what the stream of JSON objects says.

    Args:
        text: the standard error of `docker build --progress=rawjson`: objects one after another,
            each on one line or on several, and plain text at the end where the build failed.
    """
    progress = Progress()
    by_digest: dict[str, Vertex] = {}
    decoder = json.JSONDecoder()
    at = 0
    while at < len(text):
        if text[at] != "{":
            start, at = at, text.find("\n", at) + 1 or len(text)
            progress.rest += text[start:at]
            continue
        try:
            said, at = decoder.raw_decode(text, at)
        except ValueError:  # not ours: some program's own braces
            progress.rest += text[at:]
            break
        _vertices(said, by_digest)
        _statuses(said, by_digest, progress)
    progress.vertices = list(by_digest.values())
    progress.rest = progress.rest.strip()
    return progress


def _vertices(said: dict[str, Any], known: dict[str, Vertex]) -> None:
    for told in said.get("vertexes") or []:
        vertex = known.setdefault(told["digest"], Vertex(told["name"]))
        vertex.cached = vertex.cached or bool(told.get("cached"))
        vertex.error = told.get("error") or vertex.error
        if told.get("started"):  # the same thing may be begun twice: the later one counts
            vertex.started = _seconds(told["started"])
            vertex.completed = _seconds(told["completed"]) if told.get("completed") else None
    for told in said.get("logs") or []:
        if vertex := known.get(told["vertex"]):  # type: ignore[assignment]
            vertex.log += base64.b64decode(told["data"]).decode("utf-8", "replace")


def _statuses(said: dict[str, Any], known: dict[str, Vertex], progress: Progress) -> None:
    for told in said.get("statuses") or []:
        about = known.get(told["vertex"])
        if about and about.name == CONTEXT and told["id"] == SENDING:
            progress.sent = max(progress.sent, told.get("current", 0))


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
