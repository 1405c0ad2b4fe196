"""Which daemon does the `docker` command of this user talk to?

The CLI's contexts are read here and not by docker-py, which looks for them beside a config.json
and finds none where there is no such file.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
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
        options: dict[str, Any] = {}
        try:
            if tls := self._tls():
                options["tls"] = tls
            client = docker.DockerClient(
                base_url=self.host,
                timeout=PING_TIMEOUT,
                use_ssh_client=self.host.startswith("ssh://"),
                **options,
            )  # asks for the daemon's version
        except (docker.errors.DockerException, OSError) as error:
            raise EngineUnreachable(self._why_not(error)) from error
        client.api.timeout = timeout
        return client

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
        if _caused_by(error, PermissionError):
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
        if sys.platform == "win32" or _caused_by(error, FileNotFoundError, ConnectionRefusedError):
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


def _caused_by(error: BaseException | None, *kinds: type[BaseException]) -> bool:
    """Whether an exception of these kinds lies anywhere below `error`.

    requests and urllib3 hand the cause on among their arguments, not only as `__cause__`.
    """
    if error is None:
        return False
    if isinstance(error, kinds):
        return True
    below = [a for a in error.args if isinstance(a, BaseException)]
    return any(_caused_by(e, *kinds) for e in (*below, error.__cause__, error.__context__))
