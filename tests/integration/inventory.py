"""What an engine holds, so that it can be brought back to that."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

import docker


@dataclass(frozen=True)
class Inventory:
    """What is on an engine.

    Attributes:
        containers: ids.
        networks: ids.
        volumes: names.
        images: pairs of a reference ("name:tag", or the id where there is none) and an id.
    """

    containers: frozenset[str]
    networks: frozenset[str]
    volumes: frozenset[str]
    images: frozenset[tuple[str, str]]


def take(client: docker.DockerClient) -> Inventory:
    """List what is on the engine now."""
    return Inventory(
        containers=frozenset(c["Id"] for c in client.api.containers(all=True)),
        networks=frozenset(n["Id"] for n in client.api.networks()),
        volumes=frozenset(v["Name"] for v in client.api.volumes()["Volumes"] or []),
        images=frozenset(
            (reference, image["Id"])
            for image in client.api.images()
            for reference in image["RepoTags"] or [image["Id"]]
        ),
    )


def restore(client: docker.DockerClient, before: Inventory) -> None:
    """Remove what is on the engine now and was not `before`, and name images as they were.

    What was there and is gone stays gone: an assignment's first cell fetches the images it needs.

    Args:
        client: of an engine that nobody else uses meanwhile.
        before: what is to stay.
    """
    # Twice: a container that restarts itself, or a build that was under way, may bring more.
    for _ in range(2):
        now = take(client)
        for container in now.containers - before.containers:
            with _gone_already():
                client.api.remove_container(container, force=True, v=True)
        for network in now.networks - before.networks:
            with _gone_already():
                client.api.remove_network(network)
        for volume in now.volumes - before.volumes:
            with _gone_already():
                client.api.remove_volume(volume, force=True)
        for reference, image in before.images - now.images:
            if reference != image:
                with _gone_already():
                    repository, _, tag = reference.rpartition(":")
                    client.api.tag(image, repository, tag)
        for reference, _ in take(client).images - before.images:
            with _gone_already():
                client.api.remove_image(reference, force=True)


def _gone_already() -> contextlib.suppress:
    """What goes away by itself, or with something else, need not be removed."""
    return contextlib.suppress(docker.errors.NotFound)
