"""Removing what a lesson made, and nothing else: by its label, and by names that it declares."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator

import docker

LABEL = "dockerlab.lesson"
"""The key of the label that everything bears that a lesson makes."""


def remove(client: docker.DockerClient, lesson: str, names: Iterable[str] = ()) -> list[str]:
    """Remove a lesson's containers, networks, volumes and images.

    Args:
        client: of the engine.
        lesson: the value of its label.
        names: of containers that it makes in ways that set no label.

    Returns:
        What was removed, in words, sorted.
    """
    return sorted({*_containers(client, lesson, names), *_others(client, lesson)})


def _containers(client: docker.DockerClient, lesson: str, names: Iterable[str]) -> Iterator[str]:
    labelled = client.api.containers(all=True, filters={"label": f"{LABEL}={lesson}"})
    found = {box["Id"]: box["Names"][0].lstrip("/") for box in labelled}
    for name in names:
        with contextlib.suppress(docker.errors.NotFound):
            box = client.api.inspect_container(name)
            if box["Name"] == f"/{name}":  # a name, not the start of somebody's id
                found[box["Id"]] = name
    for container_id, name in found.items():
        with contextlib.suppress(docker.errors.NotFound):
            # v: with the volumes that have no name, which nobody else can use
            client.api.remove_container(container_id, force=True, v=True)
            yield f"container {name}"


def _others(client: docker.DockerClient, lesson: str) -> Iterator[str]:
    ours = {"label": f"{LABEL}={lesson}"}
    for network in client.api.networks(filters=ours):
        client.api.remove_network(network["Id"])
        yield f"network {network['Name']}"
    for volume in client.api.volumes(filters=ours)["Volumes"] or []:
        client.api.remove_volume(volume["Name"])
        yield f"volume {volume['Name']}"
    for image in client.api.images(filters=ours):
        client.api.remove_image(image["Id"], force=True)
        yield f"image {(image['RepoTags'] or ['without a name'])[0]}"
