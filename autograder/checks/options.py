"""Checks of more that a container was made with: its command, its name for itself, its limits."""

from __future__ import annotations

import math
from typing import Any

from autograder.checks.box import Box
from autograder.checks.faults import asks_the_daemon
from autograder.checks.results import Result
from autograder.checks.words import hold

MIB = 1024 * 1024  # bytes, as `--memory 1m` counts
BILLION = 1_000_000_000  # parts of a processor, and of a second, as the daemon counts
INTERVAL, RETRIES = 30, 3  # of a health check, where nothing is said
NONE = ["NONE"]  # what `docker run --no-healthcheck` puts in its place


class Options(Box):
    """What `docker run` was told, beside the image, variables, labels and ports."""

    @asks_the_daemon
    def has_command(self, words: list[str], *, weight: float = 1.0) -> Result:
        """Check what it runs: the entry point, if there is one, and the command.

        Args:
            words: the program and its arguments.
            weight: share of the task's points.
        """
        box = self._inspect()
        runs = [box["Path"], *box["Args"]] if box else []
        return self._result(
            f"runs {words[0]}",
            runs == words,
            box,
            weight,
            expected=repr(words),
            found=repr(runs),
            hint="A command stands behind the image's name when a container is made. See it: "
            "docker inspect -f '{{.Path}} {{json .Args}}' " + self.name,
        )

    @asks_the_daemon
    def runs(self, program: str, *, weight: float = 1.0) -> Result:
        """Check what it runs, by itself or in a shell.

        Args:
            program: that must be in entry point and command, with its arguments ("sleep 60").
            weight: share of the task's points.
        """
        box = self._inspect()
        command = [box["Path"], *box["Args"]] if box else []
        return self._result(
            f"runs {program}",
            hold(command, program),
            box,
            weight,
            expected=program,
            found=" ".join(command),
            hint="A command stands behind the image's name when a container is made. See it: "
            "docker inspect -f '{{.Path}} {{json .Args}}' " + self.name,
        )

    @asks_the_daemon
    def has_hostname(self, name: str, *, weight: float = 1.0) -> Result:
        """Check what it calls its own machine.

        Args:
            name: that `hostname` prints in it.
            weight: share of the task's points.
        """
        box = self._inspect()
        found = str(box["Config"]["Hostname"]) if box else ""
        return self._result(
            f"has the host name {name}",
            found == name,
            box,
            weight,
            expected=f"--hostname {name}",
            found=f"--hostname {found}",
            hint="The name of a container is not its host name: docker run --hostname …",
        )

    @asks_the_daemon
    def has_memory_limit(
        self, at_least: int, at_most: int | None = None, *, weight: float = 1.0
    ) -> Result:
        """Check how much memory it may have.

        Args:
            at_least: MiB, as `--memory 48m` gives 48 of them.
            at_most: MiB; the same, where None.
            weight: share of the task's points.
        """
        most = at_least if at_most is None else at_most
        box = self._inspect()
        bytes_ = int(_host(box).get("Memory") or 0)
        wanted = f"{at_least}" if most == at_least else f"{at_least} to {most}"
        return self._result(
            f"may have {wanted} MiB of memory",
            at_least * MIB <= bytes_ <= most * MIB,
            box,
            weight,
            expected=f"a limit of {wanted} MiB",
            found=f"{bytes_ / MIB:g} MiB ({bytes_} bytes)" if bytes_ else "no limit",
            hint=f"docker run --memory {most}m …, or for one that is there: docker update",
        )

    @asks_the_daemon
    def has_cpu_limit(self, processors: float, *, weight: float = 1.0) -> Result:
        """Check how much of the processors it may have.

        Args:
            processors: 0.5 for half of one.
            weight: share of the task's points.
        """
        box = self._inspect()
        host = _host(box)
        may = (host.get("NanoCpus") or 0) / BILLION
        if not may and (host.get("CpuQuota") or 0) > 0:
            may = host["CpuQuota"] / (host.get("CpuPeriod") or 100_000)
        return self._result(
            f"may have {processors:g} of a processor",
            math.isclose(may, processors, rel_tol=1e-6),
            box,
            weight,
            expected=f"a limit of {processors:g}",
            found=f"{may:g}" if may else "no limit",
            hint=f"docker run --cpus {processors:g} …",
        )

    @asks_the_daemon
    def has_process_limit(self, count: int, *, weight: float = 1.0) -> Result:
        """Check how many processes and threads it may have at once.

        Args:
            count: of them.
            weight: share of the task's points.
        """
        box = self._inspect()
        may = int(_host(box).get("PidsLimit") or 0)
        return self._result(
            f"may have {count} processes",
            may == count,
            box,
            weight,
            expected=f"a limit of {count}",
            found=f"{may}" if may > 0 else "no limit",
            hint="docker run --help names the option; the kernel calls processes pids",
        )

    @asks_the_daemon
    def has_init(self, *, weight: float = 1.0) -> Result:
        """Check that a little program stands before its own, as process 1.

        Args:
            weight: share of the task's points.
        """
        box = self._inspect()
        return self._result(
            "has an init process",
            bool(_host(box).get("Init")),
            box,
            weight,
            expected="docker-init as process 1",
            found="its own program is process 1",
            hint="docker run --init …; in a Compose file, init: true",
        )

    @asks_the_daemon
    def has_health_check(self, *, every: float, retries: int, weight: float = 1.0) -> Result:
        """Check how often the daemon asks for its health, and how patiently.

        Args:
            every: seconds between two looks.
            retries: looks that must fail, one after the other, until it counts as unhealthy.
            weight: share of the task's points.
        """
        box = self._inspect()
        check = (box["Config"].get("Healthcheck") or {}) if box else {}
        interval = check.get("Interval", 0) / BILLION or INTERVAL
        patience = check.get("Retries") or RETRIES
        return self._result(
            f"is looked at every {every:g} s, and given up after {retries} tries",
            check.get("Test", NONE) != NONE and (interval, patience) == (every, retries),
            box,
            weight,
            expected=f"every {every:g} s, {retries} tries",
            found=f"every {interval:g} s, {patience} tries" if check else "no health check",
            hint="--health-interval and --health-retries; in a Compose file, interval and retries "
            "beside the test",
        )


def _host(box: dict[str, Any] | None) -> dict[str, Any]:
    return box["HostConfig"] if box else {}
