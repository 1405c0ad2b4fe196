"""What an embedded engine leaves on the machine beside its folder, and how that is taken away.

Its processes, mounts, bridges, packet filter rules, cgroups and the forwarding switch. All are
recognised by names and paths that only this engine has, never by kind.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import psutil

from dockerlab.commands import run
from dockerlab.engine import firewall
from dockerlab.errors import CommandFailed
from dockerlab.wait import wait_for

FORWARDING = Path("/proc/sys/net/ipv4/ip_forward")
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
CGROUPS = Path("/sys/fs/cgroup")
DAEMONS = ("dockerd", "containerd", "containerd-shim", "docker-proxy", "docker-init")


@dataclass(frozen=True)
class Trace:
    """The marks of one embedded engine.

    Attributes:
        home: the engine's folder.
        private: whether it has a network namespace of its own, which takes its network with it.
    """

    home: Path
    private: bool

    @property
    def bridge(self) -> str:
        """The name of its default bridge; a device's name holds 15 characters."""
        return f"dlab{self._digest}"

    @property
    def cgroup(self) -> str:
        """The cgroup that holds those of its containers."""
        return f"/docker-live-{self._digest}"

    @property
    def _digest(self) -> str:
        return hashlib.sha256(str(self.home).encode()).hexdigest()[:8]

    @property
    def _record(self) -> Path:
        return self.home / "run" / "network.json"

    def prepare(self, path: tuple[str, ...]) -> list[str]:
        """Choose and note the packet filter's backend, and switch on forwarding.

        Args:
            path: folders of the engine's programs.

        Returns:
            The folders to put on the daemon's PATH.
        """
        if self.private:
            return list(path)
        backend = firewall.choose_backend()
        links = self.home / "run" / "bin"
        firewall.link_backend(backend, links)
        record = {
            "boot": BOOT_ID.read_text().strip(),
            "backend": backend,
            "forwarding": FORWARDING.read_text().strip(),
        }
        self._record.write_text(json.dumps(record))
        FORWARDING.write_text("1")
        return [str(links), *path]

    def enter(self, command: list[str], address: str) -> list[str]:
        """The command line that makes the default bridge and becomes `command`.

        Args:
            command: the daemon's.
            address: of the bridge, with the length of its network's prefix.
        """
        script = (
            f"ip link set lo up; ip link add {self.bridge} type bridge && "
            f"ip address add {address} dev {self.bridge} && ip link set {self.bridge} up && "
            f"exec {shlex.join(command)}"
        )
        namespace = ["unshare", "--net"] if self.private else []
        return [*namespace, "sh", "-c", script]

    def remove(self) -> None:
        """Take away whatever the engine left. The daemon has been told to stop before."""
        self._end_processes()
        self._unmount()
        self._remove_network()
        self._remove_cgroups()

    def _end_processes(self) -> None:
        """End the daemon's programs and, by them, what is left of its containers."""
        mine = [p for p in psutil.process_iter(["name", "cmdline"]) if self._is_mine(p)]
        # Containers first: a shim that is killed would leave its container's processes behind.
        for shim in mine:
            with contextlib.suppress(psutil.NoSuchProcess):
                for child in shim.children(recursive=True):
                    if child not in mine:
                        child.kill()
        for process in mine:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        wait_for(lambda: not any(map(_is_alive, mine)), timeout=10, what="the engine to end")

    def _is_mine(self, process: psutil.Process) -> bool:
        """Whether this is a program of the engine: by its name, and this folder among its words."""
        name, words = process.info["name"], process.info["cmdline"] or []
        return name.startswith(DAEMONS) and any(f"{self.home}/" in word for word in words)

    def _unmount(self) -> None:
        """Unmount what lies in the folder, the last mounted first."""
        mounts = [
            line.split()[4].encode().decode("unicode_escape")
            for line in Path("/proc/self/mountinfo").read_text().splitlines()
        ]
        for mount in reversed(mounts):
            if mount.startswith(f"{self.home}/"):
                with contextlib.suppress(CommandFailed):
                    run(["umount", "--lazy", mount], timeout=20)

    def _remove_network(self) -> None:
        if self.private:
            return
        try:
            record = json.loads(self._record.read_text())
        except (OSError, ValueError):
            return
        self._record.unlink()
        if record["boot"] != BOOT_ID.read_text().strip():
            return  # the machine has been started anew since, and its network with it
        bridges = self._bridges()
        firewall.remove_rules(record["backend"], bridges)
        for bridge in bridges:
            with contextlib.suppress(CommandFailed):
                run(["ip", "link", "delete", bridge], timeout=20)
        if record["forwarding"] == "0" and not _others_forward():
            FORWARDING.write_text("0")

    def _bridges(self) -> list[str]:
        """The engine's bridge devices: the default one, and those of the networks it remembers."""
        try:
            # Docker's own record of its networks: JSON, in a file of pages.
            remembered = (self.home / "data/network/files/local-kv.db").read_bytes()
        except OSError:
            remembered = b""
        found = []
        for line in run(["ip", "-oneline", "link", "show", "type", "bridge"], timeout=20).split(
            "\n"
        ):
            if match := re.match(r"\d+: ([^:@]+)", line):
                name = match[1]
                if name == self.bridge or f'"BridgeName":"{name}"'.encode() in remembered:
                    found.append(name)
        return found

    def _remove_cgroups(self) -> None:
        name = self.cgroup.lstrip("/")
        for top in (CGROUPS / name, *CGROUPS.glob(f"*/{name}")):
            for folder, _, _ in os.walk(top, topdown=False):
                with contextlib.suppress(OSError):
                    os.rmdir(folder)


def _is_alive(process: psutil.Process) -> bool:
    """Whether it still does anything; a zombie only waits for its parent."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _others_forward() -> bool:
    """Whether somebody else has rules for forwarded packets, and so may rely on forwarding."""
    for backend in firewall.BACKENDS:
        with contextlib.suppress(CommandFailed):
            if "-A FORWARD" in run([f"iptables-{backend}", "-S", "FORWARD"], timeout=20):
                return True
    return False
