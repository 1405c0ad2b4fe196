"""What the assignment `networks` finds on the engine."""

from __future__ import annotations

import docker

from autograder import mine
from dockerlab.labels import labels

PAGE = "mkdir /www; echo $PAGE > /www/index.html; exec httpd -f -h /www"
ASK = "while sleep 2; do curl -sS --max-time 2 http://printing-press/; done"


def bindery(client: docker.DockerClient) -> None:
    """Make two machines that do not hear each other.

    One is on a network whose name has a letter too few, and lacks the name that the other asks for.

    Args:
        client: of the engine.
    """
    ours = labels("assignment")
    for network in ("bindery", "bindry"):
        client.networks.create(network, labels=ours)
    press = client.containers.create(  # on the default network, as it would not outlive another
        "busybox",
        ["sh", "-c", PAGE],
        name="press",
        environment={"PAGE": mine.word("press")},
        init=True,
        labels=ours,
    )
    client.networks.get("bindry").connect(press)
    client.networks.get("bridge").disconnect(press)
    press.start()
    client.containers.run(
        "nettools",
        ["sh", "-c", ASK],
        name="binder",
        network="bindery",
        init=True,
        labels=ours,
        detach=True,
    )
