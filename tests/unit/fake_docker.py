"""A Docker client without a daemon: it answers from what it is given."""

from __future__ import annotations

import io
import tarfile
from types import SimpleNamespace
from typing import Any

import docker
import requests


def container(name: str, **changes: Any) -> dict[str, Any]:
    """What `docker inspect` says of a container that has been running since long ago.

    Args:
        name: its name.
        changes: to the state's fields.
    """
    state = {
        "Status": "running",
        "Restarting": False,
        "ExitCode": 0,
        "Error": "",
        "StartedAt": "2020-01-01T00:00:00.5Z",
        "FinishedAt": "0001-01-01T00:00:00Z",
    }
    return {
        "Id": "0123456789ab" * 5,
        "Name": f"/{name}",
        "Image": "sha256:1",
        "RestartCount": 0,
        "State": state | changes,
        "Mounts": [],
        "Config": {"Image": "busybox", "Env": [], "Labels": {}},
        "HostConfig": {"PortBindings": {}, "NetworkMode": "default"},
        "NetworkSettings": {"Ports": {}, "Networks": {}},
    }


def refusal(status: int, explanation: str = "") -> docker.errors.APIError:
    """The exception by which docker-py tells of a status of 400 or above."""
    response = requests.Response()
    response.status_code = status
    kind = docker.errors.NotFound if status == 404 else docker.errors.APIError
    return kind("refused", response, explanation)


class FakeClient:
    """As much of `docker.DockerClient` as the checks use, kept in memory.

    Attributes:
        boxes: containers, as inspected. Several in one list are what one look after the other sees.
        images: ids by reference.
        volumes: by name, the files in each: paths (with folders' as "dir/") and contents; their
            owner is user 0.
        happened: events, the oldest first.
        log: of every container; an exception is raised.
    """

    def __init__(self, *boxes: dict[str, Any] | list[dict[str, Any]]) -> None:
        looks = [box if isinstance(box, list) else [box] for box in boxes]
        self.boxes = {box[0]["Name"].lstrip("/"): box for box in looks}
        self.images = {"busybox": "sha256:1"}
        self.volumes: dict[str, dict[str, bytes]] = {}
        self.happened: list[dict[str, Any]] = []
        self.log: bytes | Exception = b""
        self.api = SimpleNamespace(
            base_url="http+docker://localhost",
            inspect_container=self._inspect,
            containers=self._list,
            inspect_image=self._image,
            images=lambda: [{"Id": image} for image in self.images.values()],
            inspect_volume=self._volume,
            volumes=lambda: {"Volumes": [{"Name": name} for name in self.volumes] or None},
            create_host_config=lambda mounts: mounts[0]["Source"],
            create_container=lambda *_, host_config, labels: {"Id": host_config},
            api_version="1.45",
            get=self._get,
            remove_container=lambda *_, **__: None,
            info=lambda: {"SystemTime": "2026-01-01T00:00:00.123456789Z"},
            events=lambda **_: iter(self.happened),
            logs=self._logs,
        )

    def event(self, action: str, name: str) -> None:
        """Let something have happened to a container."""
        actor = {"Attributes": {"name": name}}
        self.happened.append({"Type": "container", "Action": action, "Actor": actor})

    def _inspect(self, name: str) -> dict[str, Any]:
        if name not in self.boxes:
            raise refusal(404, f"No such container: {name}")
        looks = self.boxes[name]
        return looks.pop(0) if len(looks) > 1 else looks[0]

    def _list(self, *, all: bool) -> list[dict[str, Any]]:
        return [
            {"Names": [f"/{n}"], "State": b[0]["State"]["Status"]} for n, b in self.boxes.items()
        ]

    def _image(self, reference: str) -> dict[str, Any]:
        if reference not in self.images:
            raise refusal(404)
        return {"Id": self.images[reference]}

    def _volume(self, name: str) -> dict[str, Any]:
        if name not in self.volumes:
            raise refusal(404, f"get {name}: no such volume")
        return {"Name": name, "Mountpoint": f"/var/lib/docker/volumes/{name}/_data"}

    def _get(self, url: str, *, params: dict[str, str], **_: Any) -> requests.Response:
        """What the daemon answers to the one request that docker-py does not make for us."""
        box, what = url.rsplit("/", 2)[1:]
        assert what == "archive"
        response = requests.Response()
        try:
            response.raw = io.BytesIO(self._archive(box, params["path"]))
            response.status_code = 200
        except docker.errors.NotFound:
            response.status_code = 404
        return response

    def _archive(self, box: str, path: str) -> bytes:
        """What `docker cp` of a folder, or of a file in it, writes."""
        at, name = path.strip("/").partition("/")[::2]
        files = self.volumes[box]
        if name and name not in files and f"{name}/" not in files:
            raise refusal(404, f"Could not find the file {path} in container {box}")
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as tar:
            for file, content in [("", b"")] * (not name) + list(files.items()):
                if name and file.rstrip("/") != name:
                    continue
                entry = tarfile.TarInfo(name.rpartition("/")[2] or f"{at}/{file}".rstrip("/"))
                folder = not file or file.endswith("/")
                entry.type = tarfile.DIRTYPE if folder else tarfile.REGTYPE
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
        return buffer.getvalue()

    def _logs(self, *_: Any, **__: Any) -> bytes:
        if isinstance(self.log, Exception):
            raise self.log
        return self.log
