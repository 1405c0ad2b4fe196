"""What the API recorder makes of the bytes on a connection; no daemon needed."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator

import pytest

from dockerlab.recorder import Recording
from dockerlab.recorder_calls import Body, Call, Conversation
from dockerlab.recorder_table import EMPTY, readable, table

CREATE = (
    b"POST /v1.45/containers/create?name=web HTTP/1.1\r\nHost: docker\r\n"
    b"User-Agent: Docker-Client/26\r\nContent-Type: application/json\r\n"
    b'Content-Length: 19\r\n\r\n{"Image":"busybox"}'
)
CREATED = (
    b"HTTP/1.1 201 Created\r\nContent-Type: application/json; charset=utf-8\r\n"
    b'Content-Length: 12\r\n\r\n{"Id":"abc"}'
)
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n"
)
GET = b"GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n"
EMPTY_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
ATTACH = (
    b"POST /containers/abc/attach?stream=1 HTTP/1.1\r\nHost: docker\r\n"
    b"Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
)
UPGRADED = (
    b"HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.multiplexed-stream\r\n"
    b"Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
)


@pytest.fixture
def calls() -> list[Call]:
    return []


@pytest.fixture
def line(calls: list[Call]) -> Conversation:
    """A connection on which each look at the clock takes a second."""
    ticks: Iterator[int] = itertools.count()
    return Conversation(calls.append, limit=8, clock=lambda: float(next(ticks)))


@pytest.mark.parametrize("size", [1, 7, 10_000], ids=lambda size: f"{size} at once")
def test_a_call_is_read_in_whatever_pieces_it_comes(size: int) -> None:
    calls: list[Call] = []
    line = Conversation(calls.append)
    for start in range(0, len(CREATE), size):
        line.from_client(CREATE[start : start + size])
    for start in range(0, len(CREATED), size):
        line.from_server(CREATED[start : start + size])
    (call,) = calls
    assert (call.method, call.path, call.version) == ("POST", "/containers/create", "1.45")
    assert (call.query, call.program) == ({"name": "web"}, "Docker-Client/26")
    assert (call.status, call.reason, call.problem) == (201, "Created", "")
    assert call.request.kept == b'{"Image":"busybox"}'
    assert (call.answer.kind, call.answer.kept) == ("application/json", b'{"Id":"abc"}')
    assert call.ms is not None
    assert not line.busy


def test_several_calls_follow_each_other_on_one_connection(
    line: Conversation, calls: list[Call]
) -> None:
    for _ in range(3):
        line.from_client(GET)
        line.from_server(CHUNKED)
    assert [(call.status, call.answer.size) for call in calls] == [(200, 12)] * 3


def test_a_request_that_comes_before_the_last_answer_is_not_lost(
    line: Conversation, calls: list[Call]
) -> None:
    line.from_client(GET + GET)
    line.from_server(EMPTY_OK + EMPTY_OK[:10])
    assert [call.status for call in calls] == [200, None]
    line.from_server(EMPTY_OK[10:])
    assert [call.status for call in calls] == [200, 200]


def test_of_a_big_body_only_the_beginning_is_kept(line: Conversation, calls: list[Call]) -> None:
    line.from_client(GET)
    line.from_server(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    for _ in range(100):
        line.from_server(b"x" * 10_000)
    assert (calls[0].answer.size, calls[0].answer.kept, calls[0].answer.cut) == (
        1_000_000,
        b"x" * 8,
        True,
    )
    assert calls[0].ms is not None


def test_after_an_upgrade_all_is_stream_until_the_daemon_hangs_up(
    line: Conversation, calls: list[Call]
) -> None:
    line.from_client(ATTACH)
    line.from_server(UPGRADED + b"\x01\0\0\0")
    line.from_client(b"typed")
    line.from_client(b"")  # half closed: the program inside still has something to say
    line.from_server(b"\0\0\0\2hi")
    assert (calls[0].status, calls[0].ms, line.busy) == (101, None, True)
    line.from_server(b"")
    assert (calls[0].request.kept, calls[0].answer.size) == (b"typed", 10)
    assert (calls[0].problem, line.busy) == ("", False)


def test_a_stream_without_an_end_of_its_own_ends_with_the_connection(
    line: Conversation, calls: list[Call]
) -> None:
    line.from_client(GET)
    line.from_server(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\nabc"
    )
    line.from_client(b"not a request: it goes into the pipe")
    assert (calls[0].ms, len(calls)) == (None, 1)
    line.from_server(b"")
    assert (calls[0].answer.kept, calls[0].problem) == (b"abc", "")


@pytest.mark.parametrize(
    "answer", [b"", CHUNKED[:60], CREATED[:-3]], ids=["none", "chunk", "short"]
)
def test_an_answer_that_is_cut_off_is_called_so(
    line: Conversation, calls: list[Call], answer: bytes
) -> None:
    line.from_client(GET)
    if answer:
        line.from_server(answer)
    line.from_server(b"")
    line.close()
    assert (calls[0].problem, line.busy) == ("cut off", False)


def test_what_is_not_http_is_noted_once_and_never_raised(
    line: Conversation, calls: list[Call]
) -> None:
    for _ in range(3):
        line.from_client(b"\x16\x03\x01\x02 this is TLS\r\n\r\n")
        line.from_server(b"\x15\x03\x03")
    line.close()
    (call,) = calls
    assert call.problem.startswith("not understood")


def test_a_head_request_has_no_body_though_its_answer_names_a_length(
    line: Conversation, calls: list[Call]
) -> None:
    line.from_client(GET.replace(b"GET", b"HEAD"))
    line.from_server(EMPTY_OK.replace(b"Length: 0", b"Length: 500"))
    assert (calls[0].status, calls[0].answer.size, line.busy) == (200, 0, False)


def test_the_table_shows_each_call_and_keeps_passwords_to_itself() -> None:
    login = Call("POST", "/v1.45/auth?x=<b>", status=200, reason="OK", began=1.0, ended=1.0042)
    login.request.kind = "application/json"
    login.request.add(b'{"username": "somebody", "password": "s3cret"}')
    shown = table([login])
    for part in ("<b>POST</b>", "/auth", "200 OK", "4.2 ms", "username", "x=&lt;b&gt;"):
        assert part in shown
    assert "s3cret" not in shown
    assert EMPTY.split("`")[0] in table([])


def test_a_password_in_json_that_was_cut_off_is_not_shown() -> None:
    body = Body("application/json", limit=36)
    body.add(b'{"username":"a","password":"s3cret-and-long"}')
    assert "s3cr" not in readable(body)


def test_a_containers_output_is_shown_without_its_frames() -> None:
    body = Body("application/vnd.docker.multiplexed-stream")
    body.add(b"\x01\0\0\0\0\0\0\3one\x02\0\0\0\0\0\0\3two")
    assert readable(body) == "onetwo"


def test_a_stream_of_json_is_shown_line_by_line() -> None:
    body = Body("application/json")
    body.add(b'{"status":"Pulling","n":1}\r\n{"status":"Done"}\r\n{"sta')
    lines = readable(body).splitlines()
    assert [json.loads(each)["status"] for each in lines[:2]] == ["Pulling", "Done"]


def test_an_empty_recording_says_how_to_fill_it() -> None:
    assert repr(Recording()) == EMPTY


def test_ids_are_short_where_people_read_them() -> None:
    call = Call("GET", f"/v1.45/containers/{'ab' * 32}/json", status=200)
    assert str(call) == "GET /containers/abababababab/json → 200"
    assert call.path == f"/containers/{'ab' * 32}/json"
