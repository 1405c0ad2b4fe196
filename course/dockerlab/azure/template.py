"""The template of the notes' virtual machine: its parameters, and what becomes of them."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dockerlab import paths
from dockerlab.azure.expressions import evaluate
from dockerlab.errors import TemplateError

GROUP = "Azure-metanet"
"""The notes' resource group. A template is deployed into one, and does not name it."""

TYPES = {"string": str, "bool": bool, "int": int, "array": list, "object": dict}

Template = dict[str, Any]


def file() -> Path:
    """Where the course keeps its template."""
    return paths.course() / "azure" / "first-vm.json"


def load(path: Path | None = None) -> Template:
    """Read a template.

    Args:
        path: of another one than the course's.

    Raises:
        TemplateError: the file is no JSON, or no template.
    """
    path = path or file()
    try:
        template: Template = json.loads(path.read_text(encoding="utf-8"))
        template["resources"], template["parameters"]
    except (ValueError, KeyError, TypeError) as error:
        raise TemplateError(f"{path.name} is not a deployment template: {error}") from error
    return template


def fill(template: Template, given: Mapping[str, Any]) -> dict[str, Any]:
    """The value of each parameter: what is given, else its default.

    Args:
        template: that asks for them.
        given: values, by the parameter's name.

    Raises:
        TemplateError: a value is missing, not allowed, or for a parameter that there is not.
    """
    asked = template["parameters"]
    for name in given:
        if name not in asked:
            near = difflib.get_close_matches(name, asked, n=1)
            meant = f" Did you mean {near[0]!r}?" if near else f" It has: {', '.join(asked)}."
            raise TemplateError(f"The template has no parameter {name!r}.{meant}")
    values = {}
    for name, rules in asked.items():
        if name not in given and "defaultValue" not in rules:
            raise TemplateError(f"{name} has no default, so it must be given: {_words(rules)}.")
        values[name] = given.get(name, rules.get("defaultValue"))
        if wrong := _wrong(values[name], rules):
            raise TemplateError(f"{name}: {values[name]!r} {wrong}.")
    return values


def resolve(template: Template, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The resources as Azure gets to see them: with values in the place of expressions.

    Args:
        template: with expressions.
        given: values of parameters; the others have their defaults.

    Raises:
        TemplateError: a value or an expression is wrong.
    """
    values = fill(template, given)
    resources: list[dict[str, Any]] = evaluate(
        template["resources"], values, template.get("variables", {})
    )
    return resources


def of_type(resources: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    """The first resource of a type.

    Args:
        resources: of a template.
        kind: the end of the type's name ("virtualMachines").

    Raises:
        TemplateError: there is none.
    """
    for resource in resources:
        if resource["type"].endswith(f"/{kind}"):
            return resource
    raise TemplateError(f"The template makes none of {kind}.")


def inbound_ports(resources: list[dict[str, Any]]) -> dict[str, int]:
    """The ports that the template's security rules let in, by the rule's name."""
    rules = of_type(resources, "networkSecurityGroups")["properties"]["securityRules"]
    return {
        rule["name"]: int(rule["properties"]["destinationPortRange"])
        for rule in rules
        if rule["properties"]["access"] == "Allow" and rule["properties"]["direction"] == "Inbound"
    }


def _wrong(value: Any, rules: Mapping[str, Any]) -> str:
    """What is wrong with a value; nothing where it is allowed."""
    wanted = TYPES[rules["type"]]
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        return f"is not of the type {rules['type']}"
    if "allowedValues" in rules and value not in rules["allowedValues"]:
        return f"is not among {', '.join(map(str, rules['allowedValues']))}"
    if len(str(value)) < rules.get("minLength", 0):
        return f"is shorter than {rules['minLength']} characters"
    if len(str(value)) > rules.get("maxLength", float("inf")):
        return f"is longer than {rules['maxLength']} characters"
    return ""


def _words(rules: Mapping[str, Any]) -> str:
    return str(rules.get("metadata", {}).get("description", rules["type"])).rstrip(".")
