"""Hosts that a test makes up: network namespaces, and the network that joins them."""

from __future__ import annotations

import contextlib
import os
import subprocess

from autograder.sandbox.opening import Opened
from dockerlab.commands import run
from dockerlab.wait import wait_for

TIMEOUT = 20  # seconds


class Namespace(Opened):
    """A network namespace, with nothing in it but a loopback. It goes away with its one process.

    Attributes:
        pid: of that process.
        prefix: of a command that is to run in it.
    """

    def _open(self, stack: contextlib.ExitStack) -> None:
        holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        stack.callback(holder.wait)
        stack.callback(holder.kill)
        self.pid = holder.pid
        path, ours = f"/proc/{self.pid}/ns/net", os.readlink("/proc/self/ns/net")
        wait_for(lambda: os.readlink(path) != ours, timeout=TIMEOUT)
        self.prefix = ("nsenter", f"--net={path}")
        self.ip("link", "set", "lo", "up")

    def ip(self, *words: str) -> None:
        """Change its network.

        Args:
            words: of the command `ip`.
        """
        run([*self.prefix, "ip", *words], timeout=TIMEOUT)


class Lan(Namespace):
    """A host, and a network to which others can be joined.

    Attributes:
        address: the host's own.
    """

    address = "192.168.213.1"

    def _open(self, stack: contextlib.ExitStack) -> None:
        super()._open(stack)
        self.ip("link", "add", "lan", "type", "bridge")
        self.ip("address", "add", f"{self.address}/24", "dev", "lan")
        self.ip("link", "set", "lan", "up")

    def join(self, host: Namespace, number: int) -> None:
        """Plug a host in.

        Args:
            host: that is to be reached from now on.
            number: its own, from 2 on.
        """
        end = ("type", "veth", "peer", "name", "lan", "netns", str(host.pid))
        self.ip("link", "add", f"host{number}", *end)
        self.ip("link", "set", f"host{number}", "master", "lan", "up")
        host.ip("address", "add", f"192.168.213.{number}/24", "dev", "lan")
        host.ip("link", "set", "lan", "up")

    def cut(self, number: int) -> None:
        """Pull a host's plug: what is sent to it or by it is lost, without a word."""
        self.ip("link", "set", f"host{number}", "down")

    def mend(self, number: int) -> None:
        """Plug it in again."""
        self.ip("link", "set", f"host{number}", "up")
