"""The portal's form for a new virtual machine, as the notes fill it, beside the template."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Field:
    """One field of the form.

    Attributes:
        claim: of the notes, by its id in claims.yml.
        page: of the form.
        label: as the portal has it.
        filled: as the notes fill it.
        parameter: of the template that takes it; empty where none does.
        place: what in the template it becomes.
    """

    claim: str
    page: str
    label: str
    filled: str
    parameter: str
    place: str


FIELDS = (
    Field(
        "C112",
        "Basics",
        "Resource group",
        "Azure-metanet",
        "",
        "the group that all of it goes into",
    ),
    Field("C113", "Basics", "Virtual machine name", "FirstVM-Linux", "vmName", "computerName"),
    Field("C114", "Basics", "Region", "Korea Central", "location", "location"),
    Field("C114", "Basics", "Availability zone", "Zone 1", "zone", "zones"),
    Field("C115", "Basics", "Security type", "Standard", "securityType", "securityProfile"),
    Field("C116", "Basics", "Image", "CentOS-based 7.9 - Gen2", "image", "imageReference"),
    Field("C117", "Basics", "Size", "Standard_DS1_v2", "vmSize", "hardwareProfile"),
    Field("C118", "Basics", "Authentication", "SSH public key", "sshPublicKey", "publicKeys"),
    Field("C119", "Basics", "User name", "nana", "adminUsername", "osProfile"),
    Field("C120", "Basics", "Key pair name", "FirstVM-Linux.key", "keyPairName", "sshPublicKeys"),
    Field("C121", "Basics", "Inbound ports", "80, 443, 22", "", "securityRules"),
    Field("C122", "Disks", "OS disk type", "Standard HDD (LRS)", "osDiskType", "managedDisk"),
    Field("C122", "Disks", "Delete with VM", "yes", "osDiskDeleteOption", "deleteOption"),
    Field(
        "C123",
        "Networking",
        "Virtual network",
        "Azure-Metanet-vnet",
        "virtualNetworkName",
        "virtualNetworks",
    ),
    Field("C123", "Networking", "Subnet", "default (10.0.0.0/24)", "subnetPrefix", "subnets"),
    Field(
        "C124", "Networking", "Public IP", "FirstVm-Linux-ip", "publicIpName", "publicIPAddresses"
    ),
    Field("C124", "Networking", "NIC security group", "Basic", "", "networkSecurityGroups"),
    Field(
        "C125", "Management", "Boot diagnostics", "Disable", "bootDiagnostics", "bootDiagnostics"
    ),
)


def table(template: Mapping[str, Any]) -> str:
    """The form beside the parameters that take its fields, as Markdown.

    Args:
        template: whose defaults are shown.
    """
    lines = ["| Page | Field of the form | The notes | Parameter | Its default | Becomes |"]
    lines.append("|---|---|---|---|---|---|")
    for field in FIELDS:
        rules = template["parameters"].get(field.parameter)
        named, default = ("none", "") if rules is None else (f"`{field.parameter}`", "you give it")
        if rules and "defaultValue" in rules:
            default = f"`{json.dumps(rules['defaultValue'])}`"
        lines.append(
            f"| {field.page} | {field.label} | {field.filled} | {named} | {default} | "
            f"{field.place} |"
        )
    return "\n".join(lines)
