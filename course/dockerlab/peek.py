"""Looking into a volume or a folder of the daemon's machine, wherever that machine is.

A container is made that mounts it, and never started: its files are asked for, then it goes. So it
works as well where Docker's own folders are closed to us, in a virtual machine, or far away.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import docker
import requests
from docker.types import Mount

AT = "/look"
ID = 64  # digits of an id in a path, of which the first will do
SHOWN = 3  # folders of a path, counted from its end
TIMEOUT = 60  # seconds that the daemon may take to go on
CHUNK = 65_536  # bytes
BIGGEST = 64_000_000  # bytes that are read; what comes behind them is not seen


@dataclass(frozen=True)
class File:
    """A file or folder, as it was found.

    Attributes:
        size: in bytes.
        uid: the number of its owner.
        kind: "file", "folder", "link", or "device" (how overlayfs marks what was deleted).
        data: what is in it.
    """

    size: int
    uid: int
    kind: str
    data: bytes = b""


def volume(name: str) -> Mount:
    """A volume, to be looked into. One that is not there would be made: ask for it before."""
    return Mount(AT, name, type="volume", read_only=True, no_copy=True)


def folder(path: str) -> Mount:
    """A folder, or a file, of the daemon's machine."""
    return Mount(AT, path, type="bind", read_only=True)


def peek(
    client: docker.DockerClient,
    what: Mount,
    image: str,
    *,
    path: str = "",
    labels: Mapping[str, str] | None = None,
) -> dict[str, File] | None:
    """The files in a volume or a folder, by their paths in it.

    Args:
        client: of the engine.
        what: by `volume` or `folder`.
        image: any that the engine has; nothing of it is run.
        path: of the one file or folder in it that is wanted; all, where empty.
        labels: for the container that is made and removed.

    Returns:
        None where there is no such folder or path; the wanted one itself is called "".

    Raises:
        docker.errors.APIError: the daemon has trouble, or does not have the image.
    """
    try:
        with _never_started(client, what, image, labels) as box:
            return _read(_archive(client, box, f"{AT}/{path}".rstrip("/")))
    except docker.errors.NotFound as error:
        if "image" in str(error.explanation).lower():
            raise
        return None
    except docker.errors.APIError as error:
        if "does not exist" in str(error.explanation):  # a bind mount's source
            return None
        raise


def container(client: docker.DockerClient, name: str, path: str) -> dict[str, File] | None:
    """The files at a path in a container, be it running or not.

    Args:
        client: of the engine.
        name: the container's name or id.
        path: of a file or folder in it.

    Returns:
        As `peek` does; None where there is no such path.

    Raises:
        docker.errors.APIError: there is no such container, or the daemon has trouble.
    """
    box = client.api.inspect_container(name)["Id"]
    try:
        return _read(_archive(client, box, path))
    except docker.errors.NotFound:
        return None


def shortened(path: str, root: str) -> str:
    """A folder's name as it fits: Docker's own below "$ROOT", others by their end.

    Args:
        path: the folder.
        root: where the engine keeps its data.

    >>> shortened("/var/lib/docker/volumes/rows/_data", "/var/lib/docker")
    '$ROOT/volumes/rows/_data'
    """
    home = root.rstrip("/") + "/"
    below = path.startswith(home)
    parts = path.removeprefix(home).strip("/").split("/") if path else []
    parts = [f"{part[:6]}…" if len(part) >= ID else part for part in parts]
    left_out = ["…"] if len(parts) > SHOWN else []
    start = ["$ROOT"] if below else [] if left_out else [""]
    return path and "/".join([*start, *left_out, *parts[-SHOWN:]])


@contextmanager
def _never_started(
    client: docker.DockerClient, what: Mount, image: str, labels: Mapping[str, str] | None
) -> Iterator[str]:
    host = client.api.create_host_config(mounts=[what])
    box = client.api.create_container(image, ["-"], host_config=host, labels=dict(labels or {}))
    try:
        yield box["Id"]
    finally:
        client.api.remove_container(box["Id"], v=True, force=True)


def _archive(client: docker.DockerClient, box: str, path: str) -> bytes:
    """The beginning of the archive that the daemon makes of a path in a container.

    docker-py's own `get_archive` cannot be left before its end: the daemon would keep the
    container locked, and never let go of it.
    """
    url = f"{client.api.base_url}/v{client.api.api_version}/containers/{box}/archive"
    archive = bytearray()
    with client.api.get(url, params={"path": path}, stream=True, timeout=TIMEOUT) as answer:
        try:
            answer.raise_for_status()
        except requests.HTTPError as error:
            docker.errors.create_api_error_from_http_exception(error)
        for part in answer.iter_content(CHUNK):
            archive += part
            if len(archive) >= BIGGEST:
                break
    return bytes(archive)


def _read(archive: bytes) -> dict[str, File]:
    found: dict[str, File] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            for entry in tar:
                data = tar.extractfile(entry) if entry.isfile() else None
                content = data.read() if data else b""
                name = entry.name.partition("/")[2]
                found[name] = File(entry.size, entry.uid, _kind(entry), content)
    except tarfile.ReadError:  # it was cut off at the limit
        pass
    return found


def _kind(entry: tarfile.TarInfo) -> str:
    if entry.isfile():
        return "file"
    if entry.isdir():
        return "folder"
    return "link" if entry.issym() else "device"
