"""Computers of a swarm, each a container with an engine in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import docker
import requests
from docker.models.containers import Container
from docker.types import Mount

from dockerlab.errors import LessonNotReady
from dockerlab.swarm.line import client_inside
from dockerlab.wait import wait_for

IMAGE = "swarm-node"
DATA = "/var/lib/docker"
START_TIMEOUT = 60  # seconds
LOG_LINES = 8  # of an engine that did not come up
PRIVILEGES = ("SYS_ADMIN", "NET_ADMIN")
"""Capabilities that an engine needs on top of a container's own: to mount, and to make networks."""
OPENED = ("seccomp=unconfined", "apparmor=unconfined", "label=disable")
SILENCE = (docker.errors.DockerException, requests.RequestException)

T = TypeVar("T")


@dataclass(frozen=True)
class Node:
    """A computer with an engine of its own.

    Attributes:
        name: by which the other nodes know it; its host name.
        container: that it is.
        client: of its engine.
    """

    name: str
    container: Container
    client: docker.DockerClient

    def answers(self) -> bool:
        """Whether its engine does."""
        try:
            return bool(self.client.ping())
        except SILENCE:
            return False

    def wait(self) -> None:
        """Wait until its engine answers.

        Raises:
            LessonNotReady: it has ended; the message has its last words.
            WaitTimeout: it did not in time.
        """

        def settled() -> bool:
            if self.answers():
                return True
            self.container.reload()
            if self.container.status == "exited":
                said = self.container.logs(tail=LOG_LINES).decode(errors="replace")
                raise LessonNotReady(
                    "This engine lets no other engine run in one of its containers, as it may be "
                    f"rootless. The last words of {self.name}:\n{said}"
                )
            return False

        wait_for(settled, timeout=START_TIMEOUT, what=f"the engine of {self.name}")

    def kill(self) -> None:
        """End it as a power cut would."""
        self.container.kill()

    def start(self) -> None:
        """Start it again after its end, and wait until its engine answers."""
        self.container.start()
        self.wait()

    def close(self) -> None:
        """Give up the connections to its engine."""
        self.client.close()


def start(
    client: docker.DockerClient,
    names: Sequence[str],
    *,
    network: str,
    labels: Mapping[str, str],
    ports: Mapping[str, Mapping[int, int]] | None = None,
    prefix: str = "lesson-",
) -> list[Node]:
    """Start computers side by side, in one network, and wait for their engines.

    Args:
        client: of the engine that is to run them; it has the image.
        names: of the computers; each container has the prefix before it.
        network: the name of the network that is made for them.
        labels: that all bears: containers, volumes, network.
        ports: by name, the ports of a computer, and this machine's that lead there.
        prefix: of the containers' and volumes' names.

    Raises:
        docker.errors.APIError: the engine refuses to make one.
        LessonNotReady: an engine did not come up; the message has its last words.
        WaitTimeout: one did not in time.
    """
    client.networks.create(network, labels=dict(labels))

    def begin(name: str) -> Node:
        container = _make(
            client, name, prefix + name, network, dict(labels), dict((ports or {}).get(name, {}))
        )
        container.start()
        node = Node(name, container, client_inside(client, str(container.name)))
        node.wait()
        return node

    return each(begin, names)


def give(client: docker.DockerClient, nodes: Iterable[Node], images: Sequence[str]) -> None:
    """Copy images of an engine into the nodes' engines, as `docker save | docker load` does.

    Args:
        client: of the engine that has them.
        nodes: that are to have them.
        images: their names.
    """
    saved = [b"".join(client.images.get(image).save(named=True)) for image in images]

    def load(node: Node) -> None:
        for image in saved:
            node.client.images.load(image)

    each(load, list(nodes))


def each(do: Callable[..., T], things: Sequence[object]) -> list[T]:
    """Do something to several things at once; the first failure is raised once all have ended."""
    with ThreadPoolExecutor(max_workers=max(len(things), 1)) as pool:
        return list(pool.map(do, things))


def _make(
    client: docker.DockerClient,
    name: str,
    container: str,
    network: str,
    labels: dict[str, str],
    ports: Mapping[int, int],
) -> Container:
    settings = client.api.create_host_config(
        cap_add=list(PRIVILEGES),
        security_opt=list(OPENED),
        mounts=[Mount(DATA, container, type="volume", labels=labels)],
        port_bindings={inner: ("127.0.0.1", outer) for inner, outer in ports.items()},
        network_mode=network,
    )
    # What `--security-opt systempaths=unconfined` stands for: the engine turns the kernel's knobs.
    settings |= {"MaskedPaths": [], "ReadonlyPaths": []}
    ways: Any = {network: client.api.create_endpoint_config(aliases=[name])}
    made = client.api.create_container(
        IMAGE,
        name=container,
        hostname=name,
        labels=labels,
        ports=list(ports),
        host_config=settings,
        networking_config=client.api.create_networking_config(ways),
    )
    return client.containers.get(made["Id"])
