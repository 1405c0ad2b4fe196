"""What the names of images mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import docker


def short(image_id: str | None) -> str:
    """An image's id as the docker command lists it."""
    return image_id.removeprefix("sha256:")[:12] if image_id else "no such image"


def inspect(client: docker.DockerClient, reference: str) -> dict[str, Any] | None:
    """What the daemon knows of the local image that `reference` names now; None for none."""
    try:
        image: dict[str, Any] = client.api.inspect_image(reference)
        return image
    except docker.errors.NullResource:
        return None
    except docker.errors.APIError as error:
        if error.status_code in (400, 404):  # no such image, or nothing that could name one
            return None
        raise


def identify(client: docker.DockerClient, reference: str) -> str | None:
    """The id of the local image that `reference` names now; None for none."""
    image = inspect(client, reference)
    return str(image["Id"]) if image else None


def digests(image: Mapping[str, Any] | None) -> list[str]:
    """The digests of an image's layers, the lowest first; none where there is no image."""
    return list((image["RootFS"].get("Layers") or []) if image else [])


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
