"""A swarm's manager without a daemon: as much of its API as is read, kept in memory."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from fake_docker import refusal


class FakeManager:
    """As much of `docker.DockerClient` as reads a swarm.

    Attributes:
        told: nodes, services and tasks, as the API has them.
    """

    def __init__(self, *nodes: str) -> None:
        self.told: dict[str, list[dict[str, Any]]] = {
            "nodes": [node(name, leader=at == 0) for at, name in enumerate(nodes)],
            "services": [],
            "tasks": [],
        }
        self.api = SimpleNamespace(
            base_url="http+docker://localhost",
            nodes=lambda: self._ask("nodes"),
            services=lambda: self._ask("services"),
            tasks=lambda: self._ask("tasks"),
            inspect_service=self._inspect,
        )
        self.is_manager = True

    def add_service(self, name: str, image: str = "web:1", replicas: int | None = 1) -> None:
        """Let there be a service; a global one, where it has no number."""
        mode = {"Global": {}} if replicas is None else {"Replicated": {"Replicas": replicas}}
        spec = {"Name": name, "Mode": mode, "TaskTemplate": {"ContainerSpec": {"Image": image}}}
        self.told["services"].append({"ID": f"id-{name}", "Spec": spec})

    def add_task(self, service: str, node: str, state: str = "running", **more: Any) -> None:
        """Let there be a task; `more` are slot, desired, image, error."""
        status = {"State": state, "ContainerStatus": {"ContainerID": "c1"}}
        self.told["tasks"].append(
            {
                "ID": f"task-{len(self.told['tasks'])}",
                "ServiceID": f"id-{service}",
                "NodeID": f"id-{node}" if node else "",
                "Slot": more.get("slot", 1),
                "DesiredState": more.get("desired", "running"),
                "Status": status | ({"Err": more["error"]} if "error" in more else {}),
                "Spec": {"ContainerSpec": {"Image": more.get("image", "web:1")}},
            }
        )

    def _ask(self, what: str) -> list[dict[str, Any]]:
        if not self.is_manager:
            raise refusal(503, "This node is not a swarm manager.")
        return self.told[what]

    def _inspect(self, name: str) -> dict[str, Any]:
        for service in self._ask("services"):
            if service["Spec"]["Name"] == name:
                return service
        raise refusal(404)


def node(name: str, *, leader: bool = False, **changes: Any) -> dict[str, Any]:
    """A node, as the API tells of it; `changes` are state and availability."""
    return {
        "ID": f"id-{name}",
        "Description": {"Hostname": name},
        "Status": {"State": changes.get("state", "ready")},
        "Spec": {"Availability": changes.get("availability", "active")},
        **({"ManagerStatus": {"Leader": True}} if leader else {}),
    }
