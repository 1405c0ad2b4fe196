"""A folder of this machine for a lesson's bind mounts, which the lesson owns and removes."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

import docker

from dockerlab import peek
from dockerlab.errors import LessonNotReady

MARK = ".made-by-a-lesson"


class HostFolder:
    """A folder that is made empty, and can be given to containers where the daemon sees it.

    Args:
        path: where it is to be. One that an interrupted run has left there is removed.
        client: of the engine.
        image: any that the engine has.

    Raises:
        LessonNotReady: there is something else of this name.
        OSError: it cannot be made.
    """

    def __init__(self, path: Path, client: docker.DockerClient, image: str) -> None:
        self.path = path.absolute()
        if self.path.exists() and not (self.path / MARK).exists():
            raise LessonNotReady(f"{self.path} is not the lesson's: please rename it.")
        self.remove()
        self.path.mkdir()
        word = uuid.uuid4().hex.encode()
        (self.path / MARK).write_bytes(word)
        self.is_shared = self._is_seen(client, image, word)

    @property
    def why_not(self) -> str:
        """What to tell where the daemon does not see the folder; nothing where it does."""
        if self.is_shared:
            return ""
        return (
            "The daemon does not see this folder: it is on another machine, or Docker Desktop does "
            "not share it (Settings → Resources → File sharing). A bind mount would take a folder "
            "of the daemon's own machine."
        )

    def make(self, name: str) -> Path:
        """Make a folder in it, where there is none of this name yet.

        Args:
            name: of the new folder.
        """
        (self.path / name).mkdir(exist_ok=True)
        return self.path / name

    def remove(self) -> None:
        """Remove it with all that is in it, if it is there."""
        if self.path.exists():
            shutil.rmtree(self.path)

    def _is_seen(self, client: docker.DockerClient, image: str, word: bytes) -> bool:
        found = peek.peek(client, peek.folder(str(self.path)), image, path=MARK)
        return bool(found) and any(file.data == word for file in (found or {}).values())
