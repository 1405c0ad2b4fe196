"""A registry's contents as a picture: tags, the manifests they name, and the blobs those name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from dockerlab.explorers.layer_drawing import human
from dockerlab.registry import Blob, Contents, Manifest, Request, Tag, shared
from dockerlab.svg import picture

WIDTH, TOP = 860, 46
BOX_HEIGHT, GAP = 38, 10
MOST = 14  # boxes of a column that are drawn; the rest is counted
LONGEST = 25  # characters of a name
DIGITS = 12  # of a digest
COLUMNS = {"tags": (16, 220), "manifests": (326, 190), "blobs": (606, 238)}  # left, width
SHAPES = {"tags": 18, "manifests": 9, "blobs": 3}  # corner radius
CHOSEN, OTHER, BOTH, PLAIN = "#0b5cad", "#b45309", "#6d28d9", "#94a3b8"
STYLE = """
text{font:13px system-ui,sans-serif;fill:#334155}
.heading{font-weight:700}
.note{font-size:11px;fill:#475569}
.link{fill:none}
"""

Row = tuple[str, str, str, set[str]]  # key, name, note, and whose of the two tags it is
Marks = dict[str, set[str]]  # by a digest or a tag's name: "chosen", "other"


def svg(contents: Contents, chosen: Tag | None = None, other: Tag | None = None) -> str:
    """Draw what is in a registry.

    Args:
        contents: to draw; of many boxes in a column, the first are drawn.
        chosen: a tag to mark, with all that it leads to.
        other: a second one; what both lead to is marked as such.
    """
    marks = _marks(chosen, other)
    rows = {
        "tags": [_tag(tag, marks) for tag in contents.tags],
        "manifests": [_manifest(each, marks) for each in contents.manifests],
        "blobs": [_blob(each, marks) for each in contents.blobs],
    }
    places = {
        (kind, row[0]): TOP + n * (BOX_HEIGHT + GAP)
        for kind, all_rows in rows.items()
        for n, row in enumerate(all_rows[:MOST])
    }
    longest = max(min(len(each), MOST) for each in rows.values())
    height = TOP + max(longest, 1) * (BOX_HEIGHT + GAP) + 24
    boxes = "".join(
        _box(kind, row, places[kind, row[0]]) for kind in rows for row in rows[kind][:MOST]
    )
    return picture(
        WIDTH,
        height,
        describe(contents, chosen, other),
        STYLE,
        f"{_headings(rows, height)}{_links(contents, places, marks)}{boxes}",
    )


def describe(contents: Contents, chosen: Tag | None = None, other: Tag | None = None) -> str:
    """The picture in a sentence or two."""
    words = (
        f"{_count(contents.repositories, 'repository', 'repositories')}, "
        f"{_count(contents.tags, 'tag')}, {_count(contents.manifests, 'manifest')}, "
        f"{_count(contents.blobs, 'blob')}: {human(contents.size)}, "
        f"where the tags add up to {human(contents.named_size)}."
    )
    if chosen and other:
        both = shared(chosen.manifest, other.manifest)
        words += (
            f" {chosen} and {other} share {len(both)} of "
            f"{len(chosen.manifest.all_blobs())} blobs, {human(sum(b.size for b in both))}."
        )
    return words


def table(requests: Iterable[Request]) -> str:
    """The requests that a look has taken, as HTML to unfold."""
    lines = [str(each) for each in requests]
    return (
        f"<details><summary>The {len(lines)} requests of this look</summary>"
        f"<pre style='max-height:220px;overflow:auto'>{escape(chr(10).join(lines))}</pre></details>"
    )


def _marks(chosen: Tag | None, other: Tag | None) -> Marks:
    marks: Marks = {}
    for whose, tag in (("chosen", chosen), ("other", other)):
        if tag:
            blobs = [blob.digest for blob in tag.manifest.all_blobs()]
            for key in (str(tag), tag.manifest.digest, *blobs):
                marks.setdefault(key, set()).add(whose)
    return marks


def _tag(tag: Tag, marks: Marks) -> Row:
    return str(tag), str(tag), human(tag.manifest.weight), marks.get(str(tag), set())


def _manifest(manifest: Manifest, marks: Marks) -> Row:
    kind = f"index of {len(manifest.children)}" if manifest.is_index else human(manifest.size)
    return manifest.digest, _short(manifest.digest), kind, marks.get(manifest.digest, set())


def _blob(blob: Blob, marks: Marks) -> Row:
    whose = marks.get(blob.digest, set())
    words = f"{blob.kind}, {human(blob.size)}{' · in both' if len(whose) > 1 else ''}"
    return blob.digest, _short(blob.digest), words, whose


def _short(digest: str) -> str:
    return f"{digest.removeprefix('sha256:')[:DIGITS]}…"


def _count(things: Sequence[object], one: str, many: str = "") -> str:
    return f"{len(things)} {one if len(things) == 1 else many or one + 's'}"


def _colour(whose: set[str]) -> str:
    if len(whose) > 1:
        return BOTH
    return {"chosen": CHOSEN, "other": OTHER}[next(iter(whose))] if whose else PLAIN


def _box(kind: str, row: Row, y: int) -> str:
    _, name, note, whose = row
    x, width = COLUMNS[kind]
    shown = name if len(name) <= LONGEST else f"…{name[1 - LONGEST :]}"
    mark = ("▶ " if "chosen" in whose else "▷ ") if kind == "tags" and whose else ""
    return (
        f"<g><title>{escape(row[0])}</title><rect x='{x}' y='{y}' width='{width}' "
        f"height='{BOX_HEIGHT}' rx='{SHAPES[kind]}' fill='#fff' stroke='{_colour(whose)}' "
        f"stroke-width='{3 if whose else 1.2}'/>"
        f"<text x='{x + 12}' y='{y + 16}'>{mark}{escape(shown)}</text>"
        f"<text class='note' x='{x + 12}' y='{y + 31}'>{escape(note)}</text></g>"
    )


def _headings(rows: dict[str, list[Row]], height: int) -> str:
    parts = []
    for kind, (x, _) in COLUMNS.items():
        count = len(rows[kind])
        parts.append(f"<text class='heading' x='{x}' y='{TOP - 16}'>{kind} ({count})</text>")
        if count > MOST or not count:
            words = f"… and {count - MOST} more" if count else "none"
            parts.append(f"<text class='note' x='{x}' y='{height - 12}'>{words}</text>")
    return "".join(parts)


def _links(contents: Contents, places: dict[tuple[str, str], int], marks: Marks) -> str:
    pairs = [(("tags", str(t)), ("manifests", t.manifest.digest)) for t in contents.tags]
    pairs += [
        (("manifests", each.digest), ("blobs", blob.digest))
        for each in contents.manifests
        for blob in each.all_blobs()
    ]
    drawn = []
    for here, there in pairs:
        if here not in places or there not in places:
            continue
        whose = marks.get(here[1], set()) & marks.get(there[1], set())
        left, width = COLUMNS[here[0]]
        x1, x2 = left + width, COLUMNS[there[0]][0]
        y1, y2 = (places[key] + BOX_HEIGHT // 2 for key in (here, there))
        middle = (x1 + x2) // 2
        path = (
            f"<path class='link' stroke='{_colour(whose)}' stroke-width='{2.4 if whose else 1.2}' "
            f"d='M {x1} {y1} C {middle} {y1} {middle} {y2} {x2} {y2}'/>"
        )
        drawn.append((bool(whose), path))
    return "".join(path for _, path in sorted(drawn))  # the marked ones on top
