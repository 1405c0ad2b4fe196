"""The image that sandboxes are made of: built by the learner's own engine, when it has changed."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import docker

import autograder
import dockerlab
from autograder.sandbox.errors import SandboxUnavailable
from dockerlab import images

NAME = "docker-live-sandbox"
RECIPE = Path(__file__).parent / "image"
BASE = "debian"
# What a student's notebook imports: the course's packages, and the client for Docker that they use.
PACKAGES = (autograder, dockerlab, docker)
BUILD_TIMEOUT = 900  # seconds without a word from the daemon


def ensure(client: docker.DockerClient, say: Callable[[str], None]) -> str:
    """The sandboxes' image, built where it is missing or not of today's code.

    Args:
        client: of the engine that runs sandboxes.
        say: told what is being done.

    Returns:
        Its reference.

    Raises:
        SandboxUnavailable: it cannot be built; the message shows the build's last words.
        ImageUnavailable: its base cannot be had.
    """
    images.ensure(client, [BASE])
    base = client.api.inspect_image(BASE)["Id"]
    context = _context()
    reference = f"{NAME}:{hashlib.sha256(context + base.encode()).hexdigest()[:16]}"
    if client.api.images(reference):
        return reference
    say("Building the image of the sandboxes (a minute or two)")
    said: list[str] = []
    for message in client.api.build(
        fileobj=io.BytesIO(context),
        custom_context=True,
        tag=reference,
        labels={"dockerlab.image": "sandbox"},
        rm=True,
        forcerm=True,
        network_mode="host",
        decode=True,
        timeout=BUILD_TIMEOUT,
    ):
        said += message.get("stream", "").splitlines()
        if "error" in message:
            raise SandboxUnavailable(
                "The image of the sandboxes cannot be built. Is the network up, and is there "
                "space on the disk?\n" + "\n".join([*said[-5:], message["error"].strip()])
            )
    return reference


def _context() -> bytes:
    """The build's context as a tar archive, the same for the same files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, file in _files():
            entry = archive.gettarinfo(file, name)
            entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname = 0, 0, 0, "", ""
            entry.mode = 0o755 if file.stat().st_mode & 0o100 else 0o644
            with file.open("rb") as content:
                archive.addfile(entry, content)
    return buffer.getvalue()


def _files() -> Iterator[tuple[str, Path]]:
    for file in sorted(RECIPE.iterdir()):
        yield file.name, file
    for package in PACKAGES:
        top = Path(str(package.__file__)).parent
        for file in sorted(top.rglob("*.py")):
            yield f"course/{top.name}/{file.relative_to(top)}", file
