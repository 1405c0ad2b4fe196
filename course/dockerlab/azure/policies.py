"""What Checkov, a linter of policies, has to say of a template. It runs in a container."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import docker

from dockerlab.errors import CommandFailed

IMAGE = "checkov"
NAME = "template.json"
TIMEOUT = 150  # seconds; a machine may be busy
COMMAND = ["checkov", "--framework", "arm", "--file", NAME, "--output", "json", "--quiet"]
# Without a network it looks nothing up, and sends nobody what it reads.
OFFLINE = ["--compact", "--skip-download", "--soft-fail"]


@dataclass(frozen=True)
class Finding:
    """One policy that a resource does not keep.

    Attributes:
        code: the policy's, such as "CKV_AZURE_10".
        policy: what it asks for.
        resource: its type and name, such as "virtualMachines.FirstVM-Linux".
    """

    code: str
    policy: str
    resource: str

    def __str__(self) -> str:
        return f"{self.code}: {self.policy} ({self.resource})"


def check(
    client: docker.DockerClient, resources: list[dict[str, Any]], *, labels: Mapping[str, str]
) -> list[Finding]:
    """Let Checkov look at resources, as they are to be deployed.

    Args:
        client: of an engine that has the image.
        resources: without expressions (see `template.resolve`).
        labels: that the container bears, which is removed in the end.

    Returns:
        The findings, by code.

    Raises:
        CommandFailed: Checkov did not come to an answer; the message has what it said.
        docker.errors.APIError: the daemon refuses.
        requests.ReadTimeout: it was not done in time.
    """
    schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
    text = {"$schema": schema, "contentVersion": "1.0.0.0", "resources": resources}
    box = client.containers.create(
        IMAGE, [*COMMAND, *OFFLINE], network_mode="none", labels=dict(labels)
    )
    try:
        box.put_archive("/src", _tar(json.dumps(text, indent=2).encode()))
        box.start()
        status = box.wait(timeout=TIMEOUT)["StatusCode"]
        said = box.logs(stderr=False).decode(errors="replace")
        complaint = box.logs(stdout=False).decode(errors="replace")
    finally:
        box.remove(force=True, v=True)
    try:
        failed = json.loads(said)["results"]["failed_checks"]
    except (ValueError, KeyError, TypeError) as error:
        raise CommandFailed(COMMAND, status, said, complaint) from error
    return sorted(
        (Finding(f["check_id"], f["check_name"], f["resource"].partition("/")[2]) for f in failed),
        key=lambda finding: (finding.code, finding.resource),
    )


def _tar(content: bytes) -> bytes:
    """A tar with one file in it."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        entry = tarfile.TarInfo(NAME)
        entry.size = len(content)
        tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()
