"""`autograder engine`: the course's own engine, up and down."""

from __future__ import annotations

import contextlib
import sys

import click

from dockerlab import engine as engines
from dockerlab.errors import EngineError
from dockerlab.images import mirror


@click.group()
def engine() -> None:
    """Start, stop and inspect the course's own Docker engine (Linux, root)."""


@engine.command()
def up() -> None:
    """Start it, or find it started. Nothing else on the machine is touched."""
    endpoint = engines.embedded(click.echo).up()
    click.echo(f"Docker Engine answers at {endpoint.host}")
    click.echo(f"Other shells reach it by: export DOCKER_HOST={endpoint.host}")


@engine.command()
def down() -> None:
    """Stop it and its containers. Images, volumes and stopped containers are kept."""
    mirror.stop()
    engines.embedded(click.echo).down()
    click.echo("Docker Engine is down; `autograder engine up` starts it again.")


@engine.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(yes: bool) -> None:
    """Stop it and remove all its containers, images and volumes, and the sandboxes' disks."""
    from autograder.sandbox.store import Store

    own = engines.embedded(click.echo)
    if not yes:
        click.confirm(f"Remove every container, image and volume in {own.home}?", abort=True)
    mirror.stop()
    own.reset()
    Store(own.home).remove()
    click.echo("Docker Engine is as new; `autograder engine up` starts it.")


@engine.command()
def status() -> None:
    """Say which engine the course uses. Status 0 where one answers, 1 otherwise."""
    try:
        endpoint = engines.find()
        with contextlib.closing(endpoint.client()) as client:
            info = client.info()
    except EngineError as error:
        click.echo(str(error))
        sys.exit(1)
    click.echo(f"The course uses the engine at {endpoint.host} ({endpoint.how}).")
    click.echo(f"  version     {info['ServerVersion']}")
    click.echo(f"  containers  {info['Containers']}, {info['ContainersRunning']} of them running")
    if endpoint.how == "embedded":
        own = engines.embedded()
        now = own.status()
        click.echo(f"  process     {now.pid}")
        click.echo(f"  folder      {own.home}, {now.disk / 1e9:.1f} GB")
        if now.cut_off:
            click.echo(
                "  network     Containers reach no network: another Docker engine's packet filter "
                "drops what they send. Start that engine and use it, or restart the machine."
            )
