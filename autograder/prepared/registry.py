"""What the assignment `registry` finds on the engine."""

from __future__ import annotations

import io
import tarfile

import docker

from autograder import mine
from dockerlab.errors import LessonNotReady, RegistryError
from dockerlab.labels import labels
from dockerlab.registry import Registry
from dockerlab.wait import wait_for

EDITIONS = 5
DRAFT = "DRAFT, not for sale"
RECIPE = 'FROM busybox\nCOPY atlas.txt /\nCMD ["cat", "/atlas.txt"]\n'


def atlas_in_the_attic(client: docker.DockerClient) -> None:
    """Make a registry with five editions of an atlas, one of them a draft by mistake.

    `latest` is the draft. Which one it is, differs from student to student.

    Args:
        client: of the engine.

    Raises:
        LessonNotReady: the registry does not take them.
    """
    port = mine.port(27000)
    client.containers.run(
        "registry",
        name="attic",
        ports={"5000/tcp": ("127.0.0.1", port)},
        environment={"REGISTRY_STORAGE_DELETE_ENABLED": "true"},
        labels=labels("assignment"),
        detach=True,
    )
    wait_for(lambda: _answers(port), timeout=60, what="the registry in the attic")
    repository = f"127.0.0.1:{port}/house/atlas"
    for edition in range(1, EDITIONS + 1):
        _build(client, f"{repository}:{edition}", edition)
        _push(client, repository, str(edition))
    draft = mine.number("draft", 2, EDITIONS - 1)
    client.api.tag(f"{repository}:{draft}", repository, "latest")
    _push(client, repository, "latest")
    for tag in ("latest", *map(str, range(1, EDITIONS + 1))):
        client.api.remove_image(f"{repository}:{tag}")


def _answers(port: int) -> bool:
    try:
        return Registry(f"127.0.0.1:{port}").ask("GET", "").ok
    except RegistryError:
        return False


def _build(client: docker.DockerClient, name: str, edition: int) -> None:
    notice = DRAFT if edition == mine.number("draft", 2, EDITIONS - 1) else "For sale"
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w") as archive:
        page = f"Atlas, edition {edition}. {notice}\n"
        for file, text in (("Dockerfile", RECIPE), ("atlas.txt", page)):
            entry = tarfile.TarInfo(file)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    context.seek(0)
    client.images.build(fileobj=context, custom_context=True, tag=name, rm=True, forcerm=True)


def _push(client: docker.DockerClient, repository: str, tag: str) -> None:
    for said in client.api.push(repository, tag, auth_config={}, stream=True, decode=True):
        if "error" in said:
            raise LessonNotReady(f"The registry in the attic does not take {tag}: {said['error']}")
