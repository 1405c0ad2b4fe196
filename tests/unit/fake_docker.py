"""A Docker client without a daemon: it answers from what it is given."""

from __future__ import annotations

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
        happened: events, the oldest first.
        log: of every container; an exception is raised.
    """

    def __init__(self, *boxes: dict[str, Any] | list[dict[str, Any]]) -> None:
        looks = [box if isinstance(box, list) else [box] for box in boxes]
        self.boxes = {box[0]["Name"].lstrip("/"): box for box in looks}
        self.images = {"busybox": "sha256:1"}
        self.happened: list[dict[str, Any]] = []
        self.log: bytes | Exception = b""
        self.api = SimpleNamespace(
            base_url="http+docker://localhost",
            inspect_container=self._inspect,
            containers=self._list,
            inspect_image=self._image,
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

    def _logs(self, *_: Any, **__: Any) -> bytes:
        if isinstance(self.log, Exception):
            raise self.log
        return self.log
