"""Packet filter rules: which backend the embedded engine uses, and taking its rules out again.

A starting dockerd removes the chains called DOCKER that it finds. Two engines in one network
namespace therefore wipe each other's rules, unless they use different backends of iptables: the
kernel keeps the tables of `iptables-nft` and `iptables-legacy` apart and heeds both. The embedded
engine takes the one that the system's own Docker does not.
"""

from __future__ import annotations

import ipaddress
import shlex
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from dockerlab.commands import run
from dockerlab.errors import CommandFailed, EngineStartError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
BACKENDS = ("legacy", "nft")
FAMILIES = ("iptables", "ip6tables")
TABLES = ("filter", "nat", "raw", "mangle")


def choose_backend() -> str:
    """The backend for the embedded engine: "legacy" or "nft".

    Raises:
        EngineStartError: another engine's rules are in the only backend that works here.
    """
    used = "nft" if "nf_tables" in run(["iptables", "--version"], timeout=20) else "legacy"
    other = next(b for b in BACKENDS if b != used)
    if _works(other) and not _has_docker_chains(other):
        return other
    if not _has_docker_chains(used):
        return used
    raise EngineStartError(
        "Another Docker engine's packet filter rules are on this machine, and the course's own "
        "engine would wipe them. Start that engine and use it, or restart the machine."
    )


def link_backend(backend: str, folder: Path) -> None:
    """Make `folder` hold the iptables commands of `backend`, to be put first on PATH."""
    folder.mkdir(parents=True, exist_ok=True)
    for family in FAMILIES:
        for suffix in ("", "-save", "-restore"):
            link = folder / f"{family}{suffix}"
            link.unlink(missing_ok=True)
            link.symlink_to(shutil.which(f"{family}-{backend}{suffix}") or "/bin/false")


def remove_rules(backend: str, bridges: Mapping[str, Iterable[Network]]) -> None:
    """Take out the engine's rules and chains: Docker's chains, and what speaks of these bridges.

    Args:
        backend: the one that the engine used; nobody else's DOCKER chains are in it.
        bridges: the engine's bridge devices, and the address ranges of each.
    """
    networks = [network for ranges in bridges.values() for network in ranges]
    for family in FAMILIES:
        command = f"{family}-{backend}"
        for table in TABLES:
            try:
                rules = run([command, "-t", table, "-S"], timeout=20).splitlines()
            except CommandFailed:
                continue  # this kernel lacks the table, so nothing is in it
            chains = [r.split()[1] for r in rules if r.startswith("-N DOCKER")]
            for chain in chains:
                run([command, "-t", table, "-F", chain], timeout=20)
            for rule in rules:
                words = shlex.split(rule)
                if words[0] != "-A" or words[1] in chains:
                    continue
                if {*bridges, *chains}.intersection(words) or _is_within(words, networks):
                    run([command, "-t", table, "-D", *words[1:]], timeout=20)
            for chain in chains:
                run([command, "-t", table, "-X", chain], timeout=20)


def _is_within(words: list[str], networks: list[Network]) -> bool:
    """Whether a rule is for traffic that starts and ends in these networks.

    A published port has one, which names no device.
    """
    ends = [ipaddress.ip_network(words[i + 1]) for i, w in enumerate(words) if w in ("-s", "-d")]
    return len(ends) == 2 and all(
        any(end.version == n.version and end.subnet_of(n) for n in networks)  # type: ignore[arg-type]
        for end in ends
    )


def foreign_drop(backend: str) -> bool:
    """Whether the other backend drops what is forwarded, so that containers reach no network."""
    other = next(b for b in BACKENDS if b != backend)
    try:
        return "-P FORWARD DROP" in run([f"iptables-{other}", "-S", "FORWARD"], timeout=20)
    except CommandFailed:
        return False


def _works(backend: str) -> bool:
    """Whether the kernel has this backend's nat table."""
    try:
        run([f"iptables-{backend}", "-t", "nat", "-S"], timeout=20)
    except CommandFailed:
        return False
    return True


def _has_docker_chains(backend: str) -> bool:
    try:
        return "-N DOCKER" in run([f"iptables-{backend}", "-t", "nat", "-S"], timeout=20)
    except CommandFailed:
        return False
