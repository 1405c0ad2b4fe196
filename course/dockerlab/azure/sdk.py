"""Resources of a template, held against the models of Azure's own Python SDK. Nothing is sent."""

from __future__ import annotations

import difflib
import types
from collections.abc import Iterator, MutableMapping
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

from azure.mgmt.compute import models as compute
from azure.mgmt.network import models as network

MODELS: dict[str, tuple[Any, Any]] = {  # a resource's type, its model, and the module of both
    "Microsoft.Compute/sshPublicKeys": (compute.SshPublicKeyResource, compute),
    "Microsoft.Compute/virtualMachines": (compute.VirtualMachine, compute),
    "Microsoft.Network/networkInterfaces": (network.NetworkInterface, network),
    "Microsoft.Network/networkSecurityGroups": (network.NetworkSecurityGroup, network),
    "Microsoft.Network/publicIPAddresses": (network.PublicIPAddress, network),
    "Microsoft.Network/virtualNetworks": (network.VirtualNetwork, network),
}
TEMPLATES_OWN = {"type", "apiVersion", "name", "dependsOn"}  # of the template, not of the resource
UNIONS = (Union, types.UnionType)


def findings(resources: list[dict[str, Any]]) -> list[str]:
    """What the SDK's models do not know of, or have as another type.

    Args:
        resources: without expressions (see `template.resolve`).

    Returns:
        A sentence each, with the place first; none where all is well.
    """
    found: list[str] = []
    for resource in resources:
        kind = resource["type"]
        if kind not in MODELS:
            found.append(f"{kind}: the course has no model for this type")
            continue
        model, module = MODELS[kind]
        body = {key: value for key, value in resource.items() if key not in TEMPLATES_OWN}
        found += _fields(body, model, module, kind.rpartition("/")[2])
    return found


def _fields(value: Any, model: Any, module: Any, place: str) -> Iterator[str]:
    """Look at the fields of one model."""
    if not isinstance(value, dict):
        yield f"{place}: {value!r} is not an object"
        return
    model({})  # which lets it find out how its fields are called in a request
    fields = {field._rest_name: name for name, field in model._attr_to_rest_field.items()}
    hints = get_type_hints(model, localns={"_models": module})
    for key, part in value.items():
        if key not in fields:
            near = difflib.get_close_matches(key, fields, n=1)
            meant = f"; did you mean {near[0]!r}?" if near else ""
            yield f"{place}: {model.__name__} has no {key!r}{meant}"
        else:
            yield from _value(part, hints[fields[key]], module, f"{place}.{key}")


def _value(value: Any, hint: Any, module: Any, place: str) -> Iterator[str]:
    """Look at one value, of which the SDK says what type it is."""
    choices = get_args(hint) if get_origin(hint) in UNIONS else (hint,)
    for choice in choices:
        if isinstance(choice, type) and issubclass(choice, Enum):
            known = [str(member.value) for member in choice]
            if str(value).lower() not in (name.lower() for name in known):
                near = difflib.get_close_matches(str(value), known, n=1)
                meant = f"; did you mean {near[0]!r}?" if near else ""
                yield f"{place}: {value!r} is no {choice.__name__} of the SDK{meant}"
            return
    wanted = next((choice for choice in choices if choice is not types.NoneType), object)
    if get_origin(wanted) is list:
        if not isinstance(value, list):
            yield f"{place}: {value!r} is not a list"
            return
        for number, part in enumerate(value):
            yield from _value(part, get_args(wanted)[0], module, f"{place}[{number}]")
    elif isinstance(wanted, type) and issubclass(wanted, MutableMapping):  # a model
        yield from _fields(value, wanted, module, place)
    elif wanted in (str, int, bool) and type(value) is not wanted:
        yield f"{place}: {value!r} is not of the type {wanted.__name__}"
