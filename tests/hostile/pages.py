"""What in a page would run in a browser."""

from __future__ import annotations

from html.parser import HTMLParser


class _Live(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_script = tag == "script"
        for name, value in attrs:
            runs = name.startswith("on") or name == "srcdoc"
            if runs or "javascript:" in (value or "").lower():
                self.found.append(f"{tag} {name}={value}")
        if tag in ("iframe", "object", "embed"):
            self.found.append(f"hostile {tag} {attrs}")

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.found.append(data)


def live(page: str) -> list[str]:
    """Scripts, handlers and addresses of a page that a browser would run, and frames.

    Args:
        page: HTML.
    """
    parser = _Live()
    parser.feed(page)
    return parser.found
