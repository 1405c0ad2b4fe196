"""Changes of Python code, by its syntax tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from itertools import pairwise

from edits import Edit
from text_edits import of_sentence, of_text
from word_edits import IMAGES, KEEPS_RUNNING, OWN, another, of_number, of_word

MAGIC = re.compile(r"(?P<indent>\s*)(?P<target>[\w\s,()*\[\]]*\w[\s,)\]]*=\s*)?[!%]")
# What changes only when a call returns, or what it returns, and nothing on the daemon.
SILENT = {"timeout", "detach", "decode", "stream", "stdout", "stderr", "demux", "capture_output"}
SILENT |= {"text", "check", "encoding", "interval", "what", "all", "filters", "end", "sep"}
SILENT |= {"rm", "forcerm", "quiet", "remove"}
# What only waits, looks or tells.
IDLE = {"wait", "wait_for", "sleep", "print", "reload", "logs", "get", "list", "display", "pprint"}
LOOKS_UP = {"get", "list", "split", "join", "decode", "encode", "startswith", "endswith", "replace"}
LOOKS_UP |= {
    "strip",
    "index",
    "find",
    "count",
    "next",
    "print",
    "getattr",
    "word",
    "port",
    "number",
}
LOOKS_UP |= {"partition", "rpartition", "loads", "dumps", "rstrip", "lstrip", "splitlines", "len"}
LOOKS_UP |= {"choice", "sleep", "wait_for", "answer"}
GENERAL = {"client", "docker", "mine", "self", "os", "json", "subprocess", "images"}


def of_code(source: str, own: Collection[str] = ()) -> Iterator[Edit]:
    """Changes of a cell of Python. Lines that begin with ! or % stay as they are.

    Args:
        source: the cell's.
        own: names of variables that hold one of the student's own values, or another constant.

    Raises:
        SyntaxError: it is not Python.
    """
    yield from _Mutator(source, own).edits()


def constants(source: str) -> set[str]:
    """The names that a cell of Python gives to a constant or to a student's own value."""
    try:
        tree = ast.parse(_without_magics(source))
    except SyntaxError:
        return set()
    return {
        node.targets[0].id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and (
            (isinstance(node.value, ast.Constant) and isinstance(node.value.value, str | int))
            or isinstance(node.value, ast.JoinedStr)
            or _own_value(node.value)
        )
    }


class _Mutator:
    def __init__(self, source: str, own: Collection[str]) -> None:
        self._source = source
        self._own = own
        self._tree = ast.parse(_without_magics(source))
        self._lines = source.splitlines(keepends=True)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))

    def edits(self) -> Iterator[Edit]:
        found = [*self._statements(self._tree), *self._values(self._tree, "")]
        yield from sorted(dict.fromkeys(found), key=lambda edit: (edit.start, edit.end, edit.kind))

    # Statements

    def _statements(self, tree: ast.AST) -> Iterator[Edit]:
        for node in ast.walk(tree):
            for name in ("body", "orelse", "finalbody"):
                body = getattr(node, name, None)
                if isinstance(body, list):
                    yield from self._block(body)

    def _block(self, body: list[ast.stmt]) -> Iterator[Edit]:
        for statement in body:
            if _does_something(statement):
                yield Edit("drop-statement", *self._span(statement), "pass")
        for first, second in pairwise(body):
            if _does_something(first) and _does_something(second) and _depend(first, second):
                start, end = self._span(first)[0], self._span(second)[1]
                gap = self._source[self._span(first)[1] : self._span(second)[0]]
                yield Edit("swap", start, end, self._text(second) + gap + self._text(first))

    # Values

    def _values(self, node: ast.AST, kind: str) -> Iterator[Edit]:
        """Changes below a node. `kind`: what the value is for, where that is known."""
        if isinstance(node, ast.Call):
            yield from self._call(node, kind)
        elif isinstance(node, ast.Constant):
            yield from self._constant(node, kind)
        elif isinstance(node, ast.JoinedStr):
            yield from self._string(node, kind)
        elif isinstance(node, ast.Name):
            if node.id in self._own and isinstance(node.ctx, ast.Load):
                yield Edit(f"change-{kind or 'own'}", *self._span(node), another(node.id))
        elif isinstance(node, ast.Subscript):
            yield from self._values(node.value, kind)
        elif isinstance(node, ast.List) and _keeps_running(node):
            yield from self._values(node.elts[0], kind)
        elif isinstance(node, ast.Compare | ast.FormattedValue | ast.FunctionDef | ast.Lambda):
            return
        else:
            for child in ast.iter_child_nodes(node):
                yield from self._values(child, kind)

    def _call(self, node: ast.Call, kind: str) -> Iterator[Edit]:
        name = _called(node)
        if _own_value(node):
            yield Edit(f"change-{kind or 'own'}", *self._span(node), another(self._text(node)))
            return
        yield from self._values(node.func, "")
        if name == "run" and "containers" in ast.unparse(node.func):
            _, end = self._span(node.func)
            yield Edit("create-only", end - len("run"), end, "create")
        if name in LOOKS_UP:
            return
        for argument in node.args[1 if _is_helper(node) else 0 :]:
            yield from self._values(argument, kind)
        for keyword in node.keywords:
            if keyword.arg is None:
                yield from self._values(keyword.value, kind)
            elif keyword.arg not in SILENT:
                yield Edit(f"drop-kw-{keyword.arg}", *self._with_comma(keyword), "")
                yield from self._keyword(keyword.arg, keyword.value)

    def _keyword(self, name: str, value: ast.expr) -> Iterator[Edit]:
        if isinstance(value, ast.Dict):
            for key, item in zip(value.keys, value.values, strict=True):
                if key is not None and len(value.keys) > 1:
                    start, end = self._span(key)[0], self._span(item)[1]
                    yield Edit(f"drop-item-{name}", start, self._past_comma(end), "")
            if name == "ports" and len(value.keys) == 1 and value.keys[0] is not None:
                yield from self._direction(value.keys[0], value.values[0])
        elif isinstance(value, ast.List) and len(value.elts) > 1:
            for item in value.elts:
                start, end = self._span(item)
                yield Edit(f"drop-item-{name}", start, self._past_comma(end), "")
        yield from self._values(value, name)

    def _direction(self, inside: ast.expr, outside: ast.expr) -> Iterator[Edit]:
        if isinstance(inside, ast.Constant) and isinstance(inside.value, str):
            number = inside.value.partition("/")[0]
            turned = f'str({self._text(outside)}) + "/tcp": {number}'
            yield Edit("direction", self._span(inside)[0], self._span(outside)[1], turned)

    def _constant(self, node: ast.Constant, kind: str) -> Iterator[Edit]:
        value, span = node.value, self._span(node)
        if isinstance(value, bool):
            yield Edit(f"flip-{kind or 'flag'}", *span, str(not value))
        elif isinstance(value, int | float):
            text = self._source[slice(*span)]
            if re.fullmatch(r"\d+(\.\d+)?", text):
                yield Edit(f"change-{kind or 'number'}", *span, of_number(text))
        elif isinstance(value, str | bytes):
            yield from self._string(node, kind)

    def _string(self, node: ast.Constant | ast.JoinedStr, kind: str) -> Iterator[Edit]:
        """Changes of a string's text as it is written."""
        start, end = self._span(node)
        written = re.fullmatch(
            r"(?P<prefix>\w*)(?P<quote>'''|\"\"\"|'|\")(?P<inside>.*)(?P=quote)",
            self._source[start:end],
            re.DOTALL,
        )
        if not written:
            return  # of several parts
        inside, by = written["inside"], start + written.start("inside")
        if isinstance(node, ast.JoinedStr):
            for own in OWN.finditer(inside):
                yield Edit(
                    f"change-{kind or 'own'}", *own.span("value"), another(own["value"])
                ).moved(by)
        if "\n" in inside:
            found = of_text(inside)
        elif isinstance(node, ast.JoinedStr) or " " in inside:
            found = of_sentence(inside)
        else:
            found = of_word(inside)
        for edit in found:
            about = edit.kind.removeprefix("change-")
            if "\n" in inside:
                name = edit.kind
            elif edit.kind == "direction":
                name = "direction"
            else:
                name = f"change-{kind}-{about}" if kind and about not in kind else f"change-{about}"
            yield Edit(name, edit.start + by, edit.end + by, edit.new)

    # Places

    def _span(self, node: ast.AST) -> tuple[int, int]:
        def at(line: int, column: int) -> int:
            text = self._lines[line - 1].encode()[:column].decode()
            return self._starts[line - 1] + len(text)

        return (
            at(node.lineno, node.col_offset),  # type: ignore[attr-defined]
            at(node.end_lineno, node.end_col_offset),  # type: ignore[attr-defined]
        )

    def _text(self, node: ast.AST) -> str:
        return self._source[slice(*self._span(node))]

    def _past_comma(self, end: int) -> int:
        comma = re.compile(r"\s*,[ \t]*").match(self._source, end)
        return comma.end() if comma else end

    def _with_comma(self, keyword: ast.keyword) -> tuple[int, int]:
        start, end = self._span(keyword)
        past = self._past_comma(end)
        if past == end:  # the last one: the comma before it goes
            before = re.search(r",\s*$", self._source[:start])
            start = before.start() if before else start
        return start, past


def _without_magics(source: str) -> str:
    lines, goes_on = [], False
    for line in source.splitlines():
        found = MAGIC.match(line)
        if goes_on:
            lines.append("")
        elif found:
            value = "None" if found["target"] else "pass"
            lines.append(f"{found['indent']}{found['target'] or ''}{value}")
        else:
            lines.append(line)
        goes_on = (goes_on or bool(found)) and line.endswith("\\")
    return "\n".join(lines)


def _called(node: ast.expr) -> str:
    function = node.func if isinstance(node, ast.Call) else node
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _is_helper(call: ast.Call) -> bool:
    """Whether a container is run and removed: its image is the first argument, and any will do."""
    return any(
        each.arg == "remove" and isinstance(each.value, ast.Constant) and each.value.value is True
        for each in call.keywords
    )


def _own_value(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "mine"
    )


def _keeps_running(command: ast.List) -> bool:
    first = command.elts[0] if command.elts else None
    return isinstance(first, ast.Constant) and first.value in KEEPS_RUNNING


def _does_something(statement: ast.stmt) -> bool:
    """Whether a statement may change the daemon's state, or a file."""
    skipped = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assert, ast.Return)
    if isinstance(statement, skipped):
        return False
    value = getattr(statement, "value", None)
    if isinstance(value, ast.Call) and (_own_value(value) or _called(value) in IDLE):
        return False
    calls = [node for node in ast.walk(statement) if isinstance(node, ast.Call)]
    return any(_called(call) not in IDLE | LOOKS_UP for call in calls)


def _depend(first: ast.stmt, second: ast.stmt) -> bool:
    """Whether two statements are about one thing, and the second can run without the first."""
    if any(isinstance(each, ast.With | ast.For | ast.If | ast.Try) for each in (first, second)):
        return False
    made = {n.id for n in ast.walk(first) if isinstance(n, ast.Name) and _stored(n)}
    read = {n.id for n in ast.walk(second) if isinstance(n, ast.Name)}
    return not made & read and bool(_subjects(first) & _subjects(second))


def _stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _subjects(statement: ast.stmt) -> set[object]:
    nodes = list(ast.walk(statement))
    names = {n.id for n in nodes if isinstance(n, ast.Name)} - GENERAL
    texts = {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return {*names, *texts} - {*IMAGES, "sh", "-c"}
