"""The golden disk: an engine's data with all images of the course in it, made once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import docker

from autograder.sandbox import disks, outer
from autograder.sandbox.engine import InnerEngine
from autograder.sandbox.errors import SandboxUnavailable
from autograder.sandbox.limits import Limits
from autograder.sandbox.store import Store
from dockerlab import images
from dockerlab.images import mirror

LIMITS = Limits(memory=4000)


def ensure(
    client: docker.DockerClient, store: Store, sandbox: str, say: Callable[[str], None]
) -> Path:
    """The golden disk of today's images, made where it is missing.

    Args:
        client: of the engine that has the images, and runs sandboxes.
        store: opened.
        sandbox: the sandboxes' image.
        say: told what is being done, a line each.

    Raises:
        SandboxUnavailable: the sandboxes' engine does not get the same images.
        ImageUnavailable: an image cannot be had.
    """
    catalogue = images.catalogue()
    images.ensure(client, catalogue, progress=lambda name, doing: say(f"{name}: {doing}"))
    wanted = {i.reference: _id(client, i.reference) for i in catalogue.values()}
    key = hashlib.sha256(repr((disks.FOLDERS, sorted(wanted.items()))).encode()).hexdigest()[:16]
    if found := store.golden(key):
        return found
    say("Making the sandboxes' disk, with all images of the course (a minute or two)")
    mirror.start(say)
    for each in catalogue.values():
        if not mirror.holds(each):  # it came from Docker Hub
            client.api.tag(each.reference, mirror.name(each), "latest")
            mirror.push(client, each)
            client.api.remove_image(f"{mirror.name(each)}:latest", noprune=True)
    name = outer.new_name()
    disk = store.new(name)
    disks.lay_out(disk)
    container = outer.start(client, sandbox, name, disk, LIMITS)
    try:
        with InnerEngine(container, disk / "shared") as inner:
            _fill(inner.client(timeout=900), wanted, say)
    finally:
        container.remove()
    disks.lay_out(disk)
    return store.freeze(name, key)


def _fill(
    inner: docker.DockerClient, wanted: Mapping[str, str], say: Callable[[str], None]
) -> None:
    for reference, identity in wanted.items():
        say(f"  {reference}")
        for message in inner.api.pull(reference, stream=True, decode=True):
            if "error" in message:
                raise SandboxUnavailable(
                    f"The sandboxes' engine cannot get {reference}: {message['error']}"
                )
        if _id(inner, reference) != identity:
            raise SandboxUnavailable(
                f"The course's mirror has another {reference} than this engine. Remove that "
                f"(docker rmi {reference}), then: autograder images prefetch"
            )


def _id(client: docker.DockerClient, reference: str) -> str:
    return str(client.api.inspect_image(reference)["Id"])
