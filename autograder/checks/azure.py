"""Reading what a student has written for Azure: a template, or the rules of a security group.

It may be anything. What cannot be read is told in words, never raised.
"""

from __future__ import annotations

import ipaddress
import json
import socket
from collections.abc import Mapping
from typing import Any

import docker
import requests

from autograder.checks.answers import plain
from autograder.checks.faults import asks_the_daemon
from dockerlab.azure import template
from dockerlab.errors import TemplateError

KEYS = "/keys"  # where a volume with keys is mounted
LOGIN_TIMEOUT = 30  # seconds
GREETING_TIMEOUT = 5  # seconds
LONGEST = 300  # characters of a complaint

Resources = list[dict[str, Any]]


def read(given: Any) -> tuple[Any, str]:
    """JSON that a student has given, as text or as plain data.

    Returns:
        The data, and why there is none; one of them is empty.
    """
    try:
        data = plain(given, 30)
        if isinstance(data, str):
            data = json.loads(data)
    except TypeError as error:
        return None, f"a value of type {error}"
    except (ValueError, RecursionError) as error:
        return None, f"no JSON: {error}"[:LONGEST]
    return data, "" if data is not None else "no answer yet"


def resolve(given: Any, parameters: Mapping[str, Any]) -> tuple[Resources, str]:
    """The resources of a student's template, as Azure would get to see them.

    Args:
        given: the template.
        parameters: values for it.

    Returns:
        The resources, and why there are none; one of them is empty.
    """
    data, complaint = read(given)
    if complaint:
        return [], complaint
    try:
        resources = template.resolve(data, parameters)
        for resource in resources:
            if not isinstance(resource["properties"], dict):
                raise TypeError("properties are an object")
            str.partition(resource["type"], "/"), str.partition(resource["name"], "/")
    except Exception as error:  # whatever it is that the student has written
        known = isinstance(error, TemplateError)
        return [], (str(error) if known else f"no template of Azure's form: {error!r}")[:LONGEST]
    return resources, "" if resources else "it makes nothing"


def lets_in(rules: Any, source: str, port: int, protocol: str = "Tcp") -> bool:
    """Whether a security group lets somebody in from the internet, as Azure applies its rules.

    The rule with the lowest priority that fits decides. Where none fits, nobody gets in.

    Args:
        rules: as a template has them; of whatever form.
        source: the address of who knocks.
        port: of the machine.
        protocol: "Tcp" or "Udp".
    """
    try:
        inbound = [rule["properties"] for rule in rules]
        for rule in sorted(inbound, key=lambda rule: int(rule["priority"])):
            if rule["direction"].lower() == "inbound" and _fits(rule, source, port, protocol):
                return bool(rule["access"].lower() == "allow")
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        return False
    return False


def priorities(rules: Any) -> list[int]:
    """The priorities of rules, of whatever form; those that are no numbers are left out."""
    found = [
        rule["properties"].get("priority")
        for rule in (rules if isinstance(rules, list) else [])
        if isinstance(rule, dict) and isinstance(rule.get("properties"), dict)
    ]
    return [one for one in found if type(one) is int]


def _fits(rule: Mapping[str, Any], source: str, port: int, protocol: str) -> bool:
    return (
        rule["protocol"].lower() in ("*", protocol.lower())
        and any(_holds(one, source) for one in _all(rule, "sourceAddressPrefix", "es"))
        and any(_spans(one, port) for one in _all(rule, "destinationPortRange", "s"))
        and any(one == "*" or _spans(one, 50_000) for one in _all(rule, "sourcePortRange", "s"))
        and any(
            one in ("*", "VirtualNetwork") or _holds(one, "10.0.0.4")
            for one in _all(rule, "destinationAddressPrefix", "es")
        )
    )


def _all(rule: Mapping[str, Any], field: str, plural: str) -> list[str]:
    """The values of a field that may be one or, by its other name, several."""
    return [rule[field]] if field in rule else list(rule[field + plural])


def _holds(prefix: str, address: str) -> bool:
    if prefix.lower() in ("*", "internet", "any"):
        return True
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(prefix)
    except ValueError:  # a service's name, such as AzureLoadBalancer
        return False


def _spans(ports: str, port: int) -> bool:
    first, _, last = ports.partition("-")
    return ports == "*" or int(first) <= port <= int(last or first)


def findings(resources: Resources) -> list[str]:
    """What Azure's own SDK does not know of a student's resources, in words."""
    from dockerlab.azure import sdk  # two seconds, and not to be had in a sandbox

    try:
        return sdk.findings(resources)
    except Exception as error:  # whatever it is that the student has written
        return [f"it is not of the form of resources: {error!r}"[:LONGEST]]


@asks_the_daemon
def public_half(client: docker.DockerClient, volume: str, file: str) -> str:
    """The public half of a private key in a volume; empty where there is none.

    Args:
        client: of the engine that has the volume and the image `vm`.
        volume: its name.
        file: of the key, in the volume.
    """
    said = _beside(client, volume, ["dropbearkey", "-y", "-f", f"{KEYS}/{file}"])
    lines = [line.split()[:2] for line in said.splitlines() if line.startswith("ssh-")]
    return " ".join(lines[0]) if lines else ""


@asks_the_daemon
def log_in(client: docker.DockerClient, volume: str, file: str, user: str, container: str) -> str:
    """Log in to a machine that is a container, by ssh from a container beside it.

    Args:
        client: of the engine that has them, and the image `vm`.
        volume: with the private key.
        file: of the key, in the volume.
        user: to log in as.
        container: the machine's.

    Returns:
        What `id -un` and `hostname` say there, or why they do not.
    """
    try:
        networks = client.api.inspect_container(container)["NetworkSettings"]["Networks"]
    except docker.errors.NotFound:
        return f"no container {container!r}"
    address = next((one["IPAddress"] for one in networks.values() if one["IPAddress"]), "")
    if not address:
        return "the machine has no address"
    network = next(name for name, one in networks.items() if one["IPAddress"] == address)
    quiet = ["dbclient", "-y", "-y", "-i", f"{KEYS}/{file}", "-o", "BatchMode=yes"]
    return _beside(client, volume, [*quiet, f"{user}@{address}", "id -un; hostname"], network)


def greeting(port: int) -> str:
    """What a server at a port of this machine says first; empty where it says nothing."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=GREETING_TIMEOUT) as line:
            return line.recv(64).decode(errors="replace").strip()
    except OSError:
        return ""


def _beside(
    client: docker.DockerClient, volume: str, command: list[str], network: str = "none"
) -> str:
    """Run a command in a container of its own with a volume; what it says, or complains of."""
    if not any(one["Name"] == volume for one in client.api.volumes()["Volumes"] or []):
        return f"no volume {volume!r}"
    box = client.containers.create(
        "vm", command, volumes={volume: {"bind": KEYS, "mode": "ro"}}, network=network
    )
    try:
        box.start()
        failed = box.wait(timeout=LOGIN_TIMEOUT)["StatusCode"] != 0
        return box.logs(stderr=failed).decode(errors="replace").strip()
    except (docker.errors.APIError, requests.Timeout, requests.ConnectionError) as error:
        return f"it did not end in time: {error}"[:LONGEST]
    finally:
        box.remove(force=True, v=True)
