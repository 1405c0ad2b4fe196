"""`autograder lab`: everything made ready, and the course served in JupyterLab."""

from __future__ import annotations

import contextlib
import signal
import threading
from types import FrameType
from typing import Any

import click
import docker

from autograder import lab as labs
from autograder.cli.images import fetch
from dockerlab import engine, images
from dockerlab.errors import DockerLabError


@click.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8888,
    show_default=True,
    help="On 127.0.0.1; else the next free.",
)
@click.option("--no-serve", is_flag=True, help="Make all ready, but start no server.")
def lab(port: int, no_serve: bool) -> None:
    """Make the engine ready, serve the course in JupyterLab, and fetch the lessons' images.

    The page answers before the last image is there: a lesson waits for its own. Ctrl-C stops
    JupyterLab and its kernels. The engine stays up.
    """
    client = engine.connect(say=click.echo)
    found = engine.find()
    click.echo(f"Docker Engine answers at {found.host} ({found.how})")
    if no_serve:
        _fetch(client)
        return
    server = labs.course()
    if other := server.running():
        click.echo(f"The course is served already:\n\n    {_address(server, other)}\n")
        click.echo("Press Ctrl-C where it was started, or: File → Shut Down in JupyterLab")
        return
    _heed_signals()
    click.echo("Starting JupyterLab")
    try:
        _serve(server, port, client)
    finally:
        server.stop()
    click.echo("JupyterLab and its kernels have stopped.")
    if found.how == "embedded":
        click.echo("The engine stays up; to stop it too: .venv/bin/autograder engine down")


def _fetch(client: docker.DockerClient) -> None:
    origins = fetch(client, tuple(images.catalogue()))
    came = ", ".join(sorted(set(origins.values())))
    click.echo(f"Images are ready: {', '.join(origins)} (from {came})")


def _fetch_behind(client: docker.DockerClient) -> None:
    """Fetch while the course is served already: what cannot be had does not end it."""
    try:
        _fetch(client)
    except DockerLabError as error:
        click.echo(f"error: {error}", err=True)


def _serve(server: labs.Lab, port: int, client: docker.DockerClient) -> None:
    started = server.start(port)
    if started["port"] != port:
        click.echo(f"Port {port} is taken; using {started['port']}.")
    click.echo(f"The course is served. Open:\n\n    {_address(server, started)}\n")
    click.echo("Ctrl-C stops it.")
    threading.Thread(target=_fetch_behind, args=(client,), daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):
        server.wait()
        click.echo()


def _address(server: labs.Lab, started: dict[str, Any]) -> str:
    return f"{started['url']}{server.page()}?token={started['token']}"


def _heed_signals() -> None:
    """Let a kill, or a closed terminal, end as tidily as Ctrl-C does."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is None or (name == "SIGHUP" and signal.getsignal(number) is signal.SIG_IGN):
            continue  # nohup has asked to outlive the terminal
        signal.signal(number, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
