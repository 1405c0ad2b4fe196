"""One container with four places to write to, and what is in each of them. No widgets here.

Nothing is remembered or assumed: each look asks the daemon, or reads the place itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import docker
from docker.types import Mount

from dockerlab import peek, write_layer
from dockerlab.explorers.states import State, observe

IMAGE = "busybox"
PIECE = 65_536  # bytes that one act of writing adds
FILE = "note"


class Place(StrEnum):
    """Where a container's bytes can lie."""

    VOLUME = "named volume"
    BIND = "bind mount"
    TMPFS = "tmpfs"
    LAYER = "write layer"


PATHS = {  # in the container
    Place.VOLUME: "/volume",
    Place.BIND: "/bind",
    Place.TMPFS: "/memory",
    Place.LAYER: "/layer",
}


@dataclass(frozen=True)
class Found:
    """What was found of a place.

    Attributes:
        where: its folder on the daemon's machine; empty for memory, and where nobody tells.
        size: of the file in it, in bytes; None where there is no such file.
        is_there: whether there is such a place at all now.
    """

    where: str
    size: int | None
    is_there: bool = True


NOWHERE = Found("", None, is_there=False)


class Places:
    """A container with a volume, a bind mount, a tmpfs and its write layer.

    Args:
        client: of the engine.
        name: of the container and of its volume.
        folder: for the bind mount; None where the daemon sees no folder of this machine.
        labels: for all that is made.
    """

    def __init__(
        self,
        client: docker.DockerClient,
        name: str,
        folder: str | None,
        labels: Mapping[str, str],
    ) -> None:
        self.name = name
        self._client = client
        self._folder = folder
        self._labels = dict(labels)

    @property
    def places(self) -> list[Place]:
        """Those that can be had here."""
        return [place for place in Place if place is not Place.BIND or self._folder]

    @property
    def state(self) -> State | None:
        """The container's state, by the daemon's word."""
        return observe(self._client, self.name)[0]

    def run(self) -> None:
        """Make the container, with all its mounts, and start it.

        Raises:
            docker.errors.APIError: there is one already, or the daemon has trouble.
        """
        mounts = [
            Mount(PATHS[Place.VOLUME], self.name, type="volume", labels=self._labels),
            Mount(PATHS[Place.TMPFS], None, type="tmpfs"),
        ]
        if self._folder:
            mounts.append(Mount(PATHS[Place.BIND], self._folder, type="bind"))
        self._client.containers.run(
            IMAGE,
            ["sh", "-c", f"mkdir -p {PATHS[Place.LAYER]}; exec sleep 86400"],
            name=self.name,
            mounts=mounts,
            labels=self._labels,
            stop_signal="SIGKILL",  # sleep, as the first process, would not hear SIGTERM
            detach=True,
        )

    def write(self, place: Place) -> None:
        """Let the container add a piece to its file in a place.

        Args:
            place: where.

        Raises:
            docker.errors.APIError: it does not run.
        """
        command = f"head -c {PIECE} /dev/urandom >> {PATHS[place]}/{FILE}"
        self._client.containers.get(self.name).exec_run(["sh", "-c", command])

    def stop(self) -> None:
        """End the container; it can be started again."""
        self._client.containers.get(self.name).stop()

    def start(self) -> None:
        """Start the container that has been stopped."""
        self._client.containers.get(self.name).start()

    def remove(self) -> None:
        """Remove the container by force, as `docker rm -f` does."""
        self._client.containers.get(self.name).remove(force=True)

    def remove_volume(self) -> None:
        """Remove the volume.

        Raises:
            docker.errors.APIError: a container uses it, even one that has stopped.
        """
        self._client.volumes.get(self.name).remove()

    def look(self) -> dict[Place, Found]:
        """What there is of each place now.

        Raises:
            docker.errors.APIError: the daemon has trouble.
        """
        state = self.state
        looks: dict[Place, Callable[[], Found]] = {
            Place.VOLUME: self._volume,
            Place.BIND: self._bind,
            Place.TMPFS: lambda: self._tmpfs(state),
            Place.LAYER: lambda: self._layer(state),
        }
        return {place: looks[place]() for place in self.places}

    def _volume(self) -> Found:
        try:
            where = self._client.api.inspect_volume(self.name)["Mountpoint"]
        except docker.errors.NotFound:
            return NOWHERE
        files = peek.peek(
            self._client, peek.volume(self.name), IMAGE, path=FILE, labels=self._labels
        )
        return Found(where, _size(files))

    def _bind(self) -> Found:
        folder = self._folder or ""
        files = peek.peek(self._client, peek.folder(folder), IMAGE, labels=self._labels)
        if files is None:
            return NOWHERE
        return Found(folder, files[FILE].size if FILE in files else None)

    def _tmpfs(self, state: State | None) -> Found:
        """What is in memory only its own container can tell, and only while it runs."""
        if state is not State.RUNNING:
            return NOWHERE
        command = ["stat", "-c", "%s", f"{PATHS[Place.TMPFS]}/{FILE}"]
        ran = self._client.api.exec_create(self.name, command)["Id"]
        said = self._client.api.exec_start(ran).decode().strip()
        return Found("", int(said) if said.isdigit() else None)

    def _layer(self, state: State | None) -> Found:
        if state in (None, State.REMOVED):
            return NOWHERE
        path = f"{PATHS[Place.LAYER]}/{FILE}"
        folders = write_layer.overlay(self._client, self.name)
        where = folders.upper if folders else ""
        return Found(where, _size(peek.container(self._client, self.name, path)))


def _size(files: Mapping[str, peek.File] | None) -> int | None:
    return files[""].size if files else None
