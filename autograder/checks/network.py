"""Checks of a network, and of who is on it."""

from __future__ import annotations

from typing import Any

import docker

from autograder.checks import newcomer
from autograder.checks.faults import asks_the_daemon
from autograder.checks.inside import Ran
from autograder.checks.named import Named, missing
from autograder.checks.results import Result
from autograder.checks.words import say

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

    @asks_the_daemon
    def leads_to(
        self, url: str, *, text: str = "", timeout: float = 5, weight: float = 1.0
    ) -> Result:
        """Check that somebody who is new on it gets a page. A container is made to ask, and goes.

        Args:
            url: of the page, such as "http://web/".
            text: what it must contain, as words of its own.
            timeout: seconds; a server may still be starting.
            weight: share of the task's points.
        """
        network = self._inspect()
        ran = self._ask(url, text, timeout) if network else Ran(None, "")
        return self._result(
            f"leads a newcomer to {url}" + (f" with the text {text!r}" if text else ""),
            ran.code == 0 and say(ran.output, text),
            network,
            weight,
            expected=f"a page with the text {text!r}" if text else "a page",
            found=ran.output.strip() or f"nothing, exit code {ran.code}",
            hint=f"Try: docker run --rm --network {self.name} {newcomer.IMAGE} curl -sS {url}",
        )

    @asks_the_daemon
    def curl_ends_with(self, url: str) -> int | None:
        """How curl ends that asks for a page from a new container on it; this is no check.

        Args:
            url: of the page.

        Returns:
            curl's exit code: 0 for a page, 6 for no such name, 7 for a refusal, 28 for no answer;
            None where nobody can ask.
        """
        return self._ask(url, "", 0).code if self._inspect() else None

    def _ask(self, url: str, text: str, timeout: float) -> Ran:
        command = ["curl", "--silent", "--show-error", "--max-time", "3", url]
        return newcomer.look(self._client, self.name, command, text=text, timeout=timeout)

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
