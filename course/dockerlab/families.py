"""The families of Linux that the notes name, and BSD, as a picture. As of 2024."""

from __future__ import annotations

from collections.abc import Sequence

WIDTH, HEIGHT = 760, 400
BOX_WIDTH, BOX_HEIGHT = 144, 40
COLUMNS = (92, 280, 468, 656)  # the middle of each column's boxes

Box = tuple[str, str, int, int]  # name, what is said of it, column, the middle's height
BOXES: tuple[Box, ...] = (
    ("Fedora 19", "2013", 0, 84),
    ("RHEL 7", "2014", 1, 84),
    ("CentOS 7", "until 2024-06-30", 2, 66),
    ("Oracle Linux 7", "until 2024-12", 2, 112),
    ("Fedora 28", "2018", 0, 184),
    ("CentOS Stream 8", "until 2024-05-31", 1, 184),
    ("RHEL 8", "2019", 2, 184),
    ("Rocky, Alma 8", "2021", 3, 161),
    ("Oracle Linux 8", "2019", 3, 207),
    ("Debian", "1993", 0, 276),
    ("Ubuntu", "2004", 1, 276),
    ("SUSE", "1994", 2, 276),
    ("openSUSE", "2005", 3, 276),
    ("NetBSD", "1993", 0, 368),
    ("OpenBSD", "1996", 1, 368),
    ("FreeBSD", "1993", 2, 368),
)
ARROWS: tuple[tuple[str, str], ...] = (
    ("Fedora 19", "RHEL 7"),
    ("RHEL 7", "CentOS 7"),
    ("RHEL 7", "Oracle Linux 7"),
    ("Fedora 28", "CentOS Stream 8"),
    ("CentOS Stream 8", "RHEL 8"),
    ("RHEL 8", "Rocky, Alma 8"),
    ("RHEL 8", "Oracle Linux 8"),
    ("Debian", "Ubuntu"),
    ("SUSE", "openSUSE"),
)
HEADINGS: tuple[tuple[str, int], ...] = (
    ("Red Hat, up to 7: the rebuilds come after RHEL", 40),
    ("Red Hat, from 8 on: CentOS Stream comes before RHEL", 140),
    ("Debian and SUSE", 250),
)
STYLE = """
text{font:13px system-ui,sans-serif;fill:#334155}
.name{text-anchor:middle;font-weight:700}.when{text-anchor:middle;font-size:11px;fill:#64748b}
.head{font-size:13px;fill:#0b5cad;font-weight:700}
.box{fill:#fff;stroke:#94a3b8;stroke-width:1.5}
.arrow{fill:none;stroke:#64748b;stroke-width:1.5;marker-end:url(#to)}
"""
TITLE = (
    "Families: Fedora 19 to RHEL 7 to CentOS 7 and Oracle Linux 7. Fedora 28 to CentOS Stream 8 to "
    "RHEL 8 to Rocky, Alma and Oracle Linux 8. Debian to Ubuntu. SUSE to openSUSE. All on the "
    "Linux kernel. NetBSD, OpenBSD and FreeBSD: each on a kernel of its own."
)


def svg() -> str:
    """Draw the families; what stands on the Linux kernel is in one frame, BSD in another."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" style="max-width:100%;height:auto" role="img" aria-label="{TITLE}">'
        f"<title>{TITLE}</title><style>{STYLE}</style>"
        '<defs><marker id="to" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" '
        'markerHeight="8" orient="auto"><path d="M0 0 10 5 0 10z" fill="#64748b"/></marker></defs>'
        f'<rect x="2" y="2" width="{WIDTH - 4}" height="308" rx="10" fill="#eff6ff" '
        'stroke="#0b5cad"/>'
        f'<rect x="2" y="318" width="{WIDTH - 4}" height="80" rx="10" fill="#fff7ed" '
        'stroke="#b45309"/>'
        '<text class="head" x="18" y="22">On the Linux kernel</text>'
        '<text class="head" x="18" y="338" style="fill:#b45309">BSD: each on a kernel of its own'
        "</text>"
        f"{_headings()}{_arrows(BOXES)}{''.join(map(_box, BOXES))}</svg>"
    )


def _headings() -> str:
    return "".join(
        f'<text class="when" x="18" y="{y}" style="text-anchor:start">{words}</text>'
        for words, y in HEADINGS
    )


def _box(box: Box) -> str:
    name, when, column, y = box
    x = COLUMNS[column]
    return (
        f'<rect class="box" x="{x - BOX_WIDTH // 2}" y="{y - BOX_HEIGHT // 2}" rx="8" '
        f'width="{BOX_WIDTH}" height="{BOX_HEIGHT}"/>'
        f'<text class="name" x="{x}" y="{y - 2}">{name}</text>'
        f'<text class="when" x="{x}" y="{y + 13}">{when}</text>'
    )


def _arrows(boxes: Sequence[Box]) -> str:
    places = {name: (COLUMNS[column], y) for name, _, column, y in boxes}
    drawn = ""
    for start, end in ARROWS:
        (x, y), (to_x, to_y) = places[start], places[end]
        half = BOX_WIDTH // 2
        drawn += f'<path class="arrow" d="M {x + half} {y} L {to_x - half} {to_y}"/>'
    return drawn
