"""Changes of docker's command lines: `!docker …` in a cell, and cells that begin with %%."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from edits import Edit
from text_edits import of_sentence, of_text
from word_edits import IMAGES, KEEPS_RUNNING, OWN, SHELLS, another, of_word

LINE = re.compile(r"^(?P<begin>[ \t]*!)(?P<command>(?:[^\n\\]|\\\n|\\.)+)", re.MULTILINE)
COMMAND = re.compile(
    r"^[ \t]*(?P<command>(?:[^\n\\#]|\\\n|\\.)(?:[^\n\\]|\\\n|\\.)*)", re.MULTILINE
)
WORD = re.compile(r"""(?:\{[^{}]*\}|'[^']*'|"(?:[^"\\]|\\.)*"|\\\n|\\.|[^\s'"])+""")
FILLED = re.compile(r"\{[^{}]+\}|\$\{?\w+\}?")
# Flags without a value; the ones after the line change nothing but what is shown.
SINGLE = {"-i", "-t", "-it", "-a", "--all", "--init", "--internal", "--privileged"}
SINGLE |= {"--read-only", "--no-cache", "--attachable", "-P", "--force", "--with-registry-auth"}
SILENT = {
    "-d",
    "--detach",
    "-q",
    "--quiet",
    "-f",
    "--force",
    "-it",
    "-i",
    "-t",
    "--no-resolve-image",
}
SILENT |= {"--rm", "--format", "--progress", "--wait", "-y", "-s", "-sS", "--tail", "-n", "-c"}
SUBCOMMANDS = {"container", "image", "network", "volume", "service", "stack", "compose", "swarm"}
SUBCOMMANDS |= {"buildx", "node", "secret", "config", "system"}
VERBS = {"docker", "create", "run", "update", "rm", "build", "exec", "up", "init", "join", "deploy"}
VERBS |= {"scale", "rollback", "start", "stop", "restart", "tag", "push", "pull", "cp", "connect"}
VERBS |= {"disconnect", "commit", "save", "load", "import", "export"}
LOOKS = {"ps", "inspect", "logs", "images", "history", "ls", "port", "top", "stats", "diff", "info"}
LOOKS |= {"version", "wait", "events"}
HEAD = re.compile(r"%%(?P<magic>\w+)(?P<rest>[^\n]*)\n")


def of_lines(source: str) -> Iterator[Edit]:
    """Changes of a cell's lines that begin with an exclamation mark.

    Args:
        source: the cell's.
    """
    commands = [(found.start("command"), found["command"]) for found in LINE.finditer(source)]
    yield from _of_commands(commands, between="\n!")


def of_cell(source: str) -> Iterator[Edit]:
    """Changes of a cell that begins with %%bash, %%writefile or the like.

    Args:
        source: the cell's.
    """
    head = HEAD.match(source)
    if not head:
        return
    body = source[head.end() :]
    if head["magic"] in ("bash", "sh"):
        found = [(f.start("command"), f["command"]) for f in COMMAND.finditer(body)]
        edits = _of_commands(found, between="\n")
    else:
        edits = of_text(body)
    for edit in edits:
        yield edit.moved(head.end())


def _of_commands(commands: list[tuple[int, str]], between: str) -> Iterator[Edit]:
    doing = [(start, text) for start, text in commands if not _only_looks(text)]
    for start, text in doing:
        yield Edit("drop-command", start, start + len(text), "true")
        for own in OWN.finditer(text):
            span = own.span("value")
            yield Edit("change-own", *span, another(own["value"])).moved(start)
        if text.startswith("docker"):
            yield from (edit.moved(start) for edit in _of_docker(text))
        else:
            yield from (edit.moved(start) for edit in of_sentence(text))
    for (start, text), (later, other) in pairwise(doing):
        if _subjects(text) & _subjects(other):
            yield Edit("swap-commands", start, later + len(other), other + between + text)


def _of_docker(text: str) -> Iterator[Edit]:
    words = [(found.start(), found[0]) for found in WORD.finditer(text) if found[0] != "\\\n"]
    at = 1
    while at < len(words) and words[at][1] in SUBCOMMANDS:
        at += 1
    if at >= len(words):
        return
    if words[at][1] == "run":
        yield Edit("create-only", words[at][0], words[at][0] + len("run"), "create")
    at += 1
    while at < len(words):
        start, word = words[at]
        follower = words[at + 1] if at + 1 < len(words) else None
        at += 1
        if not word.startswith("-") or word == "-":
            if words[at - 2][1] in KEEPS_RUNNING:
                continue
            if "--rm" not in text or word not in IMAGES:  # a helper's may be any
                yield from _of_argument(start, word, "")
            continue
        flag, equals, value = word.partition("=")
        takes = not equals and flag not in SINGLE | SILENT and follower is not None
        takes = takes and follower is not None and not follower[1].startswith("-")
        if flag == "-f" and follower is not None and not follower[1].startswith("-"):
            takes = "build" in text or "compose" in text or "stack" in text
        at += takes
        if flag in SILENT and not takes:
            continue
        name = flag.strip("-")
        end = follower[0] + len(follower[1]) if takes and follower else start + len(word)
        space = re.compile(r"\s*(?:\\\n\s*)?").match(text, end)
        yield Edit(f"drop-flag-{name}", start, space.end() if space else end, "")
        if equals:
            yield from _of_argument(start + len(flag) + 1, value, f"{name}-")
        elif takes and follower:
            yield from _of_argument(*follower, f"{name}-")


def _of_argument(start: int, word: str, prefix: str) -> Iterator[Edit]:
    quote = word[0] if word[0] in "'\"" and word[-1] == word[0] and len(word) > 1 else ""
    inside, by = (word[1:-1], start + 1) if quote else (word, start)
    if FILLED.fullmatch(inside) or not inside or inside in SUBCOMMANDS | VERBS:
        return
    is_word = " " not in inside and not FILLED.search(inside)
    for edit in of_word(inside) if is_word else of_sentence(inside):
        kind = edit.kind.removeprefix("change-")
        name = kind if kind == "direction" else f"change-{prefix}{kind}"
        yield Edit(name, edit.start + by, edit.end + by, edit.new)


def _subjects(command: str) -> set[str]:
    """What a command is about: the names in it."""
    words = set(re.findall(r"(?<![\w-])\w[\w.-]+", command))
    return words - SUBCOMMANDS - VERBS - set(IMAGES) - set(SHELLS)


def _only_looks(command: str) -> bool:
    words = command.split()
    if not words:
        return True
    if words[0] != "docker":
        return (
            words[0] in {"ls", "cat", "sleep", "curl", "echo", "ps", "wget"} and ">" not in command
        )
    rest = [word for word in words[1:] if word not in SUBCOMMANDS]
    return bool(rest) and rest[0] in LOOKS
