"""What the monitoring of lesson 11 must be told of an engine."""

from __future__ import annotations

import shutil
from pathlib import Path

import docker

from dockerlab import paths

SOCKET = "/var/run/docker.sock"


def settings(client: docker.DockerClient) -> dict[str, str]:
    """The variables of the compose file: where the daemon's machine has its socket and its data.

    Args:
        client: of the engine that is to be measured.
    """
    info = client.info()
    own = getattr(client.api.get_adapter(client.api.base_url), "socket_path", None)
    # Docker Desktop's socket on this machine is another one than that in its virtual machine.
    in_a_vm = "Docker Desktop" in info["OperatingSystem"]
    return {
        "DOCKER_SOCKET": own if own and not in_a_vm else SOCKET,
        "DOCKER_DATA": str(info["DockerRootDir"]),
    }


def copy_files(folder: Path) -> Path:
    """Copy the compose file, and what it mounts, so that a learner may change them.

    Args:
        folder: where to; what is there of the same names is overwritten.

    Returns:
        The compose file.
    """
    shutil.copytree(paths.course() / "monitoring", folder, dirs_exist_ok=True)
    for path in (folder, *folder.rglob("*")):  # the containers' users are not this one
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder / "compose.yaml"
