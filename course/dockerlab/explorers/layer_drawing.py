"""The layers of an image as a picture, and the files of one as a table."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from dockerlab.layers import Change, Comparison, Image, Kind, Layer
from dockerlab.svg import cut, picture

WIDTH, ROW, TOP = 900, 34, 40
BAR_LEFT, BAR_WIDTH = 40, 200
FILES_IN_PICTURE = 6
FILES_IN_TABLE = 60
STYLE = """
text{font:13px system-ui,sans-serif;fill:#334155}
.title{font-size:15px;font-weight:700}
.bar{fill:#0b5cad}
.shared .bar{fill:#94a3b8}
.row{fill:#fff;stroke:#cbd5e1}
.chosen .row{stroke:#083f78;stroke-width:2.5}
.code{font-family:ui-monospace,monospace;font-size:12px}
"""
SIGN = {Kind.ADDED: "+", Kind.CHANGED: "~", Kind.DELETED: "-"}
DOES = {Kind.ADDED: "adds", Kind.CHANGED: "changes", Kind.DELETED: "deletes"}


def human(size: float) -> str:
    """Bytes as the docker command writes them, in powers of 1000: "78.1 MB".

    >>> human(0), human(45), human(2024646)
    ('0 B', '45 B', '2.02 MB')
    """
    for unit in ("B", "kB", "MB"):
        if size < 999.5:
            return f"{size:.0f} B" if unit == "B" else f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} GB"


def bar_share(size: int, image: Image) -> float:
    """The length of a layer's bar, from 0 to 1; what is there can be seen, however small."""
    biggest = max((layer.size for layer in image.layers), default=0)
    return max(size / biggest, 0.02) if size and biggest else 0.0


def counts(layer: Layer) -> str:
    """A layer's changes in numbers: "+2812 ~12 -2"; why they are not known, if they are not."""
    told = [f"{SIGN[kind]}{layer.count(kind)}" for kind in Kind if layer.count(kind)]
    return layer.note or " ".join(told) or "no files"


def svg(image: Image, chosen: int, other: str = "", comparison: Comparison | None = None) -> str:
    """Draw an image's layers, the lowest at the bottom, and the biggest files of one.

    Args:
        image: to draw.
        chosen: the number of the layer whose files are listed, from 1.
        other: the name of an image that it is compared with.
        comparison: of the two.
    """
    shared = comparison.shared if comparison else 0
    title = f"{image.name}: {_many(len(image.layers), 'layer')}, {human(image.size)}"
    if comparison:
        title += f"; {shared} shared with {other} (grey)"
    rows = [
        _row(image, number, TOP + place * ROW, number == chosen, number <= shared)
        for place, number in enumerate(range(len(image.layers), 0, -1))
    ]
    files = _biggest(image.layers[chosen - 1].changes)[:FILES_IN_PICTURE] if image.layers else []
    below = TOP + len(rows) * ROW + 26
    listed = [
        f'<text x="12" y="{below + 20 * place}" class="code">{change.kind}  '
        f"{escape(_cut(change.path, 90))}  ({human(change.size)})</text>"
        for place, change in enumerate(files, 1)
    ]
    height = below + 20 * len(listed) + 16
    return picture(
        WIDTH,
        height,
        title,
        STYLE,
        f'<text x="12" y="26" class="title">{escape(title)}</text>{"".join(rows)}'
        f'<text x="12" y="{below}">The biggest files of layer {chosen} '
        f"(A added, C changed, D deleted):</text>{''.join(listed)}",
    )


def table(layer: Layer, text: str = "") -> str:
    """The files of a layer as an HTML table, the biggest first.

    Args:
        layer: whose.
        text: only paths that contain it.
    """
    changes = [change for change in _biggest(layer.changes) if text in change.path]
    rows = "".join(
        f"<tr><td title='{DOES[change.kind]}'>{change.kind}</td><td>{human(change.size)}</td>"
        f"<td><code>{escape(change.path)}</code></td></tr>"
        for change in changes[:FILES_IN_TABLE]
    )
    more = len(changes) - FILES_IN_TABLE
    rest = f"<p>and {more} more; type a part of a path to see fewer</p>" if more > 0 else ""
    head = "<tr><th title='added, changed, deleted'>A C D</th><th>size</th><th>file</th></tr>"
    return f"<table>{head}{rows}</table>{rest}" if rows else f"<p>{layer.note or 'no files'}</p>"


def found(image: Image, text: str) -> str:
    """Which layers brought, changed or deleted the files whose path contains a text, as HTML."""
    hits = image.search(text) if text else []
    lines = "".join(
        f"<li>layer {number} {DOES[change.kind]} <code>{escape(change.path)}</code></li>"
        for number, change in hits[:FILES_IN_TABLE]
    )
    more = len(hits) - FILES_IN_TABLE
    rest = f"<li>and {more} more</li>" if more > 0 else ""
    return f"<ul>{lines}{rest}</ul>" if hits else "<i>no layer has such a file</i>" * bool(text)


def _row(image: Image, number: int, y: int, chosen: bool, shared: bool) -> str:
    layer = image.layers[number - 1]
    classes = " ".join(word for word, so in (("chosen", chosen), ("shared", shared)) if so)
    length = round(bar_share(layer.size, image) * BAR_WIDTH)
    left = BAR_LEFT + BAR_WIDTH + 12
    return (
        f'<g class="{classes}"><rect class="row" x="8" y="{y}" width="{WIDTH - 16}" '
        f'height="{ROW - 4}" rx="6"/><text x="18" y="{y + 20}">{number}</text>'
        f'<rect class="bar" x="{BAR_LEFT}" y="{y + 7}" width="{length}" height="16" rx="3"/>'
        f'<text x="{left}" y="{y + 20}">{human(layer.size)}</text>'
        f'<text x="{left + 74}" y="{y + 20}">{escape(_cut(counts(layer), 22))}</text>'
        f'<text x="{left + 214}" y="{y + 20}" class="code">'
        f"{escape(_cut(layer.instruction or '(not told)', 56))}</text></g>"
    )


def _biggest(changes: Sequence[Change]) -> list[Change]:
    return sorted(changes, key=lambda change: (-change.size, change.path))


def _cut(text: str, length: int) -> str:
    return cut(" ".join(text.split()), length)


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
