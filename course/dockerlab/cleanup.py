"""Removing what a lesson made, and only that.

Nothing is ever pruned: what else the learner has on the engine is none of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import docker

from dockerlab.compose import PROJECT
from dockerlab.labels import STANDS_FOR, label


def clean_up(
    client: docker.DockerClient,
    lesson: str,
    *,
    names: Iterable[str] = (),
    volumes: Iterable[str] = (),
    networks: Iterable[str] = (),
    image_names: Iterable[str] = (),
    projects: Iterable[str] = (),
) -> list[str]:
    """Remove the containers, networks, volumes and images that bear a lesson's label.

    Args:
        client: of the engine.
        lesson: its short name.
        names: of containers that go even without the label, as a learner may have typed the
            command without it. A name matches as a whole.
        volumes: names of volumes that go even without the label, as `docker run -v NAME:/path`
            gives none.
        networks: names of networks that go even without the label.
        image_names: of images of which all tags go even without the label. An image that has
            other names as well keeps those.
        projects: of Compose, that go with all that bears Compose's own label of them.

    Returns:
        What was removed, such as "container web", sorted by kind and name.

    Raises:
        docker.errors.APIError: the daemon refuses to remove something.
    """
    marks = [{"label": mark} for mark in (label(lesson), *(f"{PROJECT}={p}" for p in projects))]
    removed = []
    for ours in marks:
        for box in client.api.containers(all=True, filters=ours):
            name = box["Names"][0].lstrip("/") if box["Names"] else box["Id"][:12]
            if _gone(client.api.remove_container, box["Id"], force=True, v=True):
                removed.append(f"container {name}")
    for name in names:
        if (found := _id_of(client, name)) and _gone(
            client.api.remove_container, found, force=True, v=True
        ):
            removed.append(f"container {name}")
    for network in _networks(client, marks, networks):
        if _gone(client.api.remove_network, network["Id"]):
            removed.append(f"network {network['Name']}")
    labelled = [volume for ours in marks for volume in _volumes(client, ours)]
    for volume in [*labelled, *volumes]:
        if _gone(client.api.remove_volume, volume):
            removed.append(f"volume {volume}")
    for ours in marks:
        removed += _remove_images(client, client.api.images(filters=ours))
    for name in image_names:
        for image in client.api.images(name):
            for tag in image["RepoTags"] or []:
                if tag.rpartition(":")[0] == name and _gone(
                    client.api.remove_image, tag, force=True
                ):
                    removed.append(f"image {tag}")
    return sorted(removed)


def _remove_images(client: docker.DockerClient, images: list[dict[str, Any]]) -> list[str]:
    """Remove images with all their names, those that others are based on after those others."""
    removed = []
    while images:
        kept = []
        for image in images:
            try:
                gone = _gone(client.api.remove_image, image["Id"], force=True)
            except docker.errors.APIError as error:
                if error.status_code != 409:
                    raise
                kept.append((image, error))
                continue
            if gone:
                removed.append(f"image {(image['RepoTags'] or ['without a name'])[0]}")
        if len(kept) == len(images):
            raise kept[0][1]
        images = [image for image, _ in kept]
    return removed


def _networks(
    client: docker.DockerClient, marks: list[dict[str, str]], names: Iterable[str]
) -> list[dict[str, Any]]:
    """The labelled networks, and those of exactly these names."""
    found = {each["Id"]: each for ours in marks for each in client.api.networks(filters=ours)}
    if wanted := set(names):
        found |= {e["Id"]: e for e in client.api.networks() if e["Name"] in wanted}
    return list(found.values())


def _volumes(client: docker.DockerClient, ours: dict[str, str]) -> list[str]:
    """The names of the labelled volumes, and of those that they stand for."""
    found = []
    for volume in client.api.volumes(filters=ours)["Volumes"] or []:
        found += [(volume["Labels"] or {}).get(STANDS_FOR), volume["Name"]]
    return [name for name in found if name]


def _id_of(client: docker.DockerClient, name: str) -> str | None:
    """The id of the container of exactly this name.

    The daemon would also take the start of another container's id for a name.
    """
    try:
        box = client.api.inspect_container(name)
    except docker.errors.NotFound:
        return None
    return str(box["Id"]) if box["Name"] == f"/{name}" else None


def _gone(remove: Callable[..., object], what: str, **options: bool) -> bool:
    """Remove something; False where somebody else was faster."""
    try:
        remove(what, **options)
    except docker.errors.NotFound:
        return False
    return True
