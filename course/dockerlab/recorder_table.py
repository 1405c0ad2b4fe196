"""A recording as a table; a click on a row unfolds what was sent and what came back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from html import escape

from dockerlab.recorder_calls import STREAMS, Body, Call, short

EMPTY = "No call was recorded. Within the block, use `calls.client`, or a `!docker` command."
SHOWN = 4000  # characters of a body
SECRETS = {"password", "identitytoken", "registrytoken", "auth"}
SECRET = re.compile(rf'("(?:{"|".join(SECRETS)})"\s*:\s*")[^"]*', re.IGNORECASE)
STYLE = """<style>
.dl-calls{max-width:60em;font:13px/1.5 system-ui,sans-serif;text-align:left}
.dl-calls details{border-top:1px solid #cbd5e1;padding:3px 0}
.dl-calls summary{cursor:pointer}
.dl-calls .dl-call{display:inline-grid;width:calc(100% - 1.6em);vertical-align:top;
grid-template-columns:4.5em 1fr 9em 6em;gap:.5em}
.dl-calls .dl-between{display:none}
.dl-calls summary:focus-visible{outline:3px solid #f59e0b}
.dl-calls .dl-call code{overflow-wrap:anywhere;background:none}
.dl-calls .dl-ms{text-align:right;font-variant-numeric:tabular-nums}
.dl-calls pre{max-height:22em;overflow:auto;background:#f1f5f9;color:#0f172a;padding:8px;
margin:4px 0;white-space:pre-wrap;overflow-wrap:anywhere}
</style>"""


def table(calls: Iterable[Call]) -> str:
    """The calls as HTML; it needs no kernel."""
    rows = "".join(_row(call) for call in list(calls))
    return f"{STYLE}<div class='dl-calls'>{rows or f'<i>{escape(EMPTY)}</i>'}</div>"


def _row(call: Call) -> str:
    """A call that unfolds at a click."""
    query = f"<span style='color:#475569'>?{escape(_query(call))}</span>" if call.query else ""
    # Where a notebook is not trusted, its style is left out; hence the words between.
    return (
        f"<details><summary><span class='dl-call'><b>{escape(call.method)}</b> "
        f"<code>{escape(short(call.path))}{query}</code> "
        f"<span><span class='dl-between'>→ </span>{escape(_status(call))}</span>"
        f"<span class='dl-ms'><span class='dl-between'>, </span>{_time(call)}</span>"
        "</span></summary>"
        f"<div>{escape(call.program)}</div>"
        f"{_body('sent', call.request)}{_body('came back', call.answer)}</details>"
    )


def _query(call: Call) -> str:
    return "&".join(f"{name}={value}" for name, value in call.query.items())


def _status(call: Call) -> str:
    return call.problem or f"{call.status or '…'} {call.reason}".strip()


def _time(call: Call) -> str:
    if call.ms is None:
        return "open"
    return f"{call.ms:.1f} ms" if call.ms < 10 else f"{call.ms:.0f} ms"


def _body(title: str, body: Body) -> str:
    if not body.size:
        return f"<div><i>{title}: no body</i></div>"
    text = readable(body)
    cut = " (the beginning)" if body.cut or len(text) > SHOWN else ""
    kind = f", {escape(body.kind)}" if body.kind else ""
    return f"<div>{title}: {body.size:,} bytes{kind}{cut}</div><pre>{escape(text[:SHOWN])}</pre>"


def readable(body: Body) -> str:
    """A body as text: JSON indented and without passwords, streams without their frames."""
    if body.kind in STREAMS:
        return _unframed(body.kept).decode(errors="replace")
    text = body.kept.decode(errors="replace")
    if "\0" in text:
        return f"(not text: {body.kept[:16].hex(' ')} …)"
    try:
        return json.dumps(_masked(json.loads(text)), indent=2, ensure_ascii=False)
    except ValueError:
        return text if body.kind != "application/json" else _lines(text)


def _lines(text: str) -> str:
    """A stream of JSON objects, one a line; what is cut off stays as it is."""
    done = []
    for line in text.splitlines():
        try:
            done.append(json.dumps(_masked(json.loads(line)), ensure_ascii=False))
        except ValueError:
            done.append(SECRET.sub(r"\1•••", line))
    return "\n".join(done)


def _masked(value: object) -> object:
    """JSON with the values of passwords and tokens struck out."""
    if isinstance(value, dict):
        return {
            key: "•••" if key.lower() in SECRETS and item else _masked(item)
            for key, item in value.items()
        }
    return [_masked(item) for item in value] if isinstance(value, list) else value


def _unframed(data: bytes) -> bytes:
    """A container's output without the 8 bytes before each piece that tell which stream it is of.

    A container with a terminal has no such frames.
    """
    out = b""
    while len(data) >= 8 and data[0] in (0, 1, 2) and data[1:4] == b"\0\0\0":
        size = int.from_bytes(data[4:8], "big")
        out, data = out + data[8 : 8 + size], data[8 + size :]
    return out + data
