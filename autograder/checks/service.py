"""Checks of a swarm's services and nodes; the daemon that is asked is a manager's."""

from __future__ import annotations

from typing import Any

import docker

from autograder.checks.faults import asks_the_daemon
from autograder.checks.named import Named, missing
from autograder.checks.results import Result
from dockerlab.errors import WaitTimeout
from dockerlab.swarm.reading import Computer, Snapshot, Task, look
from dockerlab.wait import wait_for

SERVICES = "See what there is: docker service ls"
LOOK_AGAIN = 0.5  # seconds
NO_MANAGER = 503  # the status by which a daemon says that it cannot speak for a swarm


class Service(Named):
    """What can be said of a service; `Task.service` makes one.

    Args:
        task: collects the results.
        name: the service's.
    """

    @asks_the_daemon
    def is_replicated(self, replicas: int, *, weight: float = 1.0) -> Result:
        """Check that it is to have so many tasks.

        Args:
            replicas: how many.
            weight: share of the task's points.
        """
        found, missing = self._inspect()
        mode = (found or {}).get("Spec", {}).get("Mode", {})
        wanted = mode.get("Replicated", {}).get("Replicas")
        told = f"{wanted} replicas" if wanted is not None else "a global service"
        return self._task.check(
            f"service {self.name!r} is to have {replicas} tasks",
            wanted == replicas,
            expected=f"{replicas} replicas",
            found=missing or told,
            hint=SERVICES if missing else f"docker service scale {self.name}={replicas}",
            weight=weight,
        )

    @asks_the_daemon
    def has_running(
        self, tasks: int, *, image: str = "", timeout: float = 15, weight: float = 1.0
    ) -> Result:
        """Check that so many of its tasks run, and no other one is wanted.

        Args:
            tasks: how many.
            image: that all of them must run, with its tag; any, where empty.
            timeout: seconds that they may take to start.
            weight: share of the task's points.
        """
        wanted: list[Task] = []

        def settled() -> bool:
            nonlocal wanted
            wanted = look(self._client).of(self.name)
            running = [task for task in wanted if task.runs and image in ("", task.image)]
            return len(running) == len(wanted) == tasks

        passed, missing = False, self._inspect()[1]
        if not missing:
            try:
                passed = wait_for(settled, timeout=timeout, interval=LOOK_AGAIN)
            except WaitTimeout:
                passed = False
        of = f" of {image}" if image else ""
        return self._task.check(
            f"service {self.name!r} has {tasks} running tasks{of}",
            passed,
            expected=f"{tasks} running{of}",
            found=missing or _told(wanted),
            hint=SERVICES if missing else f"See its tasks: docker service ps {self.name}",
            weight=weight,
        )

    @asks_the_daemon
    def was_updated(self, before: str, after: str, *, weight: float = 1.0) -> Result:
        """Check that its last update replaced one image by another; a service made anew has none.

        Args:
            before: the image that it had, with its tag.
            after: the image that it has now.
            weight: share of the task's points.
        """
        found, missing = self._inspect()
        images = [_image(found or {}, spec) for spec in ("PreviousSpec", "Spec")]
        told = " → ".join(images) if images[0] else f"{images[1]}, without an update"
        return self._task.check(
            f"service {self.name!r} was updated from {before} to {after}",
            images == [before, after],
            expected=f"{before} → {after}",
            found=missing or told,
            hint=SERVICES if missing else f"docker service update --image {after} {self.name}",
            weight=weight,
        )

    def _inspect(self) -> tuple[dict[str, Any] | None, str]:
        """What the manager knows of it, and what is told where there is no such service."""
        try:
            return self._client.api.inspect_service(self.name), ""
        except docker.errors.NotFound:
            names = [each["Spec"]["Name"] for each in self._client.api.services()]
            return None, missing("service", self.name, names)
        except docker.errors.APIError as error:
            if error.status_code != NO_MANAGER:
                raise
            return None, "this engine is no manager of a swarm"


class SwarmNode(Named):
    """What can be said of a node; `Task.node` makes one.

    Args:
        task: collects the results.
        name: the node's host name.
    """

    @asks_the_daemon
    def is_drained(self, *, timeout: float = 15, weight: float = 1.0) -> Result:
        """Check that it may be given nothing, and that none of its tasks is left.

        Args:
            timeout: seconds that the tasks may take to go.
            weight: share of the task's points.
        """
        seen = look(self._client)

        def settled() -> bool:
            nonlocal seen
            seen = look(self._client)
            return not self._left(seen)

        passed = (found := self._find(seen)) is not None and found.availability == "drain"
        if passed:
            try:
                wait_for(settled, timeout=timeout, interval=LOOK_AGAIN)
            except WaitTimeout:
                passed = False
        told = f"its availability is {found.availability}" if found else f"no node {self.name!r}"
        left = found and found.availability == "drain" and self._left(seen)
        return self._task.check(
            f"node {self.name!r} is drained",
            passed,
            expected="availability drain, and no task",
            found=f"{told}, but {_told(left)} left" if left else told,
            hint=f"docker node update --availability drain {self.name}"
            if found
            else "See the nodes: docker node ls",
            weight=weight,
        )

    def _find(self, seen: Snapshot) -> Computer | None:
        return next((each for each in seen.computers if each.name == self.name), None)

    def _left(self, seen: Snapshot) -> list[Task]:
        return [task for task in seen.tasks if task.node == self.name and task.runs]


def _image(found: dict[str, Any], spec: str) -> str:
    template = found.get(spec, {}).get("TaskTemplate", {})
    return str(template.get("ContainerSpec", {}).get("Image", "")).partition("@")[0]


def _told(tasks: list[Task]) -> str:
    """What the tasks do: "3 running of lesson-web:1, 1 starting of lesson-web:2"."""
    kinds = [f"{task.state} of {task.image}" for task in tasks]
    counted = [f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds)]
    return ", ".join(counted) or "no tasks"
