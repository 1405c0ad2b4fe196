"""The programs of the embedded engine: Debian's packages, unpacked into a folder of the course's.

The system's own package tools fetch and verify them; nothing is installed by them, so that no
service starts and no other engine is touched.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dockerlab.commands import run
from dockerlab.errors import CommandFailed, EngineStartError

SUITE = "trixie"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
ENGINE = (
    "docker.io",
    "docker-cli",
    "docker-compose",
    "docker-buildx",
    "containerd",
    "tini",  # what `docker run --init` puts into the container
)
NEEDED_DISK = 1.5e9  # bytes: the downloads and what is unpacked from them
OLDEST_ENGINE = 23
SYSTEM_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")


@dataclass(frozen=True)
class Programs:
    """Where the engine's programs are.

    Attributes:
        path: folders for PATH, first one first.
        plugins: folder of the docker command's plugins; None where it finds them by itself.
        init: the program that `docker run --init` puts into the container, where known.
    """

    path: tuple[str, ...]
    plugins: Path | None = None
    init: Path | None = None

    def which(self, name: str) -> str:
        """The path of a program.

        Raises:
            EngineStartError: there is no such program.
        """
        found = shutil.which(name, path=os.pathsep.join(self.path))
        if found is None:
            raise EngineStartError(f"The program {name} is missing in {', '.join(self.path)}.")
        return found


def ensure(home: Path, say: Callable[[str], None]) -> Programs:
    """The engine's programs: the distribution's where new enough, otherwise fetched into `home`.

    Args:
        home: the embedded engine's folder.
        say: told what is being done, a line each.

    Raises:
        EngineStartError: they are not here and cannot be had.
    """
    ensure_system({"runc": "runc", "iptables": "iptables", "ip": "iproute2"}, say)
    if _distribution_is_new_enough():
        return Programs(path=SYSTEM_PATH)
    prefix = home / "prefix"
    if not (prefix / "usr/sbin/dockerd").exists():
        say(f"Downloading Docker Engine from Debian {SUITE} (90 MB)")
        _fetch(ENGINE, prefix)
    return Programs(
        # runc and iptables are the system's: trixie's want a newer libc than bookworm has.
        path=(f"{prefix}/usr/sbin", f"{prefix}/usr/bin", *SYSTEM_PATH),
        plugins=prefix / "usr/libexec/docker/cli-plugins",
        init=prefix / "usr/bin/tini-static",
    )


def ensure_registry(home: Path, say: Callable[[str], None]) -> str:
    """The path of Debian's `docker-registry`, fetched into `home` where the system has none.

    Args:
        home: the folder of the course's own engine and mirror.
        say: told what is being done.

    Raises:
        EngineStartError: it is not here and cannot be had.
    """
    if found := shutil.which("docker-registry", path=os.pathsep.join(SYSTEM_PATH)):
        return found
    prefix = home / "registry-prefix"
    program = prefix / "usr/bin/docker-registry"
    if not program.exists():
        say("Downloading the registry")
        _fetch(("docker-registry",), prefix)
    return str(program)


def ensure_system(needed: dict[str, str], say: Callable[[str], None]) -> None:
    """Install the distribution's packages that are missing.

    Args:
        needed: a program of each package, and the package's name.
        say: told what is being done.

    Raises:
        EngineStartError: they cannot be installed.
    """
    path = os.pathsep.join(SYSTEM_PATH)
    missing = sorted({p for program, p in needed.items() if not shutil.which(program, path=path)})
    if not missing:
        return
    if shutil.which("apt-get") is None:
        raise EngineStartError(
            f"The course's own engine needs {', '.join(missing)}, and this system has no apt-get. "
            "Install Docker by your system's own means, start it, and try again."
        )
    say(f"Installing {', '.join(missing)}")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        run(["apt-get", "update", "-qq"], timeout=300, env=quiet)
        run(
            ["apt-get", "install", "-qq", "--yes", "--no-install-recommends", *missing],
            timeout=600,
            env=quiet,
        )
    except CommandFailed as error:
        raise EngineStartError(
            f"{', '.join(missing)} could not be installed. Is the network up? {error}"
        ) from error


def _distribution_is_new_enough() -> bool:
    path = os.pathsep.join(SYSTEM_PATH)
    dockerd, docker = shutil.which("dockerd", path=path), shutil.which("docker", path=path)
    if dockerd is None or docker is None:
        return False
    try:
        version = re.search(r"version (\d+)", run([dockerd, "--version"], timeout=20))
        compose = run([docker, "compose", "version", "--short"], timeout=20)
    except CommandFailed:
        return False
    return (
        version is not None
        and int(version[1]) >= OLDEST_ENGINE
        and compose.lstrip("v").startswith(("2", "3", "4", "5"))
    )


def _fetch(names: tuple[str, ...], prefix: Path) -> None:
    """Download and unpack beside `prefix`, then rename: what is called prefix is always whole."""
    check_disk(prefix.parent, NEEDED_DISK)
    apt = prefix.with_suffix(".download")
    debs, half = apt / "debs", prefix.with_suffix(".part")
    for interrupted in (apt, half, prefix):
        shutil.rmtree(interrupted, ignore_errors=True)
    for folder in (apt / "lists/partial", apt / "cache/archives/partial", debs):
        folder.mkdir(parents=True, exist_ok=True)
    (apt / "sources.list").write_text(
        f"deb [signed-by={KEYRING}] {configured_mirror()} {SUITE} main\n"
    )
    options = [
        f"--option=Dir::State::lists={apt}/lists",
        "--option=Dir::State::status=/dev/null",
        f"--option=Dir::Cache={apt}/cache",
        f"--option=Dir::Etc::sourcelist={apt}/sources.list",
        "--option=Dir::Etc::sourceparts=-",
        "--option=APT::Sandbox::User=root",  # the folder is root's own
        "--option=Acquire::Retries=3",
    ]
    try:
        run(["apt-get", *options, "-qq", "update"], timeout=300)
        run(["apt-get", *options, "-qq", "download", *names], timeout=900, cwd=debs)
        for deb in sorted(debs.glob("*.deb")):
            run(["dpkg", "-x", str(deb), str(half)], timeout=120)
    except CommandFailed as error:
        raise EngineStartError(
            f"{', '.join(names)} could not be fetched: {error}\n"
            "Is the network up, and is there space on the disk? Then try again."
        ) from error
    half.rename(prefix)
    shutil.rmtree(apt)


def check_disk(home: Path, needed: float) -> None:
    """Make sure that `needed` bytes are free at `home`.

    Raises:
        EngineStartError: they are not.
    """
    free = shutil.disk_usage(home).free
    if free < needed:
        raise EngineStartError(
            f"The course needs {needed / 1e9:.1f} GB at {home}, and only "
            f"{free / 1e9:.1f} GB are free. Free some, or name another place: DOCKERLAB_HOME=…"
        )


def configured_mirror() -> str:
    """The address that this machine's apt is configured to use for Debian itself."""
    if not KEYRING.exists():
        raise EngineStartError(
            "The course's own engine comes from Debian, and this system lacks Debian's archive "
            "keys. Install Docker by your system's own means (on Debian and its kin: apt-get "
            "install debian-archive-keyring), then try again."
        )
    try:
        address = _known_mirror()
        if address is None:  # apt knows whose packages are where only after an update
            run(["apt-get", "update", "-qq"], timeout=300)
            address = _known_mirror()
    except CommandFailed as error:
        raise EngineStartError(f"apt does not say where it gets packages from: {error}") from error
    if address is None:
        raise EngineStartError(
            "The course's own engine comes from Debian, and apt is configured for no mirror of "
            "it. Install Docker by your system's own means, start it, and try again."
        )
    return address


def _known_mirror() -> str | None:
    command = ["apt-get", "indextargets", "--format=$(ORIGIN)|$(LABEL)|$(REPO_URI)"]
    for line in run([*command, "Created-By: Packages"], timeout=60).splitlines():
        origin, label, address = line.split("|", 2)
        if origin == label == "Debian":
            return address
    return None
