"""What an embedded engine leaves on the machine beside its folder, and how that is taken away.

Its processes, mounts, bridges, packet filter rules, cgroups and the forwarding switch. All are
recognised by names and paths that only this engine has, never by kind.
"""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import json
import os
import shlex
from dataclasses import dataclass
from pathlib import Path

import psutil

from dockerlab.commands import is_alive, run
from dockerlab.engine import firewall
from dockerlab.engine.firewall import Network
from dockerlab.errors import CommandFailed, EngineError
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
            "network": _this_network(),
            "backend": backend,
            "forwarding": FORWARDING.read_text().strip(),
        }
        self._record.write_text(json.dumps(record))
        FORWARDING.write_text("1")
        return [str(links), *path]

    def enter(self, daemon: list[str], address: str) -> list[str]:
        """The command line that makes the default bridge and becomes the daemon.

        Args:
            daemon: its command line.
            address: of the bridge, with the length of its network's prefix.
        """
        bridge = self.bridge
        forward = f"echo 1 >{FORWARDING} && " if self.private else ""
        script = (
            f"ip link set lo up && {forward}"
            f"{{ ip link show {bridge} >/dev/null 2>&1 || ip link add {bridge} type bridge; }} && "
            f"ip address replace {address} dev {bridge} && ip link set {bridge} up && "
            f"exec {shlex.join(daemon)}"
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
        below = []
        for process in mine:
            with contextlib.suppress(psutil.NoSuchProcess):
                below += [child for child in process.children(recursive=True) if child not in mine]
        # Containers first: a shim that is killed would leave its container's processes behind.
        for process in (*below, *mine):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        wait_for(
            lambda: not any(is_alive(process.pid) for process in (*below, *mine)),
            timeout=10,
            what="the engine to end",
        )

    def _is_mine(self, process: psutil.Process) -> bool:
        """Whether this is a program of the engine: by its name, and this folder among its words."""
        name, words = process.info["name"], process.info["cmdline"] or []
        return (
            name.startswith(DAEMONS)
            and any(f"{self.home}/" in word for word in words)
            and _shares_our_pids(process)
        )

    def _unmount(self) -> None:
        """Unmount what lies in the folder, the last mounted first."""
        for mount in reversed(self._mounts()):
            with contextlib.suppress(CommandFailed):  # it may have gone along with another
                run(["umount", "--lazy", mount], timeout=20)
        if left := self._mounts():
            # A volume may be a folder of the learner's: `reset` must never reach into it.
            raise EngineError(f"{left[-1]} cannot be unmounted. Do that by hand, then try again.")

    def _mounts(self) -> list[str]:
        """Where something is mounted in the folder, in the order of mounting."""
        mounts = [
            line.split()[4].encode().decode("unicode_escape")
            for line in Path("/proc/self/mountinfo").read_text().splitlines()
        ]
        return [mount for mount in mounts if mount.startswith(f"{self.home}/")]

    def is_cut_off(self) -> bool:
        """Whether the other backend's rules drop what containers send to the network."""
        record = self._recorded()
        return record is not None and firewall.foreign_drop(record["backend"])

    def _recorded(self) -> dict[str, str] | None:
        """What `prepare` noted; None for a private engine, and where nothing is to be undone."""
        try:
            record: dict[str, str] = json.loads(self._record.read_text())
        except (OSError, ValueError):
            return None
        return record

    def _remove_network(self) -> None:
        record = self._recorded()
        if record is None:
            return
        if record.get("network") == _this_network():  # else it went with that, or is not here
            self._restore_network(record["backend"], record["forwarding"])
        self._record.unlink()  # last: an interrupted removal is done again

    def _restore_network(self, backend: str, forwarding: str) -> None:
        bridges = self._bridges()
        firewall.remove_rules(backend, bridges)
        for bridge in bridges:
            with contextlib.suppress(CommandFailed):
                run(["ip", "link", "delete", bridge], timeout=20)
        if forwarding == "0" and not _others_forward():
            FORWARDING.write_text("0")

    def _bridges(self) -> dict[str, list[Network]]:
        """The engine's bridge devices, the default one and those of the networks it remembers.

        Returns:
            The address ranges of each.
        """
        try:
            # Docker's own record of its networks: JSON, in a file of pages.
            remembered = (self.home / "data/network/files/local-kv.db").read_bytes()
        except OSError:
            remembered = b""
        shown = run(["ip", "-json", "address", "show", "type", "bridge"], timeout=20)
        found = {}
        for device in filter(None, json.loads(shown)):  # some releases show others as {}
            name = device["ifname"]
            if name == self.bridge or f'"BridgeName":"{name}"'.encode() in remembered:
                found[name] = [
                    ipaddress.ip_interface(f"{a['local']}/{a['prefixlen']}").network
                    for a in device["addr_info"]
                ]
        return found

    def _remove_cgroups(self) -> None:
        name = self.cgroup.lstrip("/")
        for top in (CGROUPS / name, *CGROUPS.glob(f"*/{name}")):
            for folder, _, _ in os.walk(top, topdown=False):
                with contextlib.suppress(OSError):
                    os.rmdir(folder)


def _shares_our_pids(process: psutil.Process) -> bool:
    """Whether a process is outside of any container, as seen from here."""
    try:
        return os.path.samefile(f"/proc/{process.pid}/ns/pid", "/proc/self/ns/pid")
    except OSError:
        return False


def _this_network() -> str:
    """What tells this machine's network, since it was booted, from any other."""
    return f"{BOOT_ID.read_text().strip()} {os.readlink('/proc/self/ns/net')}"


def _others_forward() -> bool:
    """Whether somebody else has rules for forwarded packets, and so may rely on forwarding."""
    for backend in firewall.BACKENDS:
        with contextlib.suppress(CommandFailed):
            if "-A FORWARD" in run([f"iptables-{backend}", "-S", "FORWARD"], timeout=20):
                return True
    return False
