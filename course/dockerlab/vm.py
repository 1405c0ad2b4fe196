"""A virtual machine in a container: QEMU with a kernel and an initramfs of its own.

The image `vm` makes it; its contract.toml says what goes in and comes out.
"""

from __future__ import annotations

import contextlib
import io
import tarfile
import time
from collections.abc import Mapping
from typing import Any

import docker
from docker.models.containers import Container
from docker.models.images import Image

from dockerlab import images
from dockerlab.errors import CommandFailed
from dockerlab.wait import wait_for

IMAGE = "vm"
BOOT_TIMEOUT = 120  # seconds; QEMU translates each instruction, and the machine may be busy
LOOK_AGAIN = 0.05  # seconds between two looks at what the container says


class VirtualMachine:
    """A booted machine.

    Args:
        container: that it runs in.
        boot_seconds: from the request for the container to the guest's readiness.
    """

    def __init__(self, container: Container, boot_seconds: float) -> None:
        self.container = container
        self.boot_seconds = boot_seconds

    def run(self, command: str) -> str:
        """Run a shell's line as root in the guest, and return what it prints.

        Raises:
            CommandFailed: it ended with an error, or the guest does not answer.
        """
        guest = images.image(IMAGE).contract["vm"]["guest"]
        ran: Any = self.container.exec_run([guest, command])
        output: str = ran.output.decode(errors="replace").replace("\r\n", "\n")
        if ran.exit_code:
            raise CommandFailed([guest, command], ran.exit_code, output, "")
        return output


def boot(
    client: docker.DockerClient,
    *,
    name: str,
    labels: Mapping[str, str],
    memory: int = 128,
    cpus: int = 1,
    environment: Mapping[str, str] | None = None,
    **options: Any,
) -> VirtualMachine:
    """Start a machine and wait until it can be logged in to.

    Args:
        client: of the engine, which has the image.
        name: of its container.
        labels: that the container bears.
        memory: the guest's, in MB.
        cpus: how many the guest has.
        environment: more of the image's variables, such as VM_HOSTNAME.
        options: more for `docker run`, such as ports.

    Raises:
        CommandFailed: QEMU or the guest has ended; the message holds what the console said.
        WaitTimeout: the guest was not ready in time.
    """
    variables = {"VM_MEMORY": str(memory), "VM_CPUS": str(cpus), **(environment or {})}
    began = time.monotonic()
    container = client.containers.run(
        IMAGE, name=name, labels=dict(labels), environment=variables, detach=True, **options
    )
    wait_until_it_says(container, images.image(IMAGE).contract["vm"]["ready"], BOOT_TIMEOUT)
    return VirtualMachine(container, time.monotonic() - began)


def boot_rootfs(
    client: docker.DockerClient, rootfs: bytes, command: str, *, labels: Mapping[str, str]
) -> str:
    """Boot a root file system with the image's kernel, and run one line of a shell in it.

    Args:
        client: of the engine, which has the image.
        rootfs: a tar of it, such as `docker export` writes; it needs /bin/sh, and `poweroff`.
        command: the line; it is the first process of the machine.
        labels: that the container bears, which is removed in the end.

    Returns:
        What the machine's console said.

    Raises:
        docker.errors.APIError: the daemon refuses.
        requests.ReadTimeout: the machine was not done in time.
    """
    box = client.containers.create(IMAGE, ["vm-rootfs", command], labels=dict(labels))
    try:
        box.put_archive("/rootfs", rootfs)
        box.start()
        box.wait(timeout=BOOT_TIMEOUT)
        said: str = box.logs().decode(errors="replace").replace("\r\n", "\n")
        return said
    finally:
        with contextlib.suppress(docker.errors.NotFound):
            box.remove(force=True)


def file_of(client: docker.DockerClient, path: str, *, labels: Mapping[str, str]) -> bytes:
    """A file of the image, such as its kernel.

    Args:
        client: of the engine, which has the image.
        path: in the image ("/vm/vmlinuz").
        labels: of the container that is made for it, never started, and removed again.

    Raises:
        docker.errors.NotFound: there is no such file.
    """
    box = client.containers.create(IMAGE, labels=dict(labels))
    try:
        archive = io.BytesIO(b"".join(box.get_archive(path)[0]))
    finally:
        box.remove()
    with tarfile.open(fileobj=archive) as tar:
        content = tar.extractfile(tar.getmembers()[0])
        return content.read() if content else b""


def import_rootfs(client: docker.DockerClient, name: str, *, labels: Mapping[str, str]) -> Image:
    """Make an image of the guest's root file system, so that a container runs the same programs.

    Args:
        client: of the engine, which has the image `vm`.
        name: of the new image.
        labels: that it bears.
    """
    client.api.import_image_from_data(
        file_of(client, "/vm/rootfs.tar", labels=labels),
        repository=name,
        tag="latest",
        changes=[f"LABEL {key}={value}" for key, value in labels.items()],
    )
    return client.images.get(name)


def wait_until_it_says(container: Container, words: str, timeout: float) -> None:
    """Wait until the words stand in a container's log.

    Args:
        container: that has been started.
        words: as its log has them.
        timeout: seconds until we give up.

    Raises:
        CommandFailed: the container has ended without them; the message has its log's end.
        WaitTimeout: they did not come in time.
    """

    def said() -> bool:
        if words in container.logs(tail=50).decode(errors="replace"):
            return True
        container.reload()
        if container.status == "exited":
            log = container.logs(tail=15).decode(errors="replace")
            if words not in log:
                code = container.attrs["State"]["ExitCode"]
                raise CommandFailed([str(container.name)], code, log, "")
        return False

    wait_for(said, timeout=timeout, interval=LOOK_AGAIN, what=f"{container.name} to say {words!r}")
