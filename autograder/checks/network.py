"""Checks of a network, and of who is on it."""

from __future__ import annotations

from typing import Any

import docker

from autograder.checks.faults import asks_the_daemon
from autograder.checks.named import Named, missing
from autograder.checks.results import Result

NETWORKS = "See what there is: docker network ls"


class Network(Named):
    """What can be said of a network; `Task.network` makes one.

    Args:
        task: collects the results.
        name: the network's.
    """

    @asks_the_daemon
    def exists(self, *, driver: str = "", weight: float = 1.0) -> Result:
        """Check that there is such a network.

        Args:
            driver: that it must have; any, where empty.
            weight: share of the task's points.
        """
        network = self._inspect()
        passed = network is not None and driver in ("", network["Driver"])
        return self._result(
            f"exists{f' and is of the driver {driver}' if driver else ''}",
            passed,
            network,
            weight,
            expected=f"a network called {self.name}{f', driver {driver}' if driver else ''}",
            found=f"its driver is {network['Driver']}" if network else "",
            hint="A driver is chosen when a network is made: docker network create --driver …",
        )

    @asks_the_daemon
    def has_addresses(
        self, subnet: str, *, gateway: str = "", ip_range: str = "", weight: float = 1.0
    ) -> Result:
        """Check which addresses it gives.

        Args:
            subnet: such as "192.0.2.0/24".
            gateway: its gateway's address; any, where empty.
            ip_range: the part of the subnet that containers get theirs from; any, where empty.
            weight: share of the task's points.
        """
        network = self._inspect()
        pools: list[dict[str, str]] = (network["IPAM"]["Config"] or []) if network else []
        wanted = {"Subnet": subnet, "Gateway": gateway, "IPRange": ip_range}
        wanted = {key: value for key, value in wanted.items() if value}
        return self._result(
            f"gives addresses of {subnet}",
            any(wanted.items() <= pool.items() for pool in pools),
            network,
            weight,
            expected=_shown(wanted),
            found="; ".join(_shown(pool) for pool in pools) or "no addresses at all",
            hint="Addresses are chosen when a network is made: docker network create --subnet …",
        )

    @asks_the_daemon
    def is_internal(self, *, weight: float = 1.0) -> Result:
        """Check that nothing leads out of it.

        Args:
            weight: share of the task's points.
        """
        network = self._inspect()
        return self._result(
            "has no way out",
            network is not None and network["Internal"],
            network,
            weight,
            expected="an internal network",
            found="traffic may leave it",
            hint="docker network create --internal …",
        )

    @asks_the_daemon
    def connects(self, container: str, *, only: bool = False, weight: float = 1.0) -> Result:
        """Check that a running container is on it.

        Args:
            container: its name.
            only: whether it may be on no other network.
            weight: share of the task's points.
        """
        network = self._inspect()
        joined, running = self._networks_of(container)
        others = joined - {self.name}
        passed = running and self.name in joined and not (only and others)
        advice = f"docker network connect {self.name} {container}"
        if only and self.name in joined and others:
            advice = f"docker network disconnect {sorted(others)[0]} {container}"
        found = f"it is on {', '.join(sorted(joined)) or 'no network'}"
        if not running:
            found, advice = f"no container {container!r} runs", "See all containers: docker ps -a"
        return self._result(
            f"connects the container {container!r}{' alone' if only else ''}",
            passed,
            network,
            weight,
            expected=f"{container} on {self.name}{' and on no other network' if only else ''}",
            found=found,
            hint=advice,
        )

    def _inspect(self) -> dict[str, Any] | None:
        # By its name as a whole: the daemon also takes the beginning of another network's id.
        for listed in self._client.api.networks(names=[self.name]):
            if listed["Name"] == self.name:
                network: dict[str, Any] = listed
                return network
        return None

    def _networks_of(self, container: str) -> tuple[set[str], bool]:
        try:
            box = self._client.api.inspect_container(container)
        except docker.errors.NotFound:
            return set(), False
        named = box["Name"] == f"/{container}"
        return set(box["NetworkSettings"]["Networks"]), named and box["State"]["Running"]

    def _result(
        self,
        name: str,
        passed: object,
        network: dict[str, Any] | None,
        weight: float,
        *,
        expected: str,
        found: str,
        hint: str,
    ) -> Result:
        """Note a result. Where there is no such network, that is what is told first."""
        if network is None:
            names = [each["Name"] for each in self._client.api.networks()]
            found, hint = missing("network", self.name, names), NETWORKS
        return self._task.check(
            f"network {self.name!r} {name}",
            passed,
            expected=expected,
            found="" if passed else found,
            hint="" if passed else hint,
            weight=weight,
        )


def _shown(pool: dict[str, str]) -> str:
    """A range of addresses as the options that make it."""
    options = {"Subnet": "--subnet", "IPRange": "--ip-range", "Gateway": "--gateway"}
    return " ".join(f"{options[key]} {pool[key]}" for key in options if pool.get(key))
