"""The network of the daemon's machine, seen from a container that shares it.

So it works alike on this machine, in Docker Desktop's virtual one, and far away.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import docker

from dockerlab.errors import CommandFailed

IMAGE = "nettools"
NAME = "lesson-host"
TIMEOUT = 20  # seconds that one command may take
CAPABILITIES = ("NET_ADMIN", "NET_RAW", "SYS_ADMIN", "SYS_PTRACE")
"""To change links and read rules, to ping, and to enter a container's network (the last two)."""

# Each network's interfaces as a line of JSON, after its number; none for a process that has ended.
LOOK = """
echo 0 "$(ip -json -details address)"
for process in "$@"; do
    echo "$process" "$(nsenter --target "$process" --net ip -json -details address 2>/dev/null)"
done
"""
BACKENDS = ("legacy", "nft")  # iptables keeps the rules of the two apart, and the kernel heeds both


@dataclass(frozen=True)
class Interface:
    """A network interface, as the kernel tells of it.

    Attributes:
        index: its number, by which the kernel knows it.
        name: "eth0", "veth1a2b3c4", "docker0".
        kind: "veth", "bridge", "macvlan"; empty for a machine's hardware.
        peer: the index of the other end of a veth pair, or of a macvlan's parent; 0 for none.
        bridge: the name of the bridge that it is a port of; empty where it is of none.
        mac: its hardware address.
        addresses: its IPv4 addresses, with the length of their prefix.
    """

    index: int
    name: str
    kind: str = ""
    peer: int = 0
    bridge: str = ""
    mac: str = ""
    addresses: tuple[str, ...] = ()


class HostNetwork:
    """A container in the network of the daemon's machine, and what it sees there.

    It has that network and its process numbers, and four privileges; none of the machine's files.

    Args:
        client: of the engine.
        labels: for the container.
        name: the container's.

    Raises:
        docker.errors.APIError: the engine allows no such container.
    """

    def __init__(
        self, client: docker.DockerClient, labels: Mapping[str, str], *, name: str = NAME
    ) -> None:
        self._client = client
        self.name = name
        client.containers.run(
            IMAGE,
            name=name,
            network_mode="host",
            pid_mode="host",
            userns_mode="host",  # an engine that maps users would refuse the two above
            cap_drop=["ALL"],
            cap_add=list(CAPABILITIES),
            security_opt=["apparmor=unconfined", "label=disable"],
            init=True,
            labels=dict(labels),
            detach=True,
        )

    def __call__(self, *command: str) -> str:
        """What a command prints that is run there.

        Args:
            command: the program and its arguments.

        Raises:
            CommandFailed: it ended with an error, or took longer than 20 s.
            docker.errors.APIError: the container is gone, or the daemon has trouble.
        """
        limited = ["timeout", str(TIMEOUT), *command]
        ran: Any = self._client.containers.get(self.name).exec_run(limited, demux=True)
        out, said = ((part or b"").decode(errors="replace") for part in ran.output)
        if ran.exit_code != 0:
            raise CommandFailed(command, ran.exit_code, out, said)
        return out.strip()

    def interfaces(self, processes: Iterable[int] = ()) -> dict[int, list[Interface]]:
        """The interfaces of the machine, and of the networks that processes are in.

        Args:
            processes: their ids on the machine.

        Returns:
            Lists by process id, the machine's own by 0. A process that has ended is not in it.

        Raises:
            CommandFailed: the machine's cannot be read.
        """
        told = self("sh", "-c", LOOK, "sh", *map(str, processes))
        found = {}
        for line in told.splitlines():
            process, _, listing = line.partition(" ")
            with contextlib.suppress(ValueError):  # it has ended
                found[int(process)] = parse_interfaces(listing)
        return found

    def nat_rules(self) -> list[str]:
        """The address translation rules of the machine, as `iptables-save` writes them.

        Raises:
            CommandFailed: they cannot be read.
        """
        rules: list[str] = []
        failures = []
        for backend in BACKENDS:
            try:
                saved = self(f"iptables-{backend}-save", "--table", "nat")
            except CommandFailed as failure:  # this kernel has only the other one
                failures.append(failure)
                continue
            rules += [line for line in saved.splitlines() if line.startswith("-A ")]
        if len(failures) == len(BACKENDS):
            raise failures[0]
        return rules


def parse_interfaces(listing: str) -> list[Interface]:
    """What `ip -json -details address` has told.

    Args:
        listing: its output.

    Raises:
        ValueError: it is not its output.
    """
    told = [each for each in json.loads(listing) if each]
    indexes = {each["ifname"]: each["ifindex"] for each in told}
    return [
        Interface(
            index=each["ifindex"],
            name=each["ifname"],
            kind=each.get("linkinfo", {}).get("info_kind", ""),
            # By number where the other one is in another network, else by name.
            peer=each.get("link_index") or indexes.get(each.get("link", ""), 0),
            bridge=each.get("master", ""),
            mac=each.get("address", ""),
            addresses=tuple(
                f"{one['local']}/{one['prefixlen']}"
                for one in each.get("addr_info", [])
                if one.get("family") == "inet"
            ),
        )
        for each in told
    ]


def other_end(interface: Interface, candidates: Iterable[Interface]) -> Interface | None:
    """The other end of a veth pair: each of the two names the other's index.

    Args:
        interface: one end.
        candidates: among which the other one is looked for.
    """
    for candidate in candidates:
        if candidate.kind == "veth" and (candidate.index, candidate.peer) == (
            interface.peer,
            interface.index,
        ):
            return candidate
    return None
