"""The HTTP calls in what goes over one connection, as h11 reads them.

Nothing is changed or held up: what passes is told to a `Conversation`, which makes calls of it.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

import h11

KEPT = 64 * 1024  # bytes of each body
LONGEST_HEAD = 1024 * 1024  # bytes; a login in a header may be long
CUT_OFF = "cut off"
LONG_ID = re.compile(r"\b[0-9a-f]{64}\b")
STREAMS = ("application/vnd.docker.raw-stream", "application/vnd.docker.multiplexed-stream")


@dataclass
class Body:
    """What a call has sent or got: its size, and the beginning of it.

    Attributes:
        kind: its media type ("application/json"), without parameters.
        size: bytes that have passed.
        kept: the first of them.
        limit: how many bytes are kept.
    """

    kind: str = ""
    size: int = 0
    kept: bytes = b""
    limit: int = KEPT

    def add(self, data: bytes) -> None:
        """Note what has passed."""
        self.size += len(data)
        if len(self.kept) < self.limit:
            self.kept += data[: self.limit - len(self.kept)]

    @property
    def cut(self) -> bool:
        """Whether more has passed than was kept."""
        return self.size > len(self.kept)


@dataclass
class Call:
    """One request to the daemon, and its answer.

    Attributes:
        method: "GET", "POST" …
        target: path and query as they were sent: "/v1.45/containers/json?all=1".
        program: what the client calls itself.
        began: when, in seconds of `time.monotonic`.
        status: of the answer; None until it comes.
        reason: the status in words.
        ended: when the last byte of the answer came; None until then.
        request: what was sent.
        answer: what came back. After an upgrade, all that came over the connection.
        problem: why there is no whole answer, in words; empty where there is one.
    """

    method: str
    target: str
    program: str = ""
    began: float = 0.0
    status: int | None = None
    reason: str = ""
    ended: float | None = None
    request: Body = field(default_factory=Body)
    answer: Body = field(default_factory=Body)
    problem: str = ""

    @property
    def version(self) -> str:
        """The version of the API that the path asks for ("1.45"), or nothing."""
        first = self.target.split("/", 2)[1] if self.target.startswith("/") else ""
        return first[1:] if first.startswith("v") and first[1:2].isdigit() else ""

    @property
    def path(self) -> str:
        """The path without the version and the query: "/containers/json"."""
        return urlsplit(self.target).path.removeprefix(f"/v{self.version}")

    @property
    def query(self) -> dict[str, str]:
        """What stands behind the question mark."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def ms(self) -> float | None:
        """Milliseconds from the request's first byte to the answer's last; None until then."""
        return None if self.ended is None else (self.ended - self.began) * 1000

    @property
    def upgraded(self) -> bool:
        """Whether the connection became a pipe for both directions, as `attach` makes it."""
        return self.status == 101

    def __str__(self) -> str:
        return f"{self.method} {short(self.path)} → {self.status or self.problem or '…'}"


def short(text: str) -> str:
    """A text with ids as short as the docker command shows them."""
    return LONG_ID.sub(lambda found: found[0][:12], text)


class Conversation:
    """The calls on one connection.

    Both ends are told from one thread or several, in the order in which their bytes pass.

    Args:
        heard: called with each call as soon as its request's head is known.
        limit: bytes that are kept of each body.
        clock: tells the time in seconds.
    """

    def __init__(
        self,
        heard: Callable[[Call], None],
        *,
        limit: int = KEPT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._heard = heard
        self._limit = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._call: Call | None = None
        self._first_byte: float | None = None
        self._piped = False  # bytes go both ways, and are no HTTP any more
        self._lost = False  # what passes is not HTTP/1.1 as we know it
        self._begin(b"", b"")

    @property
    def busy(self) -> bool:
        """Whether a call is under way."""
        return self._call is not None

    def from_client(self, data: bytes) -> None:
        """Note what the client has sent; nothing (`b""`) when it will send no more."""
        with self._lock:
            if self._lost or not data:
                return
            if self._piped and self._call:
                self._call.request.add(data)
                return
            if self._first_byte is None:
                self._first_byte = self._clock()
            self._read(lambda: self._asks.receive_data(data))

    def from_server(self, data: bytes) -> None:
        """Note what the daemon has sent; nothing (`b""`) when it will send no more."""
        with self._lock:
            if self._lost or self._call is None:
                return
            if self._call.upgraded:
                self._call.answer.add(data)
            else:
                self._read(lambda: self._answers.receive_data(data), at_end=not data)
            if not data and self._call:
                self._end("" if self._call.upgraded else CUT_OFF)

    def close(self) -> None:
        """The connection is gone; a call that is still open stays without an end."""
        with self._lock:
            if self._call:
                self._end("" if self._call.upgraded else CUT_OFF)

    def _begin(self, asked: bytes, answered: bytes) -> None:
        """Get ready for the next call, of which this has come already."""
        self._asks = h11.Connection(h11.SERVER, max_incomplete_event_size=LONGEST_HEAD)
        self._answers = h11.Connection(h11.CLIENT, max_incomplete_event_size=LONGEST_HEAD)
        self._call = None
        self._asked = self._answered = False
        self._first_byte = self._clock() if asked else None
        if asked:
            self._asks.receive_data(asked)
        if answered:
            self._answers.receive_data(answered)

    def _read(self, receive: Callable[[], None], *, at_end: bool = False) -> None:
        try:
            receive()
            while self._request_step() or self._answer_step():
                pass
        except h11.ProtocolError as error:
            self._lost = True
            if self._call is None:
                self._new("?", "(not HTTP/1.1)", "")
            self._end(CUT_OFF if at_end else f"not understood: {error}")

    def _request_step(self) -> bool:
        """Read one event of the request; whether there was one."""
        if self._asked:
            return False
        event = self._asks.next_event()
        if isinstance(event, h11.Request):
            headers = _headers(event.headers)
            self._answers.send(event)
            call = self._new(event.method.decode(), event.target.decode(), headers["user-agent"])
            call.request.kind = headers["content-type"]
        elif isinstance(event, h11.Data) and self._call:
            self._call.request.add(bytes(event.data))
        elif isinstance(event, h11.EndOfMessage):
            self._asked = True
            self._end_if_done()
        else:
            return False
        return True

    def _answer_step(self) -> bool:
        """Read one event of the answer; whether there was one."""
        if self._call is None or self._answered or self._call.upgraded:
            return False
        event = self._answers.next_event()
        if isinstance(event, h11.InformationalResponse) and event.status_code == 101:
            self._take_head(event)
            self._piped = True
            # What either end has sent behind the heads is in the pipe already.
            self._call.request.add(self._asks.trailing_data[0])
            self._call.answer.add(self._answers.trailing_data[0])
        elif isinstance(event, h11.Response):
            headers = self._take_head(event)
            # Older clients ask for a pipe without naming it an upgrade.
            self._piped = self._call.answer.kind in STREAMS and not (
                headers["content-length"] or headers["transfer-encoding"]
            )
        elif isinstance(event, h11.Data):
            self._call.answer.add(bytes(event.data))
        elif isinstance(event, h11.EndOfMessage):
            self._answered = True
            self._end_if_done()
        else:
            return isinstance(event, h11.InformationalResponse)
        return True

    def _take_head(self, event: h11.Response | h11.InformationalResponse) -> _Headers:
        headers = _headers(event.headers)
        if self._call:
            self._call.status = event.status_code
            self._call.reason = bytes(event.reason).decode(errors="replace")
            self._call.answer.kind = headers["content-type"]
        return headers

    def _end_if_done(self) -> None:
        if self._asked and self._answered:
            self._end("")

    def _new(self, method: str, target: str, program: str) -> Call:
        began = self._clock() if self._first_byte is None else self._first_byte
        call = Call(method, target, program, began)
        call.request.limit = call.answer.limit = self._limit
        self._call = call
        self._heard(call)
        return call

    def _end(self, problem: str) -> None:
        if self._call:
            self._call.ended = self._clock()
            self._call.problem = problem
        if self._lost or self._piped:
            self._begin(b"", b"")
        else:
            self._begin(self._asks.trailing_data[0], self._answers.trailing_data[0])


class _Headers(dict[str, str]):
    """Headers by their names in small letters; a missing one is empty."""

    def __missing__(self, name: str) -> str:
        return ""


def _headers(pairs: Iterable[tuple[bytes, bytes]]) -> _Headers:
    found = _Headers((name.decode(), value.decode(errors="replace")) for name, value in pairs)
    if "content-type" in found:
        found["content-type"] = found["content-type"].partition(";")[0].strip()
    return found
