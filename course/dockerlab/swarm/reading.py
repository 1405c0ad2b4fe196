"""What a manager says of its swarm: nodes, services and tasks. Nothing is changed here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import docker

from dockerlab.wait import wait_for

RUNNING = "running"
ENDED = frozenset({"complete", "shutdown", "failed", "rejected", "remove", "orphaned"})
LOOK_AGAIN = 0.3  # seconds
TIMEOUT = 60  # seconds


@dataclass(frozen=True)
class Computer:
    """A node, by the manager's word.

    Attributes:
        id: that the swarm gives it.
        name: its host name.
        state: "ready", "down" or "unknown".
        availability: "active", "pause" or "drain".
        role: "leader", "manager" or "worker".
    """

    id: str
    name: str
    state: str
    availability: str
    role: str


@dataclass(frozen=True)
class Task:
    """One place in a service, and what became of it.

    Attributes:
        id: that the swarm gives it.
        service: the service's name.
        slot: its number in a replicated service; 0 in a global one.
        node: the name of the computer that it was given to; empty for none yet.
        state: its own ("running", "failed").
        desired: what the swarm wants of it ("running", "shutdown").
        image: without the digest.
        error: why it has failed, or cannot be placed; empty for no trouble.
        container: the id of its container on that node; empty for none.
    """

    id: str
    service: str
    slot: int
    node: str
    state: str
    desired: str
    image: str
    error: str = ""
    container: str = ""

    @property
    def name(self) -> str:
        """As `docker service ps` writes it: "web.2", and for a global service "door"."""
        return f"{self.service}.{self.slot}" if self.slot else self.service

    @property
    def is_wanted(self) -> bool:
        """Whether the swarm wants it to run, or to be ready to."""
        return self.desired in (RUNNING, "ready")

    @property
    def runs(self) -> bool:
        """Whether it runs, and is to."""
        return self.is_wanted and self.state == RUNNING


@dataclass(frozen=True)
class Service:
    """What the swarm is to keep up.

    Attributes:
        name: the service's.
        replicas: how many tasks it is to have; None for a global one, with one on each node.
        image: that its tasks are to run, without the digest.
        update: how far its last update has come ("updating", "completed", "rollback_completed");
            empty where there was none.
    """

    name: str
    replicas: int | None
    image: str
    update: str = ""


@dataclass(frozen=True)
class Snapshot:
    """A swarm at one moment.

    Attributes:
        computers: by name.
        services: by name.
        tasks: by service, slot and node; those that have ended, too.
    """

    computers: tuple[Computer, ...]
    services: tuple[Service, ...]
    tasks: tuple[Task, ...]

    def service(self, name: str) -> Service | None:
        """The service of this name, if there is one."""
        return next((service for service in self.services if service.name == name), None)

    def of(self, service: str) -> list[Task]:
        """The tasks of a service that the swarm wants."""
        return [task for task in self.tasks if task.service == service and task.is_wanted]

    def placed(self, service: str) -> dict[str, int]:
        """How many tasks of a service run on each node; all nodes are named."""
        running = Counter(task.node for task in self.of(service) if task.runs)
        return {computer.name: running[computer.name] for computer in self.computers}


def look(manager: docker.DockerClient) -> Snapshot:
    """Ask a manager for all there is.

    Raises:
        docker.errors.APIError: it is no manager, or has no leader.
    """
    nodes = manager.api.nodes()
    told = manager.api.services()
    services = {each["ID"]: str(each["Spec"]["Name"]) for each in told}
    names = {each["ID"]: str(each["Description"]["Hostname"]) for each in nodes}
    tasks = [
        _task(each, services[each["ServiceID"]], names)
        for each in manager.api.tasks()
        if each.get("ServiceID") in services  # another may just have been removed
    ]
    return Snapshot(
        tuple(sorted(map(_computer, nodes), key=lambda computer: computer.name)),
        tuple(sorted(map(_service, told), key=lambda service: service.name)),
        tuple(sorted(tasks, key=lambda task: (task.service, task.slot, task.node, task.id))),
    )


def settle(
    manager: docker.DockerClient,
    service: str,
    running: int,
    *,
    where: Callable[[Snapshot], bool] = lambda seen: True,
    changed: Callable[[Snapshot], None] = lambda seen: None,
    timeout: float = TIMEOUT,
) -> Snapshot:
    """Wait until just so many tasks of a service run, and no other one is wanted or still ends.

    Args:
        manager: a client of one.
        service: its name.
        running: how many are to run.
        where: what else must be so.
        changed: told each time the placement has changed, and at the first look.
        timeout: seconds until we give up.

    Raises:
        WaitTimeout: it did not come so far.
    """
    before: dict[str, int] | None = None

    def settled() -> Snapshot | None:
        nonlocal before
        seen = look(manager)
        if (placed := seen.placed(service)) != before:
            before = placed
            changed(seen)
        wanted = seen.of(service)
        alive = [computer.name for computer in seen.computers if computer.state == "ready"]
        ending = [
            task
            for task in seen.tasks
            if task.service == service
            and not task.is_wanted
            and task.state not in ENDED
            and task.node in alive
        ]
        done = len(wanted) == running and all(task.runs for task in wanted) and not ending
        return seen if done and where(seen) else None

    return wait_for(
        settled,
        timeout=timeout,
        interval=LOOK_AGAIN,
        what=f"{running} running tasks of {service}",
    )


def placement(seen: Snapshot, service: str) -> str:
    """A line that says where a service's tasks run: "node-1 ■■  node-2 ■  node-3 -"."""
    placed = seen.placed(service)
    return "   ".join(f"{name} {'■' * count or '-':<5}" for name, count in placed.items()).rstrip()


def _computer(told: dict[str, Any]) -> Computer:
    manager = told.get("ManagerStatus")
    role = "worker" if not manager else "leader" if manager.get("Leader") else "manager"
    return Computer(
        told["ID"],
        told["Description"]["Hostname"],
        told["Status"]["State"],
        told["Spec"]["Availability"],
        role,
    )


def _service(told: dict[str, Any]) -> Service:
    spec = told["Spec"]
    return Service(
        spec["Name"],
        spec["Mode"].get("Replicated", {}).get("Replicas"),
        spec["TaskTemplate"]["ContainerSpec"]["Image"].partition("@")[0],
        (told.get("UpdateStatus") or {}).get("State", ""),
    )


def _task(told: dict[str, Any], service: str, nodes: dict[str, str]) -> Task:
    status = told["Status"]
    return Task(
        told["ID"],
        service,
        told.get("Slot", 0),
        nodes.get(told.get("NodeID", ""), ""),
        status["State"],
        told["DesiredState"],
        told["Spec"]["ContainerSpec"]["Image"].partition("@")[0],
        status.get("Err", ""),
        (status.get("ContainerStatus") or {}).get("ContainerID", ""),
    )
