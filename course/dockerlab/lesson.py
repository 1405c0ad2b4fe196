"""A lesson's first cell and its last: what it needs, and tidying up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import docker

from dockerlab import cleanup
from dockerlab import images as course_images
from dockerlab.engine import connect
from dockerlab.ports import holder


@dataclass(frozen=True)
class Lesson:
    """One lesson, as it stands towards the engine.

    Attributes:
        name: as in its label and its file's name.
        images: of the course, that it runs.
        ports: of this machine, that it publishes.
        names: of containers that it makes in ways that set no label.
    """

    name: str
    images: Sequence[str] = ()
    ports: Sequence[int] = ()
    names: Sequence[str] = ()

    @property
    def labels(self) -> dict[str, str]:
        """The label to give to everything that the lesson makes."""
        return {cleanup.LABEL: self.name}

    def start(self) -> docker.DockerClient:
        """Connect, clear what an earlier run left, and see that all is there. Says so, a line each.

        Returns:
            A client of the engine.
        """
        client = connect(say=print)
        print(f"engine   Docker {client.version()['Version']}")
        cleanup.remove(client, self.name, self.names)
        origins = course_images.ensure(client, self.images, progress=_tell)
        for origin in sorted(set(origins.values())):
            names = ", ".join(name for name in origins if origins[name] == origin)
            print(f"images   {names}: from {origin}")
        for port in self.ports:
            held = holder(port)
            print(
                f"port     {port}: "
                + (
                    f"held by {held}; stop that program, then run this cell again"
                    if held
                    else "free"
                )
            )
        return client

    def clean_up(self) -> None:
        """Remove what the lesson made, and only that; say what it was."""
        client = connect()
        for line in cleanup.remove(client, self.name, self.names) or ["nothing was left"]:
            print(line)


def _tell(name: str, doing: str) -> None:
    print(f"image    {name}: {doing}")
