"""Fetching a page as a visitor would."""

from __future__ import annotations

import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
import urllib3

from autograder.checks.words import say
from dockerlab.errors import WaitTimeout
from dockerlab.wait import wait_for

BIGGEST = 1_000_000  # bytes of a page that are looked at
REQUEST_TIMEOUT = 5  # seconds
MOST_REDIRECTS = 5
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

    def __str__(self) -> str:
        return self.text if self.status is None else f"status {self.status}: {self.text.strip()}"


def fetch(
    url: str, *, timeout: float, status: int = 200, text: str = "", grace: float = GRACE
) -> tuple[bool, Page]:
    """Ask for a page until it is as wanted, or until the time is over.

    Args:
        url: of the page, by http.
        timeout: seconds; a server may still be starting.
        status: the wanted HTTP status code.
        text: what the page must contain, as words of its own.
        grace: seconds for a server that has answered to answer otherwise.

    Returns:
        Whether it was as wanted, and the last answer.
    """
    page = Page(None, "no answer")
    first_answer = float("inf")

    def settled() -> bool:
        nonlocal page, first_answer
        page = _get(url, status)
        if page.status is not None:
            first_answer = min(first_answer, time.monotonic())
        return as_wanted() or time.monotonic() - first_answer > grace

    def as_wanted() -> bool:
        return page.status == status and say(page.text, text)

    try:
        wait_for(settled, timeout=timeout, interval=PAUSE)
    except WaitTimeout:
        return False, page
    return as_wanted(), page


def _get(url: str, status: int) -> Page:
    try:
        with requests.Session() as session:
            session.trust_env = False  # a proxy for the internet does not know this machine's ports
            answer = _ask(session, url)
            for _ in range(MOST_REDIRECTS):
                onward = answer.next
                if answer.status_code == status or onward is None or onward.url is None:
                    break
                if urlsplit(onward.url).netloc != urlsplit(answer.url).netloc:
                    answer.close()
                    return Page(answer.status_code, f"it sends visitors on to {onward.url}")
                answer.close()
                answer = _ask(session, onward.url)
            with answer:
                return Page(answer.status_code, _body(answer))
    except (requests.Timeout, urllib3.exceptions.TimeoutError):
        return Page(None, f"no answer within {REQUEST_TIMEOUT} s")
    except requests.ConnectionError as error:
        refused = "refused" in str(error).lower()
        return Page(None, "connection refused" if refused else "the connection was cut")
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        return Page(None, f"{urlsplit(url).netloc}: no page ({type(error).__name__})")


def _ask(session: requests.Session, url: str) -> requests.Response:
    return session.get(url, timeout=REQUEST_TIMEOUT, stream=True, allow_redirects=False)


def _body(answer: requests.Response) -> str:
    deadline = time.monotonic() + REQUEST_TIMEOUT
    body = bytearray()
    # One read at a time: a server that sends a byte now and then must not hold us up.
    while part := answer.raw.read1(65536, decode_content=True):
        body += part
        if len(body) >= BIGGEST or time.monotonic() > deadline:
            break
    return bytes(body[:BIGGEST]).decode("utf-8", "replace")
