"""Checks of a local image."""

from __future__ import annotations

from typing import TYPE_CHECKING

import docker

from autograder.checks.faults import asks_the_daemon
from autograder.checks.results import Result

if TYPE_CHECKING:
    from autograder.checks.task import Task


class Image:
    """What can be said of an image that the engine has.

    Args:
        task: collects the results.
        reference: the image's name, with or without a tag, or its id.
    """

    def __init__(self, task: Task, reference: str) -> None:
        self._task = task
        self.reference = reference

    @asks_the_daemon
    def exists(self, *, weight: float = 1.0) -> Result:
        """Check that the engine has this image.

        Args:
            weight: share of the task's points.
        """
        image_id = identify(self._task.client, self.reference)
        return self._task.check(
            f"image {self.reference!r} exists",
            image_id is not None,
            expected=f"an image called {self.reference}",
            found="no such image" if image_id is None else image_id,
            hint="See what there is: docker images",
            weight=weight,
        )


def identify(client: docker.DockerClient, reference: str) -> str | None:
    """The id of the local image that `reference` names now, None where there is none."""
    try:
        return str(client.api.inspect_image(reference)["Id"])
    except docker.errors.NullResource:
        return None
    except docker.errors.APIError as error:
        if error.status_code in (400, 404):  # no such image, or nothing that could name one
            return None
        raise


def full_name(reference: str) -> str:
    """A reference in one of its many spellings, as one that can be compared.

    >>> full_name("mariadb") == full_name("docker.io/library/mariadb:latest")
    True

    One with a digest stays as it is: Docker does not look at a tag beside it.
    """
    name = reference
    for prefix in ("docker.io/", "index.docker.io/", "library/"):
        name = name.removeprefix(prefix)
    return name if "@" in name or ":" in name.rpartition("/")[2] else f"{name}:latest"
