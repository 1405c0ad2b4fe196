"""Checks of the layers of an image, and of what it has in common with another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import docker

from autograder.checks.faults import asks_the_daemon
from autograder.checks.references import digests, identify, inspect, short
from autograder.checks.results import Result

if TYPE_CHECKING:
    from autograder.checks.task import Task


class Stack:
    """An image as a stack of layers.

    Args:
        task: collects the results.
        reference: the image's name, with or without a tag, or its id.
    """

    def __init__(self, task: Task, reference: str) -> None:
        self._task = task
        self.reference = reference

    @asks_the_daemon
    def is_same_as(self, other: str, *, weight: float = 1.0) -> Result:
        """Check that two names mean one image.

        Args:
            other: the other name.
            weight: share of the task's points.
        """
        ids = [identify(self._task.client, name) for name in (self.reference, other)]
        return self._task.check(
            f"{self.reference!r} and {other!r} are one image",
            ids[0] is not None and ids[0] == ids[1],
            expected="the same image id",
            found=" and ".join(short(each) for each in ids),
            hint=f"Give it one more name: docker tag {other} {self.reference}",
            weight=weight,
        )

    @asks_the_daemon
    def is_based_on(self, base: str, *, layers: int | None = None, weight: float = 1.0) -> Result:
        """Check that its lowest layers are all those of another image, and more lie on top.

        Args:
            base: the other image's name.
            layers: how many lie on top; any number from one on, where None.
            weight: share of the task's points.
        """
        mine, below = (digests(inspect(self._task.client, n)) for n in (self.reference, base))
        stands = bool(below) and mine[: len(below)] == below
        more = len(mine) - len(below)
        wanted = "one more or several" if layers is None else f"{layers} more"
        if not mine or not below:
            found = f"no image {base if mine else self.reference}"
        else:
            found = f"{base}'s layers and {more} more" if stands else "other layers below"
        return self._task.check(
            f"image {self.reference!r} is based on {base!r}",
            stands and (more > 0 if layers is None else more == layers),
            expected=f"all layers of {base}, and {wanted} on top",
            found=found,
            hint=f"See its layers: docker image inspect -f '{{{{.RootFS.Layers}}}}' "
            f"{self.reference}",
            weight=weight,
        )

    @asks_the_daemon
    def adds_at_most(self, size: int, base: str, *, weight: float = 1.0) -> Result:
        """Check how much its layers hold beyond those of the image that it is based on.

        Args:
            size: in bytes.
            base: that image's name.
            weight: share of the task's points.
        """
        sizes = [_size(self._task.client, name) for name in (self.reference, base)]
        known = sizes[0] is not None and sizes[1] is not None
        more = (sizes[0] or 0) - (sizes[1] or 0)
        return self._task.check(
            f"image {self.reference!r} adds little to {base!r}",
            known and more <= size,
            expected=f"at most {size / 1e6:g} MB",
            found=f"{more / 1e6:.3g} MB" if known else "no such image",
            hint=f"See what each layer holds: docker history {self.reference}",
            weight=weight,
        )

    @asks_the_daemon
    def has_file(self, path: str, *, weight: float = 1.0) -> Result:
        """Check that a container of it would have a file. One is made to look, and not started.

        Args:
            path: of the file.
            weight: share of the task's points.
        """
        image_id = identify(self._task.client, self.reference)
        passed = image_id is not None and _has(self._task.client, image_id, path)
        return self._task.check(
            f"image {self.reference!r} has {path}",
            passed,
            expected=f"a file {path}",
            found="no such image" if image_id is None else "no such file",
            hint=f"Look for it: docker run --rm {self.reference} ls -l {path}",
            weight=weight,
        )


def _size(client: docker.DockerClient, reference: str) -> int | None:
    """Bytes of an image's layers, by its history; None where there is no such image."""
    if identify(client, reference) is None:
        return None
    return sum(int(step["Size"]) for step in client.api.history(reference))


def _has(client: docker.DockerClient, image_id: str, path: str) -> bool:
    box = client.api.create_container(image_id, ["true"])["Id"]
    try:
        client.api.get_archive(box, path)[0].close()
    except docker.errors.NotFound:
        return False
    finally:
        client.api.remove_container(box, force=True, v=True)
    return True
