"""Building the course's images where Docker Hub cannot be reached."""

from __future__ import annotations

import io
import re
import ssl
import tarfile
from collections.abc import Callable
from pathlib import Path

import docker

from dockerlab.commands import run
from dockerlab.engine import packages
from dockerlab.errors import DockerLabError, ImageUnavailable
from dockerlab.images.catalogue import Image

ORIGIN_LABEL = "dockerlab.origin"
BUILD_TIMEOUT = 900  # seconds without a word from the daemon

Say = Callable[[str], None]


def build(client: docker.DockerClient, image: Image, name: str, home: Path, say: Say) -> None:
    """Make an image from the course's own recipe.

    Args:
        client: of the engine to build on.
        image: what to build; its base must be there.
        name: what to call it on the engine, without a tag.
        home: the folder that keeps the base's file system for the next time.
        say: told what is being done.

    Raises:
        ImageUnavailable: a step failed; the message shows its last words.
    """
    try:
        if image.suite:
            _import_base(client, image, name, home, say)
        else:
            _build(client, image, name, say)
    except (docker.errors.APIError, DockerLabError, OSError) as error:
        raise ImageUnavailable(
            f"The image {image.name!r} could be had neither from Docker Hub nor by building it: "
            f"{error}\nIs the network up, and is there space on the disk? Then try again: "
            f"autograder images prefetch {image.name}"
        ) from error


def _import_base(
    client: docker.DockerClient, image: Image, name: str, home: Path, say: Say
) -> None:
    packages.ensure_system({"mmdebstrap": "mmdebstrap"}, say)
    tar = home / "base" / f"{image.suite}.tar"
    if not tar.exists():
        tar.parent.mkdir(parents=True, exist_ok=True)
        half = tar.with_suffix(".part.tar")
        say(f"making Debian {image.suite} from its packages")
        run(
            [
                "mmdebstrap",
                "--variant=minbase",
                "--aptopt=Acquire::Languages none",
                "--dpkgopt=path-exclude=/usr/share/doc/*",
                "--dpkgopt=path-exclude=/usr/share/locale/*",
                "--dpkgopt=path-exclude=/usr/share/man/*",
                str(image.suite),
                str(half),
                packages.configured_mirror(),
            ],
            timeout=900,
        )
        half.rename(tar)
    say("importing")
    command = ",".join(f'"{word}"' for word in image.contract["command"])
    client.api.import_image_from_file(
        str(tar),
        repository=name,
        tag="latest",
        changes=[f"CMD [{command}]", f"LABEL {ORIGIN_LABEL}=course"],
    )


def _build(client: docker.DockerClient, image: Image, name: str, say: Say) -> None:
    said: list[str] = []
    for message in client.api.build(
        fileobj=context(image.folder),
        custom_context=True,
        tag=f"{name}:latest",
        labels={ORIGIN_LABEL: "course"},
        rm=True,
        forcerm=True,  # also when a step fails
        network_mode="host",  # another engine's firewall may drop what is forwarded
        decode=True,
        timeout=BUILD_TIMEOUT,
    ):
        if "error" in message:
            raise ImageUnavailable("\n".join([*said[-8:], message["error"].strip()]))
        for line in message.get("stream", "").splitlines():
            said.append(line)
            if step := re.match(r"Step (\d+/\d+) : (\w+)", line):
                say(f"building: step {step[1]} ({step[2]})")


def context(folder: Path) -> io.BytesIO:
    """What a build is given: the recipe's folder, and what pip needs on this machine.

    Where a recipe has a requirements.txt, the certificates that this machine trusts go along, as
    machine-ca.pem: a proxy that looks into TLS has put its own among them.

    Args:
        folder: the recipe's.

    Returns:
        A tar.
    """
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        tar.add(folder, arcname=".")
        trusted = ssl.get_default_verify_paths().cafile
        if trusted and (folder / "requirements.txt").exists():
            tar.add(Path(trusted).resolve(), arcname="machine-ca.pem")
    packed.seek(0)
    return packed


def bases(image: Image) -> set[str]:
    """The images that an image's Dockerfile starts from."""
    if image.suite:
        return set()
    text = (image.folder / "Dockerfile").read_text()
    stages = set(re.findall(r"^FROM \S+ AS (\S+)", text, re.MULTILINE))
    return set(re.findall(r"^FROM (\S+)", text, re.MULTILINE)) - stages - {"scratch"}
