"""Preflight: does this machine have what the course needs? Each finding has one thing to do.

Nothing here starts or changes anything.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import platform
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import docker
from jupyter_core.paths import jupyter_path
from jupyterlab_server.config import get_federated_extensions, get_page_config
from packaging.requirements import Requirement

from dockerlab import commands, engine, images, paths, ports
from dockerlab.errors import CommandFailed, EngineError

# What the lessons publish on the learner's machine.
PORTS = {
    **dict.fromkeys((8080, 8081, 8082, 8083, 8084, 8085, 8090, 8443), "web servers"),
    **dict.fromkeys((2222, 2223), "ssh"),
    3306: "MariaDB",
    **dict.fromkeys((5000, 5001, 5002), "registry"),
    9090: "Prometheus",
    9100: "Node Exporter",
    3000: "Grafana",
}
OLDEST_ENGINE = (23, 0)
ARCHITECTURES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
DISK_NEEDED = 8 * 1024**3  # bytes: the images of all lessons, and room to build in
EXTENSIONS = ("@jupyter-widgets/jupyterlab-manager", "@jupyter/nbgrader")


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's report.

    Attributes:
        topic: what was looked at.
        ok: whether the course can live with what was found.
        found: what was found.
        advice: the one thing to do, empty where all is well.
    """

    topic: str
    ok: bool
    found: str
    advice: str = ""


def examine() -> Iterator[Finding]:
    """Look at everything, yielding each finding as soon as it is known."""
    try:
        client = engine.connect(start=False)
    except EngineError as error:
        yield Finding(
            "engine",
            False,
            str(error),
            "Start Docker, or on Linux as root the course's own engine: autograder engine up",
        )
        client = None
    if client is not None:
        with contextlib.closing(client):
            yield from _engine(client)
            yield _images(client)
    yield from _plugins()
    yield _architecture()
    yield _disk()
    yield from _ports(client)
    yield _packages()
    yield from _extensions()


def _engine(client: docker.DockerClient) -> Iterator[Finding]:
    endpoint = engine.find()
    version = str(client.version()["Version"])
    yield Finding("engine", True, f"answers at {endpoint.host} ({endpoint.how})")
    numbers = tuple(int(n) for n in re.findall(r"\d+", version)[:2])
    new_enough = numbers >= OLDEST_ENGINE
    yield Finding(
        "engine version",
        new_enough,
        version,
        "" if new_enough else "Update Docker: the course needs 23.0 or newer.",
    )


def _images(client: docker.DockerClient) -> Finding:
    origins = {name: images.origin(client, i) for name, i in images.catalogue().items()}
    missing = [name for name, origin in origins.items() if origin is None]
    if missing:
        return Finding(
            "images", False, f"missing: {', '.join(missing)}", "Run: autograder images prefetch"
        )
    by_origin = {
        origin: [name for name in origins if origins[name] == origin]
        for origin in sorted({o for o in origins.values() if o})
    }
    said = "; ".join(f"{', '.join(names)} from {origin}" for origin, names in by_origin.items())
    return Finding("images", True, said)


def _plugins() -> Iterator[Finding]:
    for plugin in ("compose", "buildx"):
        try:
            said = commands.run(["docker", plugin, "version"], timeout=20).split("\n")[0]
            yield Finding(f"docker {plugin}", True, said)
        except CommandFailed:
            yield Finding(
                f"docker {plugin}",
                False,
                "the docker command here has no such plugin",
                f"Install the docker-{plugin}-plugin package (or Docker Desktop).",
            )


def _architecture() -> Finding:
    machine = platform.machine().lower()
    known = machine in ARCHITECTURES
    return Finding(
        "architecture",
        known,
        ARCHITECTURES.get(machine, machine),
        "" if known else "Use a machine with an x86-64 or 64-bit ARM processor.",
    )


def _disk() -> Finding:
    place = paths.home()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    enough = free >= DISK_NEEDED
    return Finding(
        "free disk",
        enough,
        f"{free / 1e9:.1f} GB at {place}",
        ""
        if enough
        else f"Free {(DISK_NEEDED - free) / 1e9:.1f} GB more; `docker system df` "
        "shows what Docker itself uses.",
    )


def _ports(client: docker.DockerClient | None) -> Iterator[Finding]:
    published = _published(client)
    for port, purpose in PORTS.items():
        topic = f"port {port} ({purpose})"
        if port in published:
            name = published[port]
            yield Finding(
                topic, False, f"held by the container {name!r}", f"Stop it: docker stop {name}"
            )
        elif held := ports.holder(port):
            yield Finding(topic, False, f"held by {held}", "Stop that program first.")
        else:
            yield Finding(topic, True, "free")


def _published(client: docker.DockerClient | None) -> dict[int, str]:
    """The host ports that containers publish, and the containers' names."""
    if client is None:
        return {}
    return {
        port["PublicPort"]: container["Names"][0].lstrip("/")
        for container in client.api.containers()
        for port in container["Ports"]
        if "PublicPort" in port
    }


def _packages() -> Finding:
    wrong = []
    for line in importlib.metadata.requires("docker-live") or []:
        requirement = Requirement(line)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            version = importlib.metadata.version(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            wrong.append(f"{requirement.name} is missing")
            continue
        if not requirement.specifier.contains(version, prereleases=True):
            wrong.append(f"{requirement.name} is {version}, not {requirement.specifier}")
    return Finding(
        "Python packages",
        not wrong,
        "; ".join(wrong) or f"all there, on Python {platform.python_version()}",
        "Run `make lab` again: it installs what is missing." if wrong else "",
    )


def _extensions() -> Iterator[Finding]:
    folders = jupyter_path("labextensions")
    installed = get_federated_extensions(folders)
    disabled = get_page_config(folders).get("disabledExtensions", [])
    for name in EXTENSIONS:
        if name not in installed:
            state, advice = "missing", "Run `make lab` again: it installs what is missing."
        elif name in disabled:
            state, advice = "disabled", f"Run: jupyter labextension enable {name}"
        else:
            state, advice = "enabled", ""
        yield Finding(f"JupyterLab: {name}", not advice, state, advice)
