"""The container that a sandbox is, as the learner's own engine runs it."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

import docker

from autograder.sandbox import seccomp
from autograder.sandbox.errors import SandboxFault
from autograder.sandbox.limits import MB, Limits
from autograder.sandbox.peer import started
from autograder.sandbox.store import Store
from dockerlab.images import mirror

LABEL = "dockerlab.sandbox"
CGROUPS = Path("/sys/fs/cgroup")
RESERVED = 400  # MB and processes for the sandbox's own engine, beside the student's


@dataclass
class OuterContainer:
    """A running container, and what keeps it alive.

    Attributes:
        client: of the engine that runs it.
        id: its id.
        tie: its standard input: when that closes, however it comes to that, the container ends.
    """

    client: docker.DockerClient
    id: str
    tie: socket.socket

    def groups(self, name: str) -> list[Path]:
        """The files that list the processes of one of its groups, as this machine sees them.

        Args:
            name: "kernel" or "containers".

        Raises:
            SandboxFault: the container has ended.
        """
        pid = self.client.api.inspect_container(self.id)["State"]["Pid"]
        try:
            lines = Path(f"/proc/{pid}/cgroup").read_text().splitlines()
        except OSError as error:
            raise SandboxFault(f"The sandbox ended at once: {self.last_words()}") from error
        found = []
        for line in lines:
            _, controllers, path = line.split(":", 2)
            hierarchy = controllers.removeprefix("name=")
            # In version 2 the container's own processes have moved to a sub-group.
            own = CGROUPS / hierarchy / path.removesuffix("/main").lstrip("/")
            found.append(own / name / "cgroup.procs")
        return found

    def is_running(self) -> bool:
        """Whether it still runs."""
        try:
            return bool(self.client.api.inspect_container(self.id)["State"]["Running"])
        except docker.errors.NotFound:
            return False

    def last_words(self) -> str:
        """The end of its log."""
        with contextlib.suppress(docker.errors.DockerException):
            log: bytes = self.client.api.logs(self.id, tail=5)
            return " ".join(log.decode(errors="replace").split())
        return "it has left no log"

    def remove(self) -> None:
        """End it, and all that runs in it."""
        with contextlib.suppress(docker.errors.NotFound):
            self.client.api.remove_container(self.id, force=True, v=True)
        below = getattr(self.tie, "_sock", self.tie)  # docker-py may give a file upon the socket
        self.tie.close()
        below.close()


def start(
    client: docker.DockerClient, image: str, name: str, disk: Path, limits: Limits
) -> OuterContainer:
    """Start a sandbox's container: no rights, no network, no file of this machine but its disk.

    Args:
        client: of the engine that runs it.
        image: the sandboxes' image.
        name: the sandbox's.
        disk: its disk, with the folders docker, home and shared.
        limits: what it may use.

    Raises:
        SandboxFault: the engine does not start it.
    """
    binds = [
        "/sys:/sys",
        "/sys/fs/cgroup:/sys/fs/cgroup",
        f"{disk}/docker:/var/lib/docker",
        f"{disk}/home:/home/student",
        f"{disk}/shared:/shared",
        f"{mirror.storage()}:/mirror:ro",
    ]
    memory = limits.memory * MB
    settings = client.api.create_host_config(
        auto_remove=True,
        binds=binds,
        cgroupns="host",
        cpu_period=100_000,
        cpu_quota=int(limits.cpus * 100_000),
        mem_limit=memory + RESERVED * MB,
        memswap_limit=memory + RESERVED * MB,
        network_mode="none",
        pids_limit=2 * limits.processes + RESERVED,
        read_only=True,
        # What a user namespace needs, and no capability beside the default ones: the student's
        # processes have none of them outside their namespace.
        security_opt=[f"seccomp={seccomp.profile()}", "apparmor=unconfined"],
        tmpfs={"/tmp": "size=64m,mode=1777", "/run": "size=16m"},  # noqa: S108 - of the container
    )
    settings |= {"MaskedPaths": [], "ReadonlyPaths": []}  # likewise: to mount a /proc of its own
    made = client.api.create_container(
        image,
        name=f"docker-live-sandbox-{name}",
        environment={"MEMORY": str(memory), "PROCESSES": str(limits.processes)},
        host_config=settings,
        labels={LABEL: name},
        stdin_open=True,
    )["Id"]
    try:
        tie = client.api.attach_socket(made, params={"stdin": 1, "stream": 1})
        client.api.start(made)
    except (docker.errors.DockerException, OSError) as error:
        with contextlib.suppress(docker.errors.DockerException):
            client.api.remove_container(made, force=True)
        raise SandboxFault(f"The engine does not start a sandbox: {error}") from error
    return OuterContainer(client, made, tie)


def new_name() -> str:
    """A name for a sandbox, which tells whose it is: this process's."""
    return f"{os.getpid()}-{started(os.getpid())}-{secrets.token_hex(3)}"


def is_left_behind(name: str) -> bool:
    """Whether the process that made a sandbox has ended.

    Args:
        name: the sandbox's.
    """
    pid, start, _ = name.split("-")
    return started(int(pid)) != int(start)


def sweep(client: docker.DockerClient, store: Store) -> list[str]:
    """Remove what is left of sandboxes whose makers have ended without leaving them.

    Args:
        client: of the engine that runs sandboxes.
        store: with their disks, opened.

    Returns:
        The names of the sandboxes.
    """
    boxes = client.api.containers(all=True, filters={"label": LABEL})
    containers = {box["Labels"][LABEL]: box["Id"] for box in boxes}
    left = sorted(filter(is_left_behind, containers.keys() | set(store.names())))
    for name in left:
        if name in containers:
            with contextlib.suppress(docker.errors.NotFound):
                client.api.remove_container(containers[name], force=True, v=True)
        store.delete(name)
    return left
