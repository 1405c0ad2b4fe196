"""The registry mirror: it lets `docker pull mariadb` work where Docker Hub cannot be reached.

It is Debian's docker-registry, on 127.0.0.1 only, filled with what the course has built. The
embedded engine asks it before Docker Hub.
"""

from __future__ import annotations

import contextlib
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import docker
import psutil

from dockerlab import paths
from dockerlab.commands import is_alive, launch
from dockerlab.engine import packages
from dockerlab.errors import DockerLabError, ImageUnavailable, WaitTimeout
from dockerlab.images.catalogue import Image
from dockerlab.ports import holder
from dockerlab.wait import wait_for

START_TIMEOUT = 20  # seconds
CONFIG = """\
version: 0.1
storage:
  filesystem:
    rootdirectory: {storage}
  delete:
    enabled: true
http:
  addr: 127.0.0.1:{port}
log:
  level: warn
"""


def _folder() -> Path:
    return paths.home() / "mirror"


def _address(path: str = "") -> str:
    return f"http://127.0.0.1:{paths.MIRROR_PORT}/v2/{path}"


def name(image: Image) -> str:
    """What an engine calls an image that it sends to the mirror, without a tag."""
    return f"127.0.0.1:{paths.MIRROR_PORT}/library/{image.name}"


def storage() -> Path:
    """The folder that holds what is in the mirror."""
    return _folder() / "storage"


def exists() -> bool:
    """Whether the mirror has ever been filled."""
    return storage().exists()


def is_used_by(client: docker.DockerClient) -> bool:
    """Whether this engine asks the course's mirror before Docker Hub."""
    mirrors = (client.info().get("RegistryConfig") or {}).get("Mirrors") or []
    return any(m.rstrip("/") == f"http://127.0.0.1:{paths.MIRROR_PORT}" for m in mirrors)


def pid() -> int | None:
    """The mirror's process id, or None where it does not run. A pid file is not believed."""
    try:
        process = psutil.Process(int((_folder() / "pid").read_text()))
        ours = str(_folder() / "config.yml") in process.cmdline()
    except (OSError, ValueError, psutil.Error):
        return None
    return process.pid if ours else None


def start(say: Callable[[str], None] = lambda line: None) -> None:
    """Start the mirror, or find it started.

    Args:
        say: told what is being done.

    Raises:
        DockerLabError: it cannot be started; the message says why and what to do.
    """
    if pid() is not None and _answers():
        return
    stop()
    if held := holder(paths.MIRROR_PORT):
        raise DockerLabError(
            f"Port {paths.MIRROR_PORT} of this machine, which the course's registry mirror needs, "
            f"is held by {held}. Stop that program, then try again."
        )
    program = packages.ensure_registry(paths.home(), say)
    try:
        _launch(program, _folder())
    except OSError as error:
        raise DockerLabError(
            f"The registry mirror cannot be started in {_folder()}: {error.strerror}. "
            "Mend that, then try again."
        ) from error


def _launch(program: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "config.yml"
    config.write_text(CONFIG.format(storage=storage(), port=paths.MIRROR_PORT))
    started = launch([program, "serve", str(config)], log=folder / "log")
    (folder / "pid").write_text(str(started))
    with contextlib.suppress(WaitTimeout):
        wait_for(
            lambda: _answers() or not is_alive(started),
            timeout=START_TIMEOUT,
            what="the registry mirror",
        )
    if not _answers():
        stop()
        told = (folder / "log").read_text(errors="replace").splitlines()[-3:]
        raise DockerLabError(f"The registry mirror did not start: {' '.join(told)}")


def stop() -> None:
    """Stop the mirror; what is in it stays."""
    found = pid()
    if found is not None:
        process = psutil.Process(found)
        process.terminate()
        with contextlib.suppress(psutil.TimeoutExpired):
            process.wait(10)
    (_folder() / "pid").unlink(missing_ok=True)


def holds(image: Image) -> bool:
    """Whether the mirror can serve this image."""
    request = urllib.request.Request(  # noqa: S310 - the address is ours
        _address(f"library/{image.name}/manifests/latest"),
        method="HEAD",
        headers={"Accept": "application/vnd.docker.distribution.manifest.v2+json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10):  # noqa: S310
            return True
    except (urllib.error.URLError, TimeoutError):
        return False


def push(client: docker.DockerClient, image: Image) -> None:
    """Put an image into the mirror.

    Args:
        client: of an engine that has it under the mirror's name for it.
        image: which one.

    Raises:
        ImageUnavailable: the mirror does not take it.
    """
    for message in client.api.push(name(image), "latest", stream=True, decode=True):
        if "error" in message:
            raise ImageUnavailable(
                f"The mirror does not take the image {image.name!r}: {message['error']}. "
                "Is the disk full? Free some space, then try again."
            )


def _answers() -> bool:
    try:
        with urllib.request.urlopen(_address(), timeout=5) as answer:  # noqa: S310
            return bool(json.load(answer) == {})
    except (urllib.error.URLError, TimeoutError, ValueError, ConnectionError):
        return False
