"""What one asks a swarm's manager for."""

from __future__ import annotations

from collections.abc import Sequence

import docker

from dockerlab.swarm.nodes import Node
from dockerlab.swarm.reading import look


def scale(manager: docker.DockerClient, service: str, replicas: int) -> None:
    """Ask for so many tasks of a replicated service, as `docker service scale` does."""
    manager.services.get(service).scale(replicas)


def update(manager: docker.DockerClient, service: str, image: str) -> None:
    """Ask for another image, as `docker service update --image` does; all else stays."""
    manager.services.get(service).update(image=image, fetch_current_spec=True)


def set_availability(manager: docker.DockerClient, node: str, availability: str) -> None:
    """Say what a node may be given, as `docker node update --availability` does.

    Args:
        manager: a client of one.
        node: its host name.
        availability: "active", "pause" (nothing new), or "drain" (nothing at all).

    Raises:
        StopIteration: there is no such node.
    """
    found = next(
        each for each in manager.nodes.list() if each.attrs["Description"]["Hostname"] == node
    )
    found.update({**found.attrs["Spec"], "Availability": availability})


def kill_task(manager: docker.DockerClient, nodes: Sequence[Node], service: str) -> str:
    """Kill the container of a service's first running task, on its own node.

    Returns:
        The task's name, and its node's: "web.1 on node-2"; nothing where none runs.

    Raises:
        docker.errors.APIError: the node's engine refuses.
    """
    clients = {node.name: node.client for node in nodes}
    for task in look(manager).of(service):
        if task.runs and task.container and task.node in clients:
            clients[task.node].api.kill(task.container)
            return f"{task.name} on {task.node}"
    return ""
