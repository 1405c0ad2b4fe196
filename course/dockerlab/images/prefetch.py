"""Getting images: from Docker Hub where it answers, from the course's own recipes elsewhere."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, wait
from functools import partial
from graphlib import TopologicalSorter
from pathlib import Path

import docker
import filelock
import requests

from dockerlab import paths
from dockerlab.errors import ImageUnavailable
from dockerlab.images import mirror
from dockerlab.images.build import ORIGIN_LABEL, bases, build
from dockerlab.images.catalogue import Image, image

HUB = "Docker Hub"
COURSE = "the course's recipe"
HUB_TIMEOUT = 15  # seconds to find out whether Docker Hub answers
AT_ONCE = 2  # builds side by side: more only wait for each other's disk

Progress = Callable[[str, str], None]


def ensure(
    client: docker.DockerClient,
    names: Iterable[str],
    *,
    progress: Progress = lambda name, doing: None,
) -> dict[str, str]:
    """Make images available under their real names, and tell where each comes from.

    What is there stays; what an interrupted run has finished is not done again.

    Args:
        client: of the engine that is to have them.
        names: of the course's images.
        progress: told an image's name and what is being done to it; from several threads.

    Returns:
        The origin of each: "Docker Hub" or "the course's recipe".

    Raises:
        ImageUnavailable: one cannot be had; the message says which, why, and what to do.
    """
    wanted = [image(name) for name in names]
    origins = {i.name: origin(client, i) for i in wanted}
    missing = [i for i in wanted if origins[i.name] is None]
    if missing:
        if hub_answers(client):
            _from_hub(client, missing, progress)
        else:
            _make(client, missing, progress)
    elif mirror.is_used_by(client) and mirror.exists():
        mirror.start(partial(progress, "mirror"))  # for the learner's own `docker pull`
    origins |= {i.name: origin(client, i) for i in missing}
    return {name: found or "?" for name, found in origins.items()}


def origin(client: docker.DockerClient, wanted: Image) -> str | None:
    """Where the engine's image of this name comes from; None where it has none."""
    try:
        attributes = client.api.inspect_image(wanted.reference)
    except docker.errors.ImageNotFound:
        return None
    labels = (attributes.get("Config") or {}).get("Labels") or {}
    return COURSE if labels.get(ORIGIN_LABEL) == "course" else HUB


def _from_hub(client: docker.DockerClient, missing: list[Image], progress: Progress) -> None:
    """Pull what Docker Hub has, and then build what it has not, on what was pulled."""
    own = [i for i in missing if not i.hub]
    needed = {name: image(name) for i in own for name in bases(i)}
    absent = [i for i in needed.values() if origin(client, i) is None]
    pulled = {i.name: i for i in (*missing, *absent) if i.hub}
    _each(list(pulled.values()), partial(_pull, client, progress=progress))
    if own:
        _make(client, own, progress)


def _make(client: docker.DockerClient, missing: list[Image], progress: Progress) -> None:
    """Get images without Docker Hub: from the mirror where it has them, else by building."""
    mirrored = mirror.is_used_by(client)
    if mirrored:
        mirror.start(partial(progress, "mirror"))

    def get(wanted: Image) -> None:
        with _alone(wanted, progress):
            if origin(client, wanted) is None:
                if mirrored and mirror.holds(wanted):
                    _pull(client, wanted, progress)
                else:
                    make(wanted)

    def make(wanted: Image) -> None:
        # The real name comes last: an image that has it is in the mirror too.
        name = mirror.name(wanted) if mirrored else wanted.name
        build(client, wanted, name, paths.home(), partial(progress, wanted.name))
        if mirrored:
            progress(wanted.name, "filing in the mirror")
            mirror.push(client, wanted)
            client.api.tag(name, wanted.name, "latest")
            client.api.remove_image(f"{name}:latest", noprune=True)
        progress(wanted.name, "ready")

    order = TopologicalSorter[str]()
    for wanted in missing:
        order.add(wanted.name, *bases(wanted))
    order.prepare()
    while order.is_active():
        ready = order.get_ready()
        _each([image(name) for name in ready], get)
        order.done(*ready)


@contextlib.contextmanager
def _alone(wanted: Image, progress: Progress) -> Iterator[None]:
    """Let one process at a time make an image: `make lab` fetches while a lesson waits for it."""
    lock = filelock.FileLock(paths.home() / f"images/{wanted.name}.lock")
    Path(lock.lock_file).parent.mkdir(parents=True, exist_ok=True)
    try:
        lock.acquire(blocking=False)
    except filelock.Timeout:
        progress(wanted.name, "another process is at it")
        lock.acquire()  # ends with that process, however it ends
    try:
        yield
    finally:
        lock.release()


def _each(images: list[Image], get: Callable[[Image], None]) -> None:
    """Get several images side by side; the first failure is raised once all have ended."""
    slots = threading.Semaphore(AT_ONCE)

    def work(wanted: Image, result: Future[None]) -> None:
        try:
            with slots:
                get(wanted)
            result.set_result(None)
        except Exception as error:  # raised below, in the caller's thread
            result.set_exception(error)

    results = [Future[None]() for _ in images]
    for wanted, result in zip(images, results, strict=True):
        # A daemon thread does not hold up Ctrl-C: the engine ends a build whose client has gone.
        threading.Thread(target=work, args=(wanted, result), daemon=True).start()
    wait(results)
    for result in results:
        result.result()


def _pull(client: docker.DockerClient, wanted: Image, progress: Progress) -> None:
    """Pull an image by its real name, from wherever the engine is configured to look."""
    sizes: dict[str, tuple[int, int]] = {}
    try:
        for message in client.api.pull(wanted.name, tag="latest", stream=True, decode=True):
            if "error" in message:
                raise ImageUnavailable(_pull_failed(wanted, message["error"]))
            detail = message.get("progressDetail") or {}
            if message.get("status") == "Downloading" and detail.get("total"):
                sizes[message["id"]] = detail["current"], detail["total"]
                done, total = (sum(column) for column in zip(*sizes.values(), strict=True))
                progress(wanted.name, f"pulling: {done / 1e6:.0f} of {total / 1e6:.0f} MB")
    except docker.errors.APIError as error:
        raise ImageUnavailable(_pull_failed(wanted, str(error))) from error
    progress(wanted.name, "ready")


def _pull_failed(wanted: Image, why: str) -> str:
    return (
        f"The image {wanted.name!r} could not be pulled: {why}\n"
        f"Is the network up? Then try again: autograder images prefetch {wanted.name}"
    )


def hub_answers(client: docker.DockerClient) -> bool:
    """Whether the engine can reach Docker Hub; it asks, since it may have a proxy of its own.

    An image that the course's mirror never has is asked for, so the mirror cannot answer.
    """
    slow = client.api.timeout
    client.api.timeout = HUB_TIMEOUT
    try:
        client.api.inspect_distribution("hello-world")
    except (docker.errors.APIError, requests.RequestException):
        return False
    finally:
        client.api.timeout = slow
    return True
