"""HTML of students' notebooks: nothing in it runs, and all that tells a reader something stays.

nbgrader's pages, for feedback and in formgrader, show answers in Markdown as they are, whatever
`HTMLExporter.sanitize_html` says. And where nbconvert does take scripts out, headings, paragraphs
and the parts of tables go the same way: they are shown as text. Both filters are replaced.
"""

from __future__ import annotations

import bleach
from nbconvert.filters import markdown2html

HARMLESS = """
    br caption col colgroup dd del details div dl dt h1 h2 h3 h4 h5 h6 hr img ins kbd mark p pre s
    samp small span sub summary sup table tbody td tfoot th thead tr u var
"""
TAGS = frozenset(bleach.ALLOWED_TAGS) | frozenset(HARMLESS.split())
ATTRIBUTES = {"class", "id", "title", "alt", "colspan", "rowspan", "align", "open", "width"}
PICTURES = ("data:image/png;", "data:image/jpeg;", "data:image/gif;")


def clean_html(element: str | bytes) -> str:
    """HTML with only harmless tags and attributes; others are shown as text.

    Args:
        element: a piece of HTML.
    """
    text = element.decode("utf-8", "replace") if isinstance(element, bytes) else str(element)
    protocols = ("http", "https", "mailto", "data")
    return str(bleach.clean(text, tags=TAGS, attributes=_may_stay, protocols=protocols))


def safe_markdown(source: str) -> str:
    """Harmless HTML of a text in Markdown.

    Args:
        source: the text.
    """
    return clean_html(markdown2html(source))


def _may_stay(tag: str, name: str, value: str) -> bool:
    if name == "href":
        return tag == "a" and not value.lstrip().lower().startswith("data")
    if name == "src":  # no address: it would tell somebody who has looked at the page
        return tag == "img" and value.startswith(PICTURES)
    return name in ATTRIBUTES
