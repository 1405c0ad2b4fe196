"""Checks of what a container was made with: image, variables, labels, ports."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from autograder.checks.box import Box, published, state
from autograder.checks.faults import asks_the_daemon
from autograder.checks.references import full_name, identify
from autograder.checks.results import Result


class Settings(Box):
    """What the daemon was asked for when the container was made."""

    @asks_the_daemon
    def runs_image(self, reference: str, *, weight: float = 1.0) -> Result:
        """Check which image it was made from.

        Args:
            reference: the image's name; without a tag, "latest" is meant.
            weight: share of the task's points.
        """
        box = self._inspect()
        used = box["Config"]["Image"] if box else ""
        passed = box is not None and (
            full_name(used) == full_name(reference)
            or box["Image"] == identify(self._client, reference)
        )
        return self._result(
            f"was made from {reference}",
            passed,
            box,
            weight,
            expected=full_name(reference),
            found=used,
            hint=f"An image is chosen when a container is made: remove it (docker rm -f "
            f"{self.name}) and run it anew from {reference}.",
        )

    @asks_the_daemon
    def has_env(self, variable: str, value: str | None = None, *, weight: float = 1.0) -> Result:
        """Check an environment variable.

        Args:
            variable: its name.
            value: what it must be; anything but empty, where None.
            weight: share of the task's points.
        """
        box = self._inspect()
        pairs = (box["Config"].get("Env") or []) if box else []
        environment = dict(pair.partition("=")[::2] for pair in pairs)
        got = environment.get(variable)
        near = difflib.get_close_matches(variable, environment, n=1)
        return self._result(
            f"has the variable {variable}",
            bool(got) if value is None else got == value,
            box,
            weight,
            expected=f"{variable}={'…' if value is None else value}",
            found=f"{variable}={got}"
            if got is not None
            else f"no {variable}" + (f", but {near[0]}" if near else ""),
            hint=f"Variables are set when a container is made: docker run -e {variable}=…",
        )

    @asks_the_daemon
    def has_label(self, key: str, value: str | None = None, *, weight: float = 1.0) -> Result:
        """Check a label.

        Args:
            key: the label's key.
            value: what it must be; anything, where None.
            weight: share of the task's points.
        """
        box = self._inspect()
        labels: Mapping[str, str] = (box["Config"].get("Labels") or {}) if box else {}
        passed = key in labels and (value is None or labels[key] == value)
        return self._result(
            f"has the label {key}",
            passed,
            box,
            weight,
            expected=f"{key}={'…' if value is None else value}",
            found=f"{key}={labels[key]}" if key in labels else f"no label {key}",
            hint=f"Labels are set when a container is made: docker run --label {key}=…",
        )

    @asks_the_daemon
    def publishes(
        self,
        container_port: int,
        host_port: int | None = None,
        *,
        protocol: str = "tcp",
        address: str = "",
        weight: float = 1.0,
    ) -> Result:
        """Check that a port of the container is published on the host.

        One that does not run is judged by what it was made with.

        Args:
            container_port: the port that the server listens on, in the container.
            host_port: the port of the host; any, where None.
            protocol: "tcp" or "udp".
            address: the only one of the host's that it may be open at; any, where empty.
            weight: share of the task's points.
        """
        box = self._inspect()
        bindings: dict[str, Any] = (box["HostConfig"].get("PortBindings") or {}) if box else {}
        if box and state(box) in ("running", "paused"):
            doors = [(at, str(live)) for at, live in published(box, container_port, protocol)]
        else:
            asked = bindings.get(f"{container_port}/{protocol}") or []
            doors = [(binding.get("HostIp", ""), binding["HostPort"]) for binding in asked]
        ports = [port for _, port in doors]
        passed = bool(ports) if host_port is None else str(host_port) in ports
        open_elsewhere = bool(address) and any(at != address for at, _ in doors)
        turned = host_port is not None and any(
            binding["HostPort"] == str(container_port)
            for binding in bindings.get(f"{host_port}/{protocol}") or []
        )
        shown = [
            _at(b.get("HostIp")) + f"{b['HostPort'] or 'any'}:{port.removesuffix('/tcp')}"
            for port, many in bindings.items()
            for b in many or []
        ]
        wanted = f"{_at(address)}{host_port or 'HOST'}:{container_port}"
        hint = f"Ports are published when a container is made: docker run -p {wanted}"
        if turned:
            hint = (
                f"The two ports are the wrong way round: -p is HOST:CONTAINER, so -p {wanted} "
                f"leads from the host's {host_port} to the container's {container_port}."
            )
        elif passed and open_elsewhere:
            hint = f"It is open at other addresses of this machine, too: docker run -p {wanted}"
        return self._result(
            f"publishes its port {container_port}"
            + (f" as the host's {host_port}" if host_port else "")
            + (f" at {address} only" if address else ""),
            passed and not open_elsewhere,
            box,
            weight,
            expected=f"-p {wanted}",
            found=" ".join(f"-p {one}" for one in shown) or "no published port",
            hint=hint,
        )


def _at(address: str | None) -> str:
    """A host's address as it stands before the ports of -p."""
    return f"{address}:" if address else ""
