"""Changes of a file's text: a Dockerfile, a Compose file, a page, a configuration, a script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, takewhile

from edits import Edit
from word_edits import IMAGES, SHELLS, of_word

DOCKERFILE = re.compile(r"^\s*FROM\s+\S+", re.MULTILINE)
YAML = re.compile(r"^\s*(?:- )?[\w.-]+:(?:\s|$)", re.MULTILINE)
INSTRUCTION = re.compile(r"\s*(?P<name>[A-Z]{2,})\s+")
KEY = re.compile(r"\s*(?:- )?[\"']?(?P<name>[\w./-]+)[\"']?:(?=\s|$)")
LOGICAL = re.compile(r"(?:[^\n\\]|\\+\n|\\.)+")  # in a string, the backslash is written twice
TOKEN = re.compile(r"[\w./:@%+-]+")
QUOTED = re.compile(r"(['\"])(?P<inside>.+?)\1|<\w+>(?P<page>[^<]+)<")
LONG_WORD = re.compile(r"(?<![\w/.<$%-])[A-Za-z]{3,}\b(?![/>:=])")
WITH_NAMES = {"USER", "ENV", "ARG", "LABEL", "CMD", "ENTRYPOINT", "STOPSIGNAL", "VOLUME"}
UNORDERED = {"FROM", "LABEL", "EXPOSE", "CMD", "ENTRYPOINT", "HEALTHCHECK", "STOPSIGNAL"}
FILLED = re.compile(r"\{[^{}]*\}")  # what an f-string puts in


@dataclass(frozen=True)
class _Line:
    """A logical line: with those that a backslash joins to it."""

    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def indent(self) -> int:
        return len(self.text) - len(self.text.lstrip())


def of_text(text: str) -> Iterator[Edit]:
    """Changes of a file's text, by what kind of file it looks like.

    Args:
        text: the whole file, or the inside of a string, as it is written in a notebook.
    """
    lines = [line for line in _lines(text) if line.text.strip(" \t\\\n")]
    if DOCKERFILE.search(text):
        yield from _of_dockerfile(lines)
    elif len(YAML.findall(text)) > len(lines) / 2:
        yield from _of_yaml(lines)
    else:
        for line in lines:
            yield Edit("drop-line", line.start, line.end, "")
            yield from _tokens(line, 0, plain=False)


def of_sentence(text: str) -> Iterator[Edit]:
    """Changes of a text in one line, such as a shell's command or a page.

    Args:
        text: as it is written in a notebook.
    """
    yield from _tokens(_Line(0, text), 0, plain=False)
    told = QUOTED.search(_without_filled(text))
    if told:
        part = "inside" if told["inside"] else "page"
        words = [w for w in LONG_WORD.finditer(told[part]) if w[0] not in SHELLS]
        for word in sorted(words, key=lambda found: -len(found[0]))[:1]:
            start = told.start(part) + word.start()
            yield Edit("change-text", start, start + len(word[0]), f"{word[0]}x")


def _of_dockerfile(lines: list[_Line]) -> Iterator[Edit]:
    found = [(line, name["name"]) for line in lines if (name := INSTRUCTION.match(line.text))]
    for line, name in found:
        if name != "FROM":
            yield Edit(f"drop-{name}", line.start, line.end, "")
        begin = len(INSTRUCTION.match(line.text)[0])  # type: ignore[index]
        yield from _tokens(line, begin, plain=name in WITH_NAMES, prefix=f"{name}-")
    for (first, one), (second, other) in pairwise(found):
        if not {one, other} & UNORDERED:
            gap = "\n" + " " * second.indent
            new = second.text + gap + first.text.lstrip()
            yield Edit("swap-lines", first.start, second.end, new)


def _of_yaml(lines: list[_Line]) -> Iterator[Edit]:
    for at, line in enumerate(lines):
        deeper = takewhile(lambda other, most=line.indent: other.indent > most, lines[at + 1 :])
        block = max((other.end for other in deeper), default=line.end)
        key = KEY.match(line.text)
        whole = key and line.indent == 0  # a file without its services says nothing of a student
        if not whole:
            yield Edit(f"drop-{key['name'] if key else 'item'}", line.start, block, "")
        begin = key.end() if key else len(line.text) - len(line.text.lstrip(" -"))
        yield from _tokens(line, begin, plain=True)


def _tokens(line: _Line, begin: int, *, plain: bool, prefix: str = "") -> Iterator[Edit]:
    hidden = _without_filled(line.text)
    for token in TOKEN.finditer(hidden, begin):
        word = token[0].rstrip(":.,")
        around = hidden[token.start() - 1 : token.start()] + hidden[token.end() : token.end() + 1]
        odd = "\0" in around or around.startswith("<")  # filled in, or of a page's mark-up
        idle = hidden[: token.start()].endswith("sleep ")  # how long says nothing
        if odd or idle or not word or word.startswith("--") or set(word) <= set("./:-"):
            continue
        setting = hidden[token.start() - 1 : token.start()] == "="
        for edit in of_word(word, plain=plain or setting or word in IMAGES):
            kind = "value" if setting and edit.kind == "word" else edit.kind
            moved = edit.moved(line.start + token.start())
            yield Edit(f"change-{prefix}{kind}", moved.start, moved.end, moved.new)


def _without_filled(text: str) -> str:
    return FILLED.sub(lambda found: "\0" * len(found[0]), text)


def _lines(text: str) -> Iterator[_Line]:
    for found in LOGICAL.finditer(text):
        yield _Line(found.start(), found[0])
