"""The template of the notes' virtual machine: its expressions, its parameters, Azure's models."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from dockerlab.azure import form, sdk, template
from dockerlab.azure.expressions import evaluate
from dockerlab.errors import TemplateError

KEY = "ssh-ed25519 " + "A" * 68 + " nana"
ARM = template.load()


@pytest.fixture
def resources() -> list[dict[str, Any]]:
    return template.resolve(ARM, {"sshPublicKey": KEY})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        ("[[literal]", "[[literal]"),
        ("[parameters('name')]", "web"),
        ("[concat(parameters('name'), '-', 'it''s')]", "web-it's"),
        ("[variables('map')[parameters('name')].size]", 3),
        ("[variables('derived')]", "web-nic"),
        ("[if(equals(parameters('name'), 'web'), 'yes', 'no')]", "yes"),
        ("[resourceId('A.B/c/d', 'one', 'two')]", "/A.B/c/one/d/two"),
    ],
)
def test_expressions_have_values(text: str, value: object) -> None:
    variables = {"map": {"web": {"size": 3}}, "derived": "[concat(parameters('name'), '-nic')]"}
    found = evaluate(text, {"name": "web"}, variables)
    assert (found.removeprefix(found.partition("/A.B")[0]) if "A.B" in text else found) == value


def test_what_becomes_null_is_left_out() -> None:
    assert evaluate({"a": "[null()]", "b": ["[null()]", 1]}, {}, {}) == {"b": [None, 1]}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[parameters('name'", "closing"),
        ("[parameters('nobody')]", "nobody"),
        ("[uniqueString('a')]", "uniqueString"),
        ("[parameters('name') parameters('name')]", "nothing is expected"),
        ("[concat('a' 'b')]", "',' is expected"),
        ("[?]", "cannot be read"),
        ("[resourceId('A.B/c/d', 'one')]", "wants 2 names"),
    ],
)
def test_a_wrong_expression_is_told(text: str, why: str) -> None:
    with pytest.raises(TemplateError, match=re.escape(why)):
        evaluate(text, {"name": "web"}, {})


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, "sshPublicKey has no default"),
        ({"vmsize": "x"}, "Did you mean 'vmSize'"),
        ({"colour": "x"}, "It has: vmName"),
        ({"sshPublicKey": "short"}, "shorter than 80"),
        ({"sshPublicKey": KEY, "image": "CentOS-6"}, "is not among"),
        ({"sshPublicKey": KEY, "bootDiagnostics": "no"}, "not of the type bool"),
        ({"sshPublicKey": KEY, "vmName": "n" * 65}, "longer than 64"),
    ],
)
def test_a_wrong_parameter_is_told(given: dict[str, Any], why: str) -> None:
    with pytest.raises(TemplateError, match=re.escape(why)):
        template.fill(ARM, given)


def test_the_template_is_the_notes_form(resources: list[dict[str, Any]]) -> None:
    machine = template.of_type(resources, "virtualMachines")
    disk = machine["properties"]["storageProfile"]["osDisk"]
    login = machine["properties"]["osProfile"]
    network = template.of_type(resources, "virtualNetworks")
    assert (machine["name"], machine["location"], machine["zones"]) == (
        "FirstVM-Linux",
        "koreacentral",
        ["1"],
    )
    assert machine["properties"]["hardwareProfile"] == {"vmSize": "Standard_DS1_v2"}
    assert "securityProfile" not in machine["properties"]
    assert login["adminUsername"] == "nana"
    assert login["linuxConfiguration"]["disablePasswordAuthentication"] is True
    assert login["linuxConfiguration"]["ssh"]["publicKeys"] == [
        {"path": "/home/nana/.ssh/authorized_keys", "keyData": KEY}
    ]
    assert disk["managedDisk"] == {"storageAccountType": "Standard_LRS"}
    assert disk["deleteOption"] == "Delete"
    assert network["name"] == "Azure-Metanet-vnet"
    assert network["properties"]["subnets"][0]["properties"] == {"addressPrefix": "10.0.0.0/24"}
    assert template.of_type(resources, "publicIPAddresses")["name"] == "FirstVm-Linux-ip"
    assert template.of_type(resources, "sshPublicKeys")["name"] == "FirstVM-Linux.key"
    assert template.inbound_ports(resources) == {"SSH": 22, "HTTP": 80, "HTTPS": 443}
    assert machine["properties"]["diagnosticsProfile"]["bootDiagnostics"] == {"enabled": False}


def test_centos_is_a_choice_and_not_the_default(resources: list[dict[str, Any]]) -> None:
    def image(given: dict[str, Any]) -> dict[str, str]:
        made = template.resolve(ARM, {"sshPublicKey": KEY, **given})
        machine = template.of_type(made, "virtualMachines")
        return machine["properties"]["storageProfile"]["imageReference"]

    assert image({"image": "CentOS-7.9"})["offer"] == "CentOS"
    assert image({})["publisher"] == "almalinux"


def test_each_parameter_is_described_used_and_in_the_form_or_told() -> None:
    body = json.dumps([ARM["resources"], ARM["variables"]])
    for name, rules in ARM["parameters"].items():
        assert rules["metadata"]["description"]
        assert f"parameters('{name}')" in body, name
    named = {field.parameter for field in form.FIELDS} - {""}
    assert ARM["parameters"].keys() - named == {"sshSource"}, "the lesson's own addition"
    assert named <= ARM["parameters"].keys()
    assert len(form.table(ARM).splitlines()) == len(form.FIELDS) + 2


def test_what_depends_on_something_depends_on_what_there_is(
    resources: list[dict[str, Any]],
) -> None:
    ids = {f"{r['type']}/{r['name']}" for r in resources}
    for resource in resources:
        for wanted in resource.get("dependsOn", []):
            assert wanted.partition("/providers/")[2] in ids


def test_the_sdk_finds_nothing_wrong_with_any_choice(resources: list[dict[str, Any]]) -> None:
    assert sdk.findings(resources) == []
    for name, rules in ARM["parameters"].items():
        for value in rules.get("allowedValues", []):
            made = template.resolve(ARM, {"sshPublicKey": KEY, name: value})
            assert sdk.findings(made) == [], (name, value)


def test_the_sdk_finds_each_slip(resources: list[dict[str, Any]]) -> None:
    slips = deepcopy(resources)
    machine = template.of_type(slips, "virtualMachines")
    machine["properties"]["hardwarProfile"] = {}
    machine["properties"]["storageProfile"]["osDisk"]["deleteOption"] = "Remove"
    machine["properties"]["networkProfile"]["networkInterfaces"] = {}
    machine["zones"] = [1]
    rules = template.of_type(slips, "networkSecurityGroups")["properties"]["securityRules"]
    rules[1]["properties"]["direction"] = "Inwards"
    rules[2]["properties"] = "open"
    slips.append({"type": "Microsoft.Web/sites", "name": "x"})
    found = "\n".join(sdk.findings(slips))
    for place in (
        "has no 'hardwarProfile'; did you mean 'hardwareProfile'?",
        "osDisk.deleteOption: 'Remove' is no",
        "networkProfile.networkInterfaces: {} is not a list",
        "virtualMachines.zones[0]: 1 is not of the type str",
        "securityRules[1].properties.direction: 'Inwards'",
        "securityRules[2].properties: 'open' is not an object",
        "Microsoft.Web/sites: the course has no model",
    ):
        assert place in found, place
    assert len(found.splitlines()) == 7


def test_a_file_that_is_no_template_is_told(tmp_path: Path) -> None:
    for text in ("{", "[]", "{}"):
        (tmp_path / "x.json").write_text(text)
        with pytest.raises(TemplateError, match="not a deployment template"):
            template.load(tmp_path / "x.json")
