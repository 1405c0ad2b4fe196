"""The Docker engine that the course talks to: the learner's own, or the embedded one."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import docker

from dockerlab import paths
from dockerlab.engine.embedded import EmbeddedEngine, Status
from dockerlab.engine.locate import TLS_VARIABLES, Endpoint, configured, default_socket
from dockerlab.engine.streams import read_whole
from dockerlab.errors import EngineNotFound

read_whole()

__all__ = ["EmbeddedEngine", "Endpoint", "Status", "connect", "embedded", "find"]


def embedded(say: Callable[[str], None] = lambda line: None) -> EmbeddedEngine:
    """The course's own engine on this machine, running or not.

    Args:
        say: told what is being done, a line each.
    """
    return EmbeddedEngine(paths.home(), say=say)


def find() -> Endpoint:
    """Find the engine, as the `docker` command would, and then the embedded one. Starts nothing.

    In this order: `DOCKER_HOST`, the docker CLI's current context, the default socket, the
    embedded engine.

    Raises:
        EngineNotFound: none answers.
        EngineUnreachable: one is configured, but cannot be used.
    """
    own = embedded()
    named = configured()
    if named and named.host != own.endpoint.host:  # ours is named by an earlier connect()
        named.client().close()
        return named
    if not named and (default := default_socket()):
        return default
    if sys.platform == "linux" and own.answers():
        return own.endpoint
    raise EngineNotFound(_what_to_do())


def connect(
    *, start: bool = True, timeout: int = 60, say: Callable[[str], None] = lambda line: None
) -> docker.DockerClient:
    """Connect to the engine, and let this process's `docker` commands talk to the same one.

    It sets `DOCKER_HOST` and its kin in this process's environment, so that `!docker ps` in a
    notebook, `docker.from_env()` and the checks all mean one daemon.

    Args:
        start: start the embedded engine where no other answers (Linux, root).
        timeout: seconds that any one request of the client may take.
        say: told what is being done, a line each.

    Raises:
        EngineNotFound: none answers, and none can be started here.
        EngineUnreachable: one is configured, but cannot be used.
        EngineStartError: the embedded engine did not come up.
    """
    try:
        endpoint = find()
    except EngineNotFound:
        if not start or not _can_start():
            raise
        endpoint = embedded(say).up()
    client = endpoint.client(timeout=timeout)
    ours = endpoint.how == "embedded"
    variables = embedded().environment() if ours else endpoint.environment()
    for name in TLS_VARIABLES:
        os.environ.pop(name, None)
    os.environ.update(variables)
    return client


def _can_start() -> bool:
    return sys.platform == "linux" and os.geteuid() == 0


def _what_to_do() -> str:
    if sys.platform != "linux":
        return "No Docker daemon answers. Start Docker Desktop, wait until it runs, then try again."
    if os.geteuid() == 0:
        return "No Docker daemon answers. Start the course's own: autograder engine up"
    return (
        "No Docker daemon answers. Install or start Docker (sudo systemctl start docker), or run "
        "the course as root: it brings its own engine."
    )
