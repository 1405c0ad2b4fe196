"""Templates and security rules as students write them."""

import copy
import json

import pytest

from autograder.checks import azure

TEMPLATE = {
    "parameters": {"vmName": {"type": "string"}},
    "resources": [
        {
            "type": "Microsoft.Network/publicIPAddresses",
            "name": "[concat(parameters('vmName'), '-ip')]",
            "properties": {"publicIPAllocationMethod": "Static"},
        }
    ],
}


def rule(priority, source, port, access="Allow", **changes):
    properties = {
        "priority": priority,
        "direction": "Inbound",
        "access": access,
        "protocol": "Tcp",
        "sourceAddressPrefix": source,
        "sourcePortRange": "*",
        "destinationAddressPrefix": "*",
        "destinationPortRange": port,
    }
    return {"name": f"rule-{priority}", "properties": properties | changes}


@pytest.mark.parametrize("given", [TEMPLATE, json.dumps(TEMPLATE)])
def test_a_template_as_data_or_as_text(given):
    resources, complaint = azure.resolve(given, {"vmName": "museum"})
    assert [one["name"] for one in resources] == ["museum-ip"]
    assert complaint == ""
    assert azure.findings(resources) == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (None, "no answer yet"),
        (print, "builtin_function_or_method"),
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        (5, "no template"),
        ([], "no template"),
        ({"parameters": {}, "resources": []}, "makes nothing"),
        ({"parameters": {}, "resources": [5]}, "no template"),
        ({"parameters": {}, "resources": [{"type": "a", "name": "b", "properties": []}]}, "object"),
        ({"parameters": {}, "resources": [{"type": 5, "name": [], "properties": {}}]}, "template"),
        ({"parameters": {"a": 5}, "resources": []}, "no template"),
        (json.dumps(TEMPLATE).replace("concat", "join"), "there is no function 'join'"),
    ],
)
def test_what_is_no_template_is_told_in_words(given, words):
    resources, complaint = azure.resolve(given, {} if isinstance(given, dict) else {"vmName": "m"})
    assert resources == []
    assert words in complaint


def test_a_value_that_is_not_allowed_is_told():
    assert "vmNam" in azure.resolve(TEMPLATE, {"vmNam": "m"})[1]


def test_what_the_sdk_does_not_know():
    wrong = copy.deepcopy(TEMPLATE)
    wrong["resources"][0]["properties"] = {"publicIPAlocationMethod": "Static"}
    resources, _ = azure.resolve(wrong, {"vmName": "museum"})
    assert "publicIPAllocationMethod" in azure.findings(resources)[0]
    assert azure.findings([5])


RULES = [
    rule(300, "203.0.113.7", "22"),
    rule(320, "*", "80"),
    rule(200, "198.51.100.0/24", "*", "Deny"),
]


@pytest.mark.parametrize(
    ("source", "port", "comes_in"),
    [
        ("203.0.113.7", 22, True),
        ("203.0.113.8", 22, False),
        ("192.0.2.1", 80, True),
        ("192.0.2.1", 443, False),
        ("198.51.100.9", 80, False),
    ],
)
def test_who_gets_in(source, port, comes_in):
    assert azure.lets_in(RULES, source, port) is comes_in


@pytest.mark.parametrize(
    "one",
    [
        rule(300, "*", "80", direction="Outbound"),
        rule(300, "*", "80", protocol="Udp"),
        rule(300, "*", "8080"),
        rule(300, "*", "81-90"),
        rule(300, "*", "80", sourcePortRange="80"),
        rule(300, "*", "80", destinationAddressPrefix="10.9.0.0/16"),
        rule(300, "AzureLoadBalancer", "80"),
        rule(300, "*", 80),
        rule("high", "*", "80"),
        {"name": "nothing"},
        5,
    ],
)
def test_a_rule_that_does_not_fit(one):
    assert not azure.lets_in([one], "192.0.2.1", 80)


def test_a_rule_with_several_sources_and_ports():
    several = rule(300, "", "")
    for field, plural in (("sourceAddressPrefix", "es"), ("destinationPortRange", "s")):
        del several["properties"][field]
        several["properties"][field + plural] = ["192.0.2.1", "80"]
    several["properties"]["sourceAddressPrefixes"] = ["192.0.2.1/32", "192.0.2.2"]
    several["properties"]["destinationPortRanges"] = ["443", "80-81"]
    assert azure.lets_in([several], "192.0.2.2", 81)
    assert not azure.lets_in([several], "192.0.2.3", 81)


@pytest.mark.parametrize("rules", [None, 5, "rules", {"a": 1}, [[]]])
def test_what_are_no_rules_lets_nobody_in(rules):
    assert not azure.lets_in(rules, "192.0.2.1", 80)
    assert azure.priorities(rules) == []


def test_priorities():
    assert azure.priorities([*RULES, rule("5", "*", "1"), {"properties": {}}, 7]) == [300, 320, 200]
