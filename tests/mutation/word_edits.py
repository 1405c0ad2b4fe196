"""Changes of a single value, by what it looks like: a port, an image, a path, a name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from edits import Edit

IMAGES = {  # of the course's catalogue, each with another that does much the same
    "busybox": "debian",
    "debian": "busybox",
    "httpd": "nginx",
    "nginx": "httpd",
    "mariadb": "debian",
    "nettools": "debian",
    "registry": "httpd",
}
SHELLS = ("sh", "bash")
KEEPS_RUNNING = ("sleep",)  # for how long says nothing
TAGGED = re.compile(r"(?!\d+:)(?:[\w.-]+(?::\d+)?/)?[a-z0-9][\w./-]*:(?P<tag>[A-Za-z0-9_][\w.-]*)")
PORTS = re.compile(r"(?P<host>\d+):(?P<inside>\d+)(?P<kind>/\w+)?")
PORT = re.compile(r"(?P<number>\d+)/(?:tcp|udp)")
MOUNT = re.compile(r"[^:\s]+:(?P<path>/[^:\s]*)(?P<mode>:\w+(?:,\w+)*)?")
PATH = re.compile(r"(?:\.{0,2}/)[\w.@%+-]+(?:/[\w.@%+-]*)*")
ADDRESS = re.compile(r"\d+\.\d+\.(?P<third>\d+)\.\d+(?:/\d+)?")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?P<unit>[a-zA-Z]{0,2})")
SETTING = re.compile(r"[A-Za-z_][\w.-]*=(?P<value>\S.*)", re.DOTALL)
OWN = re.compile(r"\{(?P<value>mine\.\w+\([^{}]*\)|\w+)\}")  # what is filled into a text
NAME = re.compile(r"[A-Za-z][\w.-]*")


def of_word(word: str, *, plain: bool = True) -> Iterator[Edit]:
    """Changes of one word.

    Args:
        word: without its quotes.
        plain: whether a word that is of no known form is changed, too.
    """
    if found := PORTS.fullmatch(word):
        yield _next("port", found.span("host"), found["host"])
        yield _next("inner-port", found.span("inside"), found["inside"])
        if found["host"] != found["inside"]:
            yield Edit("direction", 0, found.end("inside"), f"{found['inside']}:{found['host']}")
    elif found := PORT.fullmatch(word):
        yield _next("inner-port", found.span("number"), found["number"])
    elif found := ADDRESS.fullmatch(word):
        yield _next("address", found.span("third"), found["third"])
    elif found := MOUNT.fullmatch(word):
        yield Edit("path", *found.span("path"), _longer(found["path"]))
        if found["mode"]:
            yield Edit("mode", *found.span("mode"), "")
    elif "://" in word:
        if path := re.search(r"(?<=\w)/[\w./-]+$", word):
            yield Edit("path", *path.span(), _longer(path[0]))
    elif found := TAGGED.fullmatch(word):
        other = "latest" if found["tag"] != "latest" else "first"
        yield Edit("tag", *found.span("tag"), other)
        yield Edit("name", found.start("tag") - 1, found.start("tag") - 1, "x")
    elif word in IMAGES:
        yield Edit("image", 0, len(word), IMAGES[word])
    elif found := SETTING.fullmatch(word):
        yield Edit("value", *found.span("value"), _longer(found["value"]))
    elif found := NUMBER.fullmatch(word):
        yield from _number(word, found)
    elif PATH.fullmatch(word):
        yield Edit("path", 0, len(word), _longer(word))
    elif plain and word not in SHELLS and NAME.fullmatch(word):
        yield Edit("word", 0, len(word), _longer(word))


def of_number(text: str) -> str:
    """The number that follows one, as text.

    Args:
        text: a number without a unit.
    """
    return f"{float(text) + 1:g}" if "." in text else str(int(text) + 1)


def another(value: str) -> str:
    """An expression that has another value than one whose type is not known.

    Args:
        value: an expression: a variable, or a call such as `mine.port(21000)`.
    """
    return f"({value} + 1 if isinstance({value}, int) else {value} + {value}[-1])"


def _number(word: str, found: re.Match[str]) -> Iterator[Edit]:
    end = found.start("unit")
    yield Edit("number", 0, end, of_number(word[:end]))


def _next(kind: str, span: tuple[int, int], text: str) -> Edit:
    return Edit(kind, *span, of_number(text))


def _longer(text: str) -> str:
    """The same with an x before its ending, or at its end."""
    stem, dot, ending = text.rpartition(".")
    if dot and stem and re.fullmatch(r"[a-z]{1,5}", ending):
        return f"{stem}x.{ending}"
    return f"{text.rstrip('/')}x" if text.strip("/") else f"{text}x"
