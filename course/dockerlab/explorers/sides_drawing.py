"""The virtual machine beside the container as a picture: bars for what was measured."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from dockerlab.explorers.sides import MB, Side
from dockerlab.svg import picture

WIDTH = 790
LEFT, BAR = 190, 320  # where bars start, and how long the longest is
ROW, GAP, HEAD, FOOT = 26, 30, 46, 78
STYLE = """
text{font:13px system-ui,sans-serif;fill:#334155}
.head{font-size:15px;font-weight:700}
.what{font-weight:700}
.machine{fill:#b45309}.machine2{fill:#f5c07a;stroke:#b45309}
.container{fill:#0b5cad}.container2{fill:#a9cdf0;stroke:#0b5cad}
.note{fill:#64748b;font-size:12px}
"""

Bar = tuple[str, Callable[[Side], float], Callable[[Side], float], Callable[[Side], str]]
BARS: tuple[Bar, ...] = (  # title, dark part, light part, words
    ("time to start", lambda s: s.boot, lambda s: 0.0, lambda s: f"{s.boot:.2f} s"),
    ("memory", lambda s: s.memory / MB, lambda s: 0.0, lambda s: f"{s.memory / MB:.1f} MB"),
    (
        "on disk",
        lambda s: s.files / MB,
        lambda s: s.kernel_file / MB,
        lambda s: (
            f"{s.files / MB:.1f} MB of files"
            + (f" + {s.kernel_file / MB:.1f} MB of kernel" if s.kernel_file else ", no kernel")
        ),
    ),
    (
        "processes inside",
        lambda s: s.programs,
        lambda s: s.kernel_threads,
        lambda s: (
            f"{s.programs} program{'s' if s.programs != 1 else ''}"
            + (f" + {s.kernel_threads} of its kernel" if s.kernel_threads else "")
        ),
    ),
    (
        "processes on the host",
        lambda s: s.on_the_host,
        lambda s: 0.0,
        lambda s: str(s.on_the_host),
    ),
)


def svg(machine: Side, container: Side) -> str:
    """Draw both sides' bars, one pair for each thing that was measured.

    Each pair has a scale of its own; the words beside a bar tell what it stands for.
    """
    parts = []
    y = HEAD
    for title, dark, light, words in BARS:
        longest = max(dark(s) + light(s) for s in (machine, container)) or 1
        parts.append(f'<text class="what" x="16" y="{y + ROW + 3}">{title}</text>')
        for kind, side in (("machine", machine), ("container", container)):
            lengths = [BAR * part(side) / longest for part in (dark, light)]
            parts.append(_bar(kind, y, lengths, words(side)))
            y += ROW
        y += GAP - ROW // 2
    height = y + FOOT
    same = "the same" if machine.boot_id == container.boot_id else "not the same"
    title = "A virtual machine beside a container: " + "; ".join(
        f"{side.name}: " + ", ".join(f"{bar[0]} {bar[3](side)}" for bar in BARS)
        for side in (machine, container)
    )
    return picture(
        WIDTH,
        height,
        title,
        STYLE,
        '<rect class="machine" x="16" y="15" width="13" height="13" rx="2"/>'
        '<text class="head" x="36" y="27">virtual machine</text>'
        '<rect class="container" x="190" y="15" width="13" height="13" rx="2"/>'
        '<text class="head" x="210" y="27">container</text>'
        '<text class="note" x="310" y="27">both with the same files</text>'
        f"{''.join(parts)}"
        f'<text class="what" x="16" y="{y + 12}">kernel: {same}</text>'
        f"{_kernel('machine', machine, y + 32)}{_kernel('container', container, y + 52)}",
    )


def _bar(kind: str, y: int, lengths: list[float], words: str) -> str:
    first, second = lengths
    drawn = (
        f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{max(first, 2):.1f}" height="{ROW - 5}" '
        'rx="3"/>'
    )
    if second:
        drawn += (
            f'<rect class="{kind}2" x="{LEFT + first:.1f}" y="{y + 0.5}" width="{second:.1f}" '
            f'height="{ROW - 6}" rx="3"/>'
        )
    end = LEFT + max(first + second, 2) + 8
    return f'{drawn}<text x="{end:.0f}" y="{y + 15}">{escape(words)}</text>'


def _kernel(kind: str, side: Side, y: int) -> str:
    return (
        f'<rect class="{kind}" x="16" y="{y - 11}" width="13" height="13" rx="2"/>'
        f'<text x="36" y="{y}">Linux {escape(side.kernel)}, '
        f"its boot id starts with {escape(side.boot_id[:8])}</text>"
    )
