"""What all of the course's pictures have in common."""

from __future__ import annotations

from html import escape

GROUND = "#f8fafc"


def picture(
    width: int,
    height: float,
    words: str,
    style: str,
    content: str,
    *,
    tip: str = "",
    ground: str = GROUND,
) -> str:
    """An SVG that shrinks with its page, on a ground with round corners.

    Args:
        width: in pixels, where there is room.
        height: likewise.
        words: what it shows, for those who do not see it.
        style: its CSS.
        content: its elements.
        tip: the id of a marker for an arrow's tip, which the CSS names; none, where empty.
        ground: the ground's colour.
    """
    told = escape(words)
    marker = (
        f'<defs><marker id="{tip}" viewBox="0 0 10 10" refX="8" refY="5" markerWidth="8" '
        'markerHeight="8" orient="auto"><path d="M0 0 10 5 0 10z" fill="#64748b"/></marker></defs>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" style="max-width:100%;height:auto" role="img" '
        f'aria-label="{told}"><title>{told}</title><style>{style}</style>{marker if tip else ""}'
        f'<rect width="{width}" height="{height}" rx="10" fill="{ground}"/>{content}</svg>'
    )


def cut(text: str, most: int) -> str:
    """A text of at most so many characters, with … in the place of the rest.

    Args:
        text: to be shortened.
        most: how many.
    """
    return text if len(text) <= most else f"{text[: most - 1]}…"
