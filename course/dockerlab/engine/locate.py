"""Which daemon does the `docker` command of this user talk to?"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker
from docker.context import ContextAPI
from docker.context.config import get_current_context_name
from docker.tls import TLSConfig
from docker.utils import kwargs_from_env
from docker.utils.config import find_config_file

from dockerlab.errors import EngineUnreachable

DEFAULT_HOST = (
    "npipe:////./pipe/docker_engine" if sys.platform == "win32" else "unix:///var/run/docker.sock"
)
PING_TIMEOUT = 10  # seconds


@dataclass(frozen=True)
class Endpoint:
    """Where a daemon answers.

    Attributes:
        host: its address, as `DOCKER_HOST` would name it.
        how: who named it: "DOCKER_HOST", "context NAME", "default socket" or "embedded".
        tls: certificates and keys, for a daemon reached over TLS.
    """

    host: str
    how: str
    tls: TLSConfig | None = field(default=None, compare=False)

    def client(self, timeout: int = PING_TIMEOUT) -> docker.DockerClient:
        """A docker-py client of this daemon, which has just answered a ping.

        Args:
            timeout: seconds that any one request may take.

        Raises:
            EngineUnreachable: the daemon does not let us in or does not answer.
        """
        options: dict[str, Any] = {"tls": self.tls} if self.tls else {}
        try:
            client = docker.DockerClient(
                base_url=self.host,
                timeout=timeout,
                use_ssh_client=self.host.startswith("ssh://"),
                **options,
            )
            client.ping()
        except (docker.errors.DockerException, OSError) as error:
            raise EngineUnreachable(self._why_not(error)) from error
        return client

    def _why_not(self, error: BaseException) -> str:
        where = f"The Docker daemon at {self.host} ({self.how})"
        if _caused_by(error, PermissionError):
            return (
                f"{where} refuses this user: permission denied on its socket. "
                "Run `sudo usermod -aG docker $USER`, log out and in, then try again."
            )
        if self.how == "default socket":
            return f"{where} does not answer. Start Docker, then try again."
        variable = "DOCKER_HOST" if self.how == "DOCKER_HOST" else "the docker CLI's context"
        return (
            f"{where} does not answer. Start it, or let {variable} name another one "
            "(`docker context use default`, `unset DOCKER_HOST`)."
        )


def configured() -> Endpoint | None:
    """The daemon that this user has named, by `DOCKER_HOST` or by the CLI's current context.

    None where neither names one, so that the default socket is meant.

    Raises:
        EngineUnreachable: the context, or the CLI's configuration file, cannot be read.
    """
    if host := os.environ.get("DOCKER_HOST"):
        return Endpoint(host, "DOCKER_HOST", _tls_of_environment())
    name = os.environ.get("DOCKER_CONTEXT") or _current_context()
    if name == "default":
        return None
    context = ContextAPI.get_context(name)
    if context is None or not context.Host:
        raise EngineUnreachable(
            f"The docker CLI's current context is {name!r}, but there is no such context. "
            "Choose one that `docker context ls` shows: docker context use default"
        )
    return Endpoint(context.Host, f"context {name}", context.TLSConfig)


def default_socket() -> Endpoint | None:
    """The daemon at the default socket, where such a socket is there and somebody listens.

    A socket that a dead daemon left behind is not believed.

    Raises:
        EngineUnreachable: it is there, but this user may not use it.
    """
    if sys.platform != "win32" and not Path(DEFAULT_HOST.removeprefix("unix://")).exists():
        return None
    endpoint = Endpoint(DEFAULT_HOST, "default socket")
    try:
        endpoint.client().close()
    except EngineUnreachable as error:
        if _caused_by(error, PermissionError):
            raise
        return None
    return endpoint


def _current_context() -> str:
    """The current context's name; docker-py would take a broken file for an empty one."""
    file = str(find_config_file() or "")
    if file:
        try:
            json.loads(Path(file).read_text())
        except ValueError as error:
            raise EngineUnreachable(
                f"The docker CLI's configuration {file} is not valid JSON ({error}). Mend it."
            ) from error
    return str(get_current_context_name() or "default")


def _tls_of_environment() -> TLSConfig | None:
    """TLS settings by the docker CLI's variables, as docker-py reads them."""
    tls = kwargs_from_env().get("tls")
    return tls or None


def _caused_by(error: BaseException | None, kind: type[BaseException]) -> bool:
    """Whether an exception of this kind lies anywhere below `error`.

    requests and urllib3 hand the cause on among their arguments, not only as `__cause__`.
    """
    if error is None:
        return False
    if isinstance(error, kind):
        return True
    below = [a for a in error.args if isinstance(a, BaseException)]
    return any(_caused_by(e, kind) for e in (*below, error.__cause__, error.__context__))
