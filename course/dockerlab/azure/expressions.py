"""The expressions of an ARM template, such as "[concat(parameters('vmName'), '-nic')]".

Azure evaluates them when it deploys. These are the functions that the course's template uses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from dockerlab.errors import TemplateError

TOKEN = re.compile(r"\s*(?:'((?:[^']|'')*)'|(\d+)|([A-Za-z]\w*)|([()\[\],.]))")
SCOPE = "/subscriptions/SUBSCRIPTION/resourceGroups/GROUP/providers"
"""Where resources are; the words in capitals are known when it is deployed."""

Lookup = Mapping[str, Any]


def evaluate(value: Any, parameters: Lookup, variables: Lookup) -> Any:
    """Put values in the place of all expressions in a part of a template.

    Args:
        value: the part: text, or a list or dictionary with text in it.
        parameters: their values, by name.
        variables: likewise; they may hold expressions themselves.

    Returns:
        The same without expressions. What became null is left out, as Azure does.

    Raises:
        TemplateError: an expression is malformed, or names something that there is not.
    """
    if isinstance(value, dict):
        parts = {key: evaluate(part, parameters, variables) for key, part in value.items()}
        return {key: part for key, part in parts.items() if part is not None}
    if isinstance(value, list):
        return [evaluate(part, parameters, variables) for part in value]
    if isinstance(value, str) and value.startswith("[") and not value.startswith("[["):
        return _Reader(value, parameters, variables).result()
    return value


class _Reader:
    """Reads one expression from left to right, and evaluates what it reads."""

    def __init__(self, text: str, parameters: Lookup, variables: Lookup) -> None:
        self._text, self._at = text, 1
        self._end = len(text) - 1
        self._functions: dict[str, Callable[..., Any]] = {
            "parameters": lambda name: _find(parameters, name, "parameter"),
            "variables": lambda name: evaluate(
                _find(variables, name, "variable"), parameters, variables
            ),
            "concat": lambda *parts: "".join(map(str, parts)),
            "equals": lambda one, other: one == other,
            "if": lambda condition, yes, no: yes if condition else no,
            "null": lambda: None,
            "resourceid": _resource_id,
        }

    def result(self) -> Any:
        if not self._text.endswith("]"):
            raise self._wrong("it lacks the closing ]")
        value = self._value()
        if self._at < self._end:
            raise self._wrong(f"nothing is expected after column {self._at}")
        return value

    def _value(self) -> Any:
        text, number, name, sign = self._next()
        if text is not None:
            return text.replace("''", "'")
        if number:
            return int(number)
        if not name:
            raise self._wrong(f"a value is expected, not {sign!r}")
        if name.lower() not in self._functions:
            raise self._wrong(f"there is no function {name!r} here")
        value = self._functions[name.lower()](*self._arguments())
        while self._peek() in ("[", "."):
            if self._next()[3] == "[":
                key = self._value()
                self._expect("]")
            else:
                key = self._next()[2]
            value = _find(value, key, "property")
        return value

    def _arguments(self) -> list[Any]:
        self._expect("(")
        given: list[Any] = []
        while self._peek() != ")":
            if given:
                self._expect(",")
            given.append(self._value())
        self._expect(")")
        return given

    def _next(self) -> tuple[Any, ...]:
        match = TOKEN.match(self._text, self._at, self._end)
        if not match:
            raise self._wrong(f"it cannot be read from column {self._at + 1} on")
        self._at = match.end()
        return match.groups()

    def _peek(self) -> str | None:
        match = TOKEN.match(self._text, self._at, self._end)
        return match[4] if match else None

    def _expect(self, sign: str) -> None:
        if self._next()[3] != sign:
            raise self._wrong(f"{sign!r} is expected before column {self._at + 1}")

    def _wrong(self, why: str) -> TemplateError:
        return TemplateError(f"The expression {self._text} is wrong: {why}.")


def _find(place: Any, name: Any, kind: str) -> Any:
    try:
        return place[name]
    except (KeyError, IndexError, TypeError) as error:
        raise TemplateError(f"An expression names the {kind} {name!r}, which there is not.") from (
            error
        )


def _resource_id(kind: str, *names: str) -> str:
    """Where a resource is: of "Microsoft.Network/virtualNetworks/subnets", each type has a name."""
    provider, *kinds = kind.split("/")
    if len(kinds) != len(names):
        raise TemplateError(f"resourceId: {kind} wants {len(kinds)} names, not {len(names)}.")
    steps = "/".join(f"{each}/{name}" for each, name in zip(kinds, names, strict=True))
    return f"{SCOPE}/{provider}/{steps}"
