"""`autograder images`: which images the course runs, where they come from, getting them."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
import docker
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from dockerlab import engine
from dockerlab import images as course_images


@click.group()
def images() -> None:
    """List and fetch the course's images."""


@images.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def list_(as_json: bool) -> None:
    """Say which images the course runs, and where the engine has them from."""
    client = engine.connect(start=False)
    rows: list[dict[str, Any]] = []
    for image in course_images.catalogue().values():
        origin = course_images.origin(client, image)
        size = client.api.inspect_image(image.reference)["Size"] if origin else None
        rows.append(
            {"name": image.reference, "summary": image.summary, "origin": origin, "size": size}
        )
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    table = Table("image", "what it is", "from", "MB")
    for row in rows:
        size = f"{row['size'] / 1e6:.0f}" if row["size"] else ""
        table.add_row(row["name"], row["summary"], row["origin"] or "not here yet", size)
    Console().print(table)


@images.command()
@click.argument("names", nargs=-1)
def prefetch(names: tuple[str, ...]) -> None:
    """Get images (all, where none is named) before a lesson needs them.

    What is here already is left alone; after an interruption the same command goes on.
    """
    client = engine.connect(say=click.echo)
    origins = fetch(client, names or tuple(course_images.catalogue()))
    for name, origin in origins.items():
        click.echo(f"{name}: from {origin}")


def fetch(client: docker.DockerClient, names: tuple[str, ...]) -> dict[str, str]:
    """Get images, showing what is being done: live on a terminal, in plain lines elsewhere.

    Args:
        client: of the engine that is to have them.
        names: of the course's images.

    Returns:
        The origin of each.
    """
    if not sys.stdout.isatty():
        return course_images.ensure(
            client, names, progress=lambda name, doing: click.echo(f"  {name}: {doing}")
        )
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, transient=True) as bars:
        tasks = {name: bars.add_task(f"{name}: waiting", total=1) for name in names}

        def show(name: str, doing: str) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task("", total=1)
            bars.update(tasks[name], description=f"{name}: {doing}", completed=doing == "ready")

        return course_images.ensure(client, names, progress=show)
