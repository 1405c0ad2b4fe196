"""What a student has written in Markdown, as HTML without anything that runs.

nbgrader's pages, for feedback and in formgrader, show answers as they are, whatever
`HTMLExporter.sanitize_html` says: a script in one would run in the instructor's browser.
"""

from __future__ import annotations

from nbconvert.filters import clean_html, markdown2html


def safe_markdown(source: str) -> str:
    """HTML of a text in Markdown; takes the place of nbconvert's filter `markdown2html`.

    Args:
        source: the text.
    """
    return str(clean_html(markdown2html(source)))  # type: ignore[no-untyped-call]
