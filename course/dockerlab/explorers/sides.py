"""A virtual machine and a container with the same programs, measured. No widgets here."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import docker
from docker.models.containers import Container

from dockerlab import vm

WORDS = "it runs"
# The guest's own web server, as the one program of the container.
PROGRAM = f"echo {WORDS}; exec httpd -f -p 80 -h /var/www/html"
START_TIMEOUT = 30  # seconds
# Whose session this is, then all processes: one command's answer holds both.
LIST_PROCESSES = "echo $PPID $$; exec ps"
MB = 1e6


@dataclass(frozen=True)
class Side:
    """What was measured of one of the two.

    Attributes:
        name: "virtual machine" or "container".
        boot: seconds from the request to the first program's word.
        memory: bytes that the engine counts for it.
        files: bytes of its root file system.
        kernel_file: bytes of the kernel that it brings; 0 where it brings none.
        kernel: the release of the kernel that its programs see.
        boot_id: of that kernel, since it was started.
        programs: how many processes it sees that are programs.
        kernel_threads: how many it sees that are the kernel's own.
        on_the_host: how many processes it is on the engine's machine.
    """

    name: str
    boot: float
    memory: int
    files: int
    kernel_file: int
    kernel: str
    boot_id: str
    programs: int
    kernel_threads: int
    on_the_host: int


def measure_machine(machine: vm.VirtualMachine, files: int, kernel_file: int) -> Side:
    """Measure a booted machine.

    Args:
        machine: which.
        files: bytes of its root file system.
        kernel_file: bytes of its kernel.
    """
    programs, threads = count_processes(machine.run(LIST_PROCESSES))
    kernel, boot_id = machine.run("uname -r; cat /proc/sys/kernel/random/boot_id").split()
    return Side(
        "virtual machine",
        machine.boot_seconds,
        memory_of(machine.container),
        files,
        kernel_file,
        kernel,
        boot_id,
        programs,
        threads,
        len(machine.container.top()["Processes"]),
    )


def start_container(
    client: docker.DockerClient, image: str, *, name: str, labels: Mapping[str, str]
) -> tuple[Container, float]:
    """Start a container of the guest's root file system, and tell how long that took in seconds.

    Raises:
        CommandFailed: its program has ended; the message has its last words.
        WaitTimeout: it said nothing in time.
    """
    began = time.monotonic()
    box = client.containers.run(
        image, ["sh", "-c", PROGRAM], name=name, labels=dict(labels), detach=True
    )
    vm.wait_until_it_says(box, WORDS, START_TIMEOUT)
    return box, time.monotonic() - began


def measure_container(box: Container, boot: float, files: int) -> Side:
    """Measure a running container of the guest's root file system.

    Args:
        box: which.
        boot: seconds that its start took.
        files: bytes of its root file system.
    """

    def inside(command: str) -> str:
        ran: Any = box.exec_run(["sh", "-c", command])
        return str(ran.output.decode(errors="replace"))

    programs, threads = count_processes(inside(LIST_PROCESSES))
    kernel, boot_id = inside("uname -r; cat /proc/sys/kernel/random/boot_id").split()
    on_the_host = len(box.top()["Processes"])
    return Side(
        "container",
        boot,
        memory_of(box),
        files,
        0,
        kernel,
        boot_id,
        programs,
        threads,
        on_the_host,
    )


def count_processes(listing: str) -> tuple[int, int]:
    """Programs and kernel threads in what LIST_PROCESSES prints, but for the session that asked.

    Args:
        listing: two process ids, then busybox's `ps`, where a kernel's thread is in brackets.
    """
    session, *rows = listing.splitlines()
    ours = set(session.split())
    commands = [row.split(None, 2)[2] for row in rows[1:] if row.split(None, 1)[0] not in ours]
    threads = [command for command in commands if command.startswith("[")]
    return len(commands) - len(threads), len(threads)


def memory_of(box: Container) -> int:
    """Bytes of memory that the engine counts for a container, without what it could drop."""
    stats: Any = box.stats(stream=False)
    told = stats["memory_stats"]
    details = told.get("stats", {})
    droppable = details.get("total_inactive_file", details.get("inactive_file", 0))  # v1, v2
    return max(0, int(told.get("usage", 0)) - int(droppable))
