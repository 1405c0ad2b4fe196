"""What a machine looks like, so that two looks can be compared: nothing of a sandbox may stay."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import docker
import inventory
from inventory import Inventory

from autograder.sandbox.store import Store
from dockerlab import paths

CGROUPS = Path("/sys/fs/cgroup")
SAMPLE = 400  # files of the golden disk that are looked at
SETTLES = 10  # seconds after which a process that is there still is one that stays
GRADERS = b"HOSTILE_SECRET"  # in the environment of what the grader starts


@dataclass(frozen=True)
class Host:
    """A look at the machine.

    Attributes:
        processes: those of the engine, its containers and the grader that stay, by pid and name.
        mounts: mount points and what is mounted there, of the course's folder and by loop devices.
        links: network interfaces with their addresses.
        rules: of the packet filter.
        groups: control groups of containers of the engine.
        engine: what the outer engine holds.
        disks: of sandboxes, in the store.
        golden: a digest of a sample of the golden disk's files.
        settings: of the kernel that a student may have tried to change.
    """

    processes: frozenset[str]
    mounts: tuple[str, ...]
    links: str
    rules: str
    groups: frozenset[str]
    engine: Inventory
    disks: tuple[str, ...]
    golden: str
    settings: tuple[str, ...]


def look(client: docker.DockerClient, containers: frozenset[str] = frozenset()) -> Host:
    """Look at the machine.

    Args:
        client: of the outer engine.
        containers: ids of containers that have been, whose control groups are looked for.
    """
    with Store(paths.home()).opened() as store:
        disks, golden = tuple(store.names()), _digest(store.mount)
    return Host(
        processes=_processes(),
        mounts=tuple(sorted(_mounts())),
        links=_links(),
        rules=_rules(),
        groups=frozenset(_groups(containers)),
        engine=inventory.take(client),
        disks=disks,
        golden=golden,
        settings=tuple(_settings()),
    )


def _processes() -> frozenset[str]:
    """Those of two looks: a health check, or a container that is just ending, is in one of them."""
    first = frozenset(_running())
    time.sleep(SETTLES)
    return first & frozenset(_running())


def _running() -> Iterator[str]:
    ours = os.readlink("/proc/self/ns/net")
    store = f"{paths.home().resolve() / 'sandboxes'}/"
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):  # it has ended
            name = (folder / "comm").read_text().strip()
            # Not what else runs on this machine: the engine and its shims are called so, its
            # containers are in such groups, and what the grader starts inherits its secret.
            known = (
                name.startswith(("docker", "containerd", "runc"))
                or "/docker/" in (folder / "cgroup").read_text()
                or GRADERS in (folder / "environ").read_bytes()
            )
            here = os.readlink(folder / "ns/net") == ours
            if (here and known) or store in (folder / "mountinfo").read_text():
                yield f"{folder.name} {name}"


def _mounts() -> list[str]:
    home = str(paths.home().resolve())
    lines = [line.split() for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    # Not overlays: the engine mounts one for each of its containers, and those are compared.
    return [
        " ".join((f[4], f[-3]))
        for f in lines
        if f[4].startswith(f"{home}/") and "/overlay2/" not in f[4]
    ]


def _links() -> str:
    told = json.loads(_said("ip", "-json", "address"))
    return json.dumps([(i["ifname"], [a["local"] for a in i["addr_info"]]) for i in told])


def _rules() -> str:
    saved = _said("iptables-save").splitlines()
    return "\n".join(line.partition(" [")[0] for line in saved if not line.startswith("#"))


def _groups(containers: frozenset[str]) -> list[str]:
    return [str(path) for one in containers for path in CGROUPS.glob(f"*/docker/{one}*")]


def _settings() -> Iterator[str]:
    files = [Path("/proc/sys/kernel", name) for name in ("core_pattern", "modprobe", "hostname")]
    for file in [*files, *sorted(CGROUPS.glob("*/release_agent"))]:
        if file.exists():
            yield f"{file} {file.read_text()}"


def _digest(mount: Path) -> str:
    """Of files spread over the golden disk, by their order, with their owners and modes."""
    (golden,) = mount.glob("golden-*")
    every = sorted(
        path
        for top, _, names in os.walk(golden)
        for path in (os.path.join(top, name) for name in names)
    )
    digest = hashlib.sha256(repr(len(every)).encode())
    named = [path for path in every if path.endswith(("index.html", "/bin/mariadbd"))]
    for path in every[:: max(1, len(every) // SAMPLE)] + named:
        about = os.lstat(path)
        digest.update(repr((path, about.st_mode, about.st_uid, about.st_size)).encode())
        if os.path.isfile(path) and not os.path.islink(path):
            digest.update(Path(path).read_bytes())
    return digest.hexdigest()


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout
