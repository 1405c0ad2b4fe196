"""Fetching a page as a visitor would."""

from __future__ import annotations

import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests

BIGGEST = 1_000_000  # bytes of a page that are looked at
REQUEST_TIMEOUT = 5  # seconds
PAUSE = 0.2  # seconds between two tries while a server comes up
GRACE = 2  # seconds for a server that has answered to answer otherwise


@dataclass(frozen=True)
class Page:
    """What a server answered.

    Attributes:
        status: HTTP status code; None where no server answered.
        text: the page, or why there is none.
    """

    status: int | None
    text: str


def fetch(url: str, *, timeout: float, status: int = 200, text: str = "") -> Page:
    """Ask for a page until it is as wanted, or until the time is over.

    Args:
        url: of the page, by http.
        timeout: seconds; a server may still be starting.
        status: the wanted HTTP status code.
        text: what the page must contain.

    Returns:
        The last answer.
    """
    deadline = time.monotonic() + timeout
    answered = False
    while True:
        page = _get(url)
        as_wanted = page.status == status and text in page.text
        if page.status is not None and not answered:
            answered, deadline = True, min(deadline, time.monotonic() + GRACE)
        if as_wanted or time.monotonic() >= deadline:
            return page
        time.sleep(PAUSE)


def _get(url: str) -> Page:
    try:
        with requests.Session() as session:
            session.trust_env = False  # a proxy for the internet does not know this machine's ports
            with session.get(url, timeout=REQUEST_TIMEOUT, stream=True) as answer:
                body = bytearray()
                started = time.monotonic()
                for part in answer.iter_content(65536):
                    body += part
                    if len(body) >= BIGGEST or time.monotonic() - started > REQUEST_TIMEOUT:
                        break
                return Page(answer.status_code, bytes(body[:BIGGEST]).decode("utf-8", "replace"))
    except requests.ConnectionError as error:
        refused = "refused" in str(error).lower()
        return Page(None, "connection refused" if refused else "the connection was cut")
    except requests.Timeout:
        return Page(None, f"no answer within {REQUEST_TIMEOUT} s")
    except (requests.RequestException, ValueError) as error:
        return Page(None, f"{urlsplit(url).netloc}: {type(error).__name__}")
