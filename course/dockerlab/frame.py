"""What all widgets of the course look like, and what they leave behind in a saved notebook."""

from __future__ import annotations

from html import escape

import ipywidgets as widgets

STYLE = """<style>
.dl-explorer{border:1px solid #cbd5e1;border-radius:10px;padding:12px;max-width:1040px}
.dl-explorer button{border-radius:6px}
.dl-explorer button:focus-visible{outline:3px solid #f59e0b}
</style>"""


def frame(title: str, *rows: widgets.Widget, kind: str) -> widgets.VBox:
    """An explorer's rows in the common frame, below its title.

    Args:
        title: as HTML.
        rows: from top to bottom.
        kind: a class of its own ("dl-states"), for its style and for tests in a browser.
    """
    view = widgets.VBox([widgets.HTML(f"{STYLE}{title}"), *rows])
    view.add_class("dl-explorer")
    view.add_class(kind)
    return view


def row(*parts: widgets.Widget) -> widgets.HBox:
    """Widgets side by side, in more than one line where the page is narrow."""
    return widgets.HBox(list(parts), layout={"flex_flow": "row wrap"})


def status(text: str) -> str:
    """A sentence that a screen reader reads out when it changes; nothing for an empty one.

    Args:
        text: as HTML.
    """
    return f"<div role='status'>{text}</div>" if text else ""


def error(title: str, problem: object) -> str:
    """A status that says what has gone wrong.

    Args:
        title: in a few words ("The daemon refuses").
        problem: its text is shown.
    """
    return status(f"<b>{escape(title)}:</b> {escape(str(problem))}")


def bundle(view: widgets.Widget, picture: str, plain: str) -> dict[str, object]:
    """What a notebook shows: the live view, or the picture where no kernel runs.

    Args:
        view: the live widget.
        picture: an SVG element, or any other HTML.
        plain: for where only text can be shown.
    """
    kind = "image/svg+xml" if picture.startswith("<svg") else "text/html"
    return {**(view._repr_mimebundle_() or {}), kind: picture, "text/plain": plain}
