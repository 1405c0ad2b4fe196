"""What becomes of containers when their daemon goes down: tried on an engine made for it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker

from dockerlab import paths
from dockerlab.commands import is_alive
from dockerlab.engine import EmbeddedEngine
from dockerlab.wait import wait_for

IMAGE = "busybox:latest"
NAME = "witness"
GRACE = 1  # seconds from SIGTERM to SIGKILL for the container
SHUTDOWN = 40  # seconds that a daemon may take to end; it gives containers 10 of them


@dataclass(frozen=True)
class Outage:
    """What was seen of a container while its daemon was down, and after.

    Attributes:
        during: whether its process lived while no daemon did.
        after: whether it still lives, the very same process, under the next daemon.
        state: its state by the next daemon's word ("running", "exited").
        exit_code: by the next daemon's word; 0 for one that runs.
    """

    during: bool
    after: bool
    state: str
    exit_code: int


def possible() -> bool:
    """Whether an engine of our own can be started here: on Linux, by root."""
    return sys.platform == "linux" and os.geteuid() == 0


def try_outage(
    image: bytes,
    *,
    live_restore: bool,
    by: signal.Signals = signal.SIGTERM,
    say: Callable[[str], None] = lambda line: None,
) -> Outage:
    """End the daemon of a private engine under a running container, and start it again.

    The engine lives in a new folder and in a network namespace of its own, and is gone with all
    that is in it when this returns. No other engine is touched.

    Args:
        image: the image busybox, saved.
        live_restore: start the engine with `--live-restore`.
        by: the signal that ends the daemon: SIGTERM as `systemctl stop` does, or SIGKILL.
        say: told what is being done, a line each.

    Raises:
        EngineStartError: the engine cannot be started here.
        WaitTimeout: the daemon did not end.
    """
    with private_engine(live_restore=live_restore, say=say) as engine:
        with contextlib.closing(engine.endpoint.client(timeout=60)) as client:
            client.images.load(image)
            client.api.create_container(
                IMAGE,
                ["sleep", "600"],
                name=NAME,
                stop_timeout=GRACE,  # sleep does not heed SIGTERM
                host_config=client.api.create_host_config(network_mode="none"),
            )
            client.api.start(NAME)
            process = _state(client)["Pid"]
        end(engine, by)
        during = is_alive(process)
        engine.up(leave=True)
        with contextlib.closing(engine.endpoint.client(timeout=60)) as client:
            state = _state(client)
        return Outage(
            during=during,
            after=is_alive(process) and state["Pid"] == process,
            state=state["Status"],
            exit_code=state["ExitCode"],
        )


@contextlib.contextmanager
def private_engine(
    *, live_restore: bool = False, say: Callable[[str], None] = lambda line: None
) -> Iterator[EmbeddedEngine]:
    """A running private engine in a folder of its own; both go in the end.

    Args:
        live_restore: start the engine with `--live-restore`.
        say: told what is being done, a line each.

    Raises:
        EngineStartError: the engine cannot be started here.
    """
    # Not below the user's TMPDIR: sockets need a short path.
    folder = Path(tempfile.mkdtemp(prefix="dlab-", dir="/var/tmp"))
    engine = EmbeddedEngine(folder / "home", private=True, live_restore=live_restore, say=say)
    try:
        engine.home.mkdir()
        programs = paths.home() / "prefix"
        if programs.exists():  # what has been downloaded once
            (engine.home / "prefix").symlink_to(programs)
        engine.up()
        yield engine
    finally:
        engine.down()
        shutil.rmtree(folder, ignore_errors=True)


def _state(client: docker.DockerClient) -> dict[str, Any]:
    state: dict[str, Any] = client.api.inspect_container(NAME)["State"]
    return state


def end(engine: EmbeddedEngine, by: signal.Signals) -> None:
    """End an engine's daemon, if it runs, and wait until it has gone.

    Args:
        engine: a private one.
        by: the signal that ends it.

    Raises:
        WaitTimeout: it did not end.
    """
    daemon = engine.pid()
    if daemon is None:
        return
    os.kill(daemon, by)
    wait_for(lambda: not is_alive(daemon), timeout=SHUTDOWN, what="the daemon to end")
