"""A door by ssh to volumes: a container with an ssh server, beside those that have none."""

from __future__ import annotations

from collections.abc import Mapping

import docker
from docker.models.containers import Container

from dockerlab import vm

IMAGE = "ssh-door"
READY = "Not backgrounding"  # what the server says once it listens
SCRIPT = """
echo "$DOOR_USER:x:1000:1000::/home/$DOOR_USER:/bin/sh" >> /etc/passwd
mkdir -p "/home/$DOOR_USER/.ssh" /etc/dropbear
echo "$DOOR_KEY" > "/home/$DOOR_USER/.ssh/authorized_keys"
chown -R 1000:1000 "/home/$DOOR_USER" $DOOR_FOLDERS
chmod -R go= "/home/$DOOR_USER"
exec dropbear -F -E -s -R -p 22
"""


def open_door(
    client: docker.DockerClient,
    *,
    name: str,
    user: str,
    key: str,
    volumes: Mapping[str, str],
    port: int,
    labels: Mapping[str, str],
) -> Container:
    """Start an ssh server in a container, and wait until it listens.

    It runs from the root file system of the virtual machine's guest, which has one. The user may
    write in the volumes, and logs in with a key; passwords are refused.

    Args:
        client: of an engine that has the image `vm`.
        name: of the container.
        user: who may log in.
        key: the user's public key.
        volumes: where each is to be seen, by its name.
        port: of the machine that leads to the server.
        labels: of the container and its image.

    Raises:
        CommandFailed: the server has ended; the message has its last words.
        WaitTimeout: it does not listen in time.
        docker.errors.APIError: the daemon refuses.
    """
    vm.import_rootfs(client, IMAGE, labels=labels)
    box = client.containers.run(
        IMAGE,
        ["sh", "-ec", SCRIPT],
        name=name,
        environment={
            "DOOR_USER": user,
            "DOOR_KEY": key.strip(),
            "DOOR_FOLDERS": " ".join(volumes.values()),
        },
        volumes={volume: {"bind": path} for volume, path in volumes.items()},
        ports={"22/tcp": ("127.0.0.1", port)},
        labels=dict(labels),
        detach=True,
    )
    vm.wait_until_it_says(box, READY, timeout=30)
    return box
