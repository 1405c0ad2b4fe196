"""An overlay network over two private engines, and nothing is left of it."""

from __future__ import annotations

from pathlib import Path

import docker
import psutil

from dockerlab import images
from dockerlab.two_computers import WORDS, try_overlay

PLACE = Path("/var/tmp")  # noqa: S108 - where the private engines live for a while


def daemons() -> set[int]:
    return {p.pid for p in psutil.process_iter(["cmdline"]) if "dlab-" in str(p.info["cmdline"])}


def test_one_network_over_two_engines(client: docker.DockerClient) -> None:
    images.ensure(client, ["busybox"])
    image = b"".join(client.images.get("busybox").save(named="busybox:latest"))
    folders, running, said = set(PLACE.glob("dlab-*")), daemons(), []
    seen = try_overlay(image, say=said.append)
    assert seen.states == ("ready", "ready")
    assert seen.found == seen.addresses[0] != seen.addresses[1]
    assert seen.page == WORDS
    assert seen.without == "no answer"
    assert len(set(seen.vxlan)) == 1
    assert seen.vxlan[0] > 0
    assert seen.port == 4789
    assert seen.mtu[0] - seen.mtu[1] == 50
    assert len(said) == 5
    assert set(PLACE.glob("dlab-*")) <= folders
    assert daemons() <= running
    assert client.info()["Swarm"]["LocalNodeState"] == "inactive"
