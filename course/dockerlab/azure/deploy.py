"""Deploying the template with Azure's SDK: to a real subscription, where there is one.

The course's own tests have no subscription: what is sent is tested, what Azure makes of it is not.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from azure.core.exceptions import AzureError
from azure.identity import DefaultAzureCredential
from azure.mgmt.network import NetworkManagementClient
from azure.mgmt.resource.deployments import DeploymentsMgmtClient, models
from azure.mgmt.resource.resources import ResourceManagementClient

from dockerlab.azure import template as arm
from dockerlab.azure.template import GROUP, Template
from dockerlab.errors import DockerLabError

NAME = "first-vm"  # of the deployment, in the group
TAGS = {"dockerlab.lesson": "azure-vm"}
TIMEOUT = 900  # seconds for all of it to be made; three minutes are usual

Say = Callable[[str], None]


def subscription() -> str | None:
    """The subscription's id, from AZURE_SUBSCRIPTION_ID; None where that is not set."""
    return os.environ.get("AZURE_SUBSCRIPTION_ID") or None


def request(template: Template, given: Mapping[str, Any]) -> models.Deployment:
    """What would be sent: the template, and the parameters that differ from its defaults.

    Args:
        template: to deploy.
        given: values of its parameters.

    Raises:
        TemplateError: a value is wrong; better now than in ten minutes.
    """
    arm.resolve(template, given)
    return models.Deployment(
        properties=models.DeploymentProperties(
            mode=models.DeploymentMode.INCREMENTAL,  # leaves what else is in the group alone
            template=template,
            parameters={
                name: models.DeploymentParameter(value=value) for name, value in given.items()
            },
        )
    )


def plan(template: Template, given: Mapping[str, Any]) -> list[str]:
    """What `deploy` would do, step by step.

    Args:
        template: to deploy.
        given: values of its parameters.

    Raises:
        TemplateError: a value is wrong.
    """
    resources = arm.resolve(template, given)
    return [
        f"make the resource group {GROUP} in {resources[0]['location']}",
        "let Azure validate the template",
        *(f"make {r['type'].rpartition('/')[2]} {r['name']}" for r in resources),
        f"ask for the address of {arm.of_type(resources, 'publicIPAddresses')['name']}",
    ]


def deploy(
    template: Template,
    given: Mapping[str, Any],
    subscription_id: str,
    *,
    credential: Any = None,
    say: Say = print,
    **client: Any,
) -> str:
    """Make it all, for real and for money, and wait until it is there.

    Args:
        template: to deploy.
        given: values of its parameters.
        subscription_id: of the subscription that pays.
        credential: of the SDK; what `az login` has left, or one of the other usual ways, if None.
        say: told what is being done.
        client: more for the SDK's clients.

    Returns:
        The machine's public address.

    Raises:
        TemplateError: a value is wrong.
        DockerLabError: Azure refuses, or does not let us in; the message has its words. The group
            may be there by then: see `remove`.
    """
    body = request(template, given)
    resources = arm.resolve(template, given)
    address = arm.of_type(resources, "publicIPAddresses")["name"]
    access = (credential or DefaultAzureCredential(), subscription_id)
    try:
        with (
            ResourceManagementClient(*access, **client) as groups,
            DeploymentsMgmtClient(*access, **client) as deployments,
            NetworkManagementClient(*access, **client) as network,
        ):
            _own_group(groups, resources[0]["location"])
            say(f"validating in {GROUP}")
            checked = deployments.deployments.begin_validate(GROUP, NAME, body).result(TIMEOUT)
            if checked.error:
                raise DockerLabError(f"Azure refuses the template: {checked.error.message}")
            say("deploying; this takes some minutes")
            deployments.deployments.begin_create_or_update(GROUP, NAME, body).result(TIMEOUT)
            made = network.public_ip_addresses.get(GROUP, address).properties
            return str(made.ip_address if made else "")
    except AzureError as error:
        raise DockerLabError(f"Azure refuses: {error}") from error


def remove(
    subscription_id: str, *, credential: Any = None, say: Say = print, **client: Any
) -> None:
    """Delete the group with all that is in it, if this course has made it.

    Args:
        subscription_id: of the subscription that pays.
        credential: see `deploy`.
        say: told what is being done.
        client: more for the SDK's clients.

    Raises:
        DockerLabError: the group is not the course's, or Azure refuses.
    """
    access = (credential or DefaultAzureCredential(), subscription_id)
    try:
        with ResourceManagementClient(*access, **client) as groups:
            if not groups.resource_groups.check_existence(GROUP):
                say(f"there is no {GROUP}")
                return
            _must_be_ours(groups.resource_groups.get(GROUP))
            say(f"deleting {GROUP} with all that is in it")
            groups.resource_groups.begin_delete(GROUP).result(TIMEOUT)
    except AzureError as error:
        raise DockerLabError(f"Azure refuses: {error}") from error


def _own_group(groups: ResourceManagementClient, location: str) -> None:
    """Make the group, or find it made by an earlier run."""
    if groups.resource_groups.check_existence(GROUP):
        _must_be_ours(groups.resource_groups.get(GROUP))
        return
    groups.resource_groups.create_or_update(GROUP, {"location": location, "tags": TAGS})


def _must_be_ours(group: Any) -> None:
    if TAGS.items() <= (group.tags or {}).items():
        return
    raise DockerLabError(
        f"Your subscription has a resource group {GROUP} that this course has not made. It is left "
        "alone; rename yours, or deploy by hand into another."
    )
