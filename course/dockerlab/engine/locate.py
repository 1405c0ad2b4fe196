"""Which daemon does the `docker` command of this user talk to?

The CLI's contexts are read here and not by docker-py, which looks for them beside a config.json
and finds none where there is no such file.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
from docker.constants import DEFAULT_DOCKER_API_VERSION
from docker.tls import TLSConfig

from dockerlab.errors import EngineUnreachable

DEFAULT_HOST = (
    "npipe:////./pipe/docker_engine" if sys.platform == "win32" else "unix:///var/run/docker.sock"
)
PING_TIMEOUT = 10  # seconds
TLS_VARIABLES = ("DOCKER_TLS", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH")


@dataclass(frozen=True)
class Endpoint:
    """Where a daemon answers.

    Attributes:
        host: its address, as `DOCKER_HOST` would name it.
        how: who named it: "DOCKER_HOST", "context NAME", "default socket" or "embedded".
        certificates: the folder of ca.pem, cert.pem and key.pem, for a daemon reached over TLS.
        verify: whether the daemon's own certificate must be a good one.
    """

    host: str
    how: str
    certificates: Path | None = None
    verify: bool = True

    def client(self, timeout: int = PING_TIMEOUT) -> docker.DockerClient:
        """A docker-py client of this daemon, which has just answered.

        Args:
            timeout: seconds that any one request may take.

        Raises:
            EngineUnreachable: the daemon does not let us in or does not answer.
        """
        try:
            self._knock()
            # Not by the constructor, which leaves sockets open where the daemon does not answer.
            with contextlib.closing(
                self._client(DEFAULT_DOCKER_API_VERSION, PING_TIMEOUT)
            ) as probe:
                version = probe.api.version(api_version=False)["ApiVersion"]
            return self._client(version, timeout)
        except (docker.errors.DockerException, OSError, ValueError, KeyError) as error:
            raise EngineUnreachable(self._why_not(error)) from error

    def _knock(self) -> None:
        """Find out plainly whether somebody listens on a Unix socket and lets us in.

        docker-py buries the reason deep, and forgets to close the socket.
        """
        if self.host.startswith("unix://"):
            with socket.socket(socket.AF_UNIX) as knock:
                knock.settimeout(PING_TIMEOUT)
                knock.connect("/" + self.host.removeprefix("unix://").lstrip("/"))

    def _client(self, version: str, timeout: int) -> docker.DockerClient:
        options: dict[str, Any] = {"tls": tls} if (tls := self._tls()) else {}
        return docker.DockerClient(
            base_url=self.host,
            version=version,
            timeout=timeout,
            use_ssh_client=self.host.startswith("ssh://"),
            **options,
        )

    def environment(self) -> dict[str, str]:
        """Variables with which the `docker` command and docker-py reach this daemon."""
        variables = {"DOCKER_HOST": self.host}
        if self.certificates:
            variables["DOCKER_CERT_PATH"] = str(self.certificates)
            variables["DOCKER_TLS"] = "1"
            variables["DOCKER_TLS_VERIFY"] = "1" if self.verify else ""
        return variables

    def _tls(self) -> TLSConfig | None:
        if self.certificates is None:
            return None
        ca, cert, key = (self.certificates / f"{name}.pem" for name in ("ca", "cert", "key"))
        return TLSConfig(
            client_cert=(str(cert), str(key)) if cert.exists() else None,
            ca_cert=str(ca) if ca.exists() else None,
            verify=self.verify,
        )

    def _why_not(self, error: BaseException) -> str:
        where = f"The Docker daemon at {self.host} ({self.how})"
        if isinstance(error, PermissionError):
            return (
                f"{where} refuses this user: permission denied on its socket. "
                "Run `sudo usermod -aG docker $USER`, log out and in, then try again."
            )
        if self.how == "embedded":
            return f"{where} does not answer. Start it: autograder engine up"
        if self.how == "default socket":
            return f"{where} does not answer. Restart Docker, then try again."
        other = "unset DOCKER_HOST" if self.how == "DOCKER_HOST" else "docker context use default"
        return f"{where} does not answer. Start it, or turn to another one: {other}"


def configured() -> Endpoint | None:
    """The daemon that this user has named, by `DOCKER_HOST` or by the CLI's current context.

    None where neither names one, so that the default socket is meant. The order is the CLI's.

    Raises:
        EngineUnreachable: the context, or the CLI's configuration file, cannot be read.
    """
    if host := os.environ.get("DOCKER_HOST"):
        verify = bool(os.environ.get("DOCKER_TLS_VERIFY"))
        tls = verify or os.environ.get("DOCKER_TLS")
        folder = Path(os.environ.get("DOCKER_CERT_PATH") or _config_folder())
        return Endpoint(host, "DOCKER_HOST", folder if tls else None, verify)
    config = _read_json(_config_folder() / "config.json")
    name = os.environ.get("DOCKER_CONTEXT") or config.get("currentContext") or "default"
    return None if name == "default" else _context(str(name))


def default_socket() -> Endpoint | None:
    """The daemon at the default socket, or None where nobody listens there.

    A socket that a dead daemon left behind is nobody; a daemon that hangs is somebody.

    Raises:
        EngineUnreachable: it is there, but does not let this user in or does not answer.
    """
    endpoint = Endpoint(DEFAULT_HOST, "default socket")
    try:
        endpoint.client().close()
    except EngineUnreachable as error:
        nobody = isinstance(error.__cause__, FileNotFoundError | ConnectionRefusedError)
        if nobody or sys.platform == "win32":
            return None
        raise
    return endpoint


def _context(name: str) -> Endpoint:
    """The endpoint of one of the CLI's contexts, which it keeps under the digest of its name."""
    contexts, digest = _config_folder() / "contexts", hashlib.sha256(name.encode()).hexdigest()
    meta = _read_json(contexts / "meta" / digest / "meta.json")
    endpoint = (meta.get("Endpoints") or {}).get("docker") or {}
    if not endpoint.get("Host"):
        raise EngineUnreachable(
            f"The docker CLI's current context is {name!r}, but there is no such context. "
            "Choose one that `docker context ls` shows: docker context use default"
        )
    certificates = contexts / "tls" / digest / "docker"
    return Endpoint(
        host=endpoint["Host"],
        how=f"context {name}",
        certificates=certificates if certificates.is_dir() else None,
        verify=not endpoint.get("SkipTLSVerify"),
    )


def _config_folder() -> Path:
    return Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker")


def _read_json(file: Path) -> dict[str, Any]:
    """What a file of the docker CLI says; nothing where there is no such file."""
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(said, dict):
            raise ValueError("not an object")
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise EngineUnreachable(
            f"The docker CLI's file {file} cannot be read ({error}). Mend or remove it."
        ) from error
    return said
