"""The topology explorer, and what it looks through, on a real engine."""

from __future__ import annotations

import re
import uuid

import docker
import inventory
import pytest

from autograder.checks import grade
from dockerlab import host_network
from dockerlab.cleanup import clean_up
from dockerlab.errors import CommandFailed
from dockerlab.explorers import TopologyExplorer
from dockerlab.explorers.topology_explorer import ALL
from dockerlab.host_network import HostNetwork
from dockerlab.lesson import Lesson
from dockerlab.topology import collect
from dockerlab.wait import wait_for

# docker-py leaves the socket of an exec to the garbage collector.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture
def lesson_images() -> list[str]:
    return ["busybox", "nettools"]


@pytest.fixture
def host(client: docker.DockerClient, lesson: Lesson) -> HostNetwork:
    return HostNetwork(client, lesson.labels, name=f"{lesson.name}-host")


def test_the_picture_follows_the_daemon(
    client: docker.DockerClient, lesson: Lesson, host: HostNetwork
) -> None:
    explorer = TopologyExplorer(lesson, host)
    try:
        name = f"{lesson.name}-box"
        network = client.networks.create(f"{lesson.name}-net", labels=lesson.labels)
        box = client.containers.run(
            "busybox",
            ["sleep", "300"],
            name=name,
            network=network.name,
            ports={"80/tcp": ("127.0.0.1", None)},
            labels=lesson.labels,
            detach=True,
        )
        key = "container", str(box.id)
        wait_for(lambda: key in explorer.spots, timeout=20, what="the container to be drawn")
        wait_for(lambda: explorer.topology.box(name).plugs[0].port, timeout=20, what="its port")

        plug = explorer.topology.box(name).plugs[0]
        told = box.exec_run(["cat", "/sys/class/net/eth0/ifindex", "/sys/class/net/eth0/iflink"])
        assert plug.port
        assert plug.inside
        assert [plug.inside.index, plug.port.index] == [int(n) for n in told.output.split()]
        assert plug.port.bridge == explorer.topology.network(network.name).device
        assert f"{plug.port.name} #{plug.port.index}" in explorer._picture.value

        explorer.spots[key].click()
        assert f"container {name}" in explorer._told.value
        assert "--to-destination" in explorer._told.value
        assert plug.mac in explorer._told.value

        network.disconnect(box)
        wait_for(
            lambda: not explorer.topology.box(name).plugs, timeout=20, what="the cable to be gone"
        )
        explorer.choice.value = ALL
        assert "bridge" in {each.name for each in explorer.topology.networks}
        assert str(explorer._repr_mimebundle_()["image/svg+xml"]).startswith("<svg")
    finally:
        explorer.close()
    assert not explorer._watch.is_open


def test_without_a_look_at_the_machine(client: docker.DockerClient, lesson: Lesson) -> None:
    box = client.containers.run("busybox", ["sleep", "60"], labels=lesson.labels, detach=True)
    plug = collect(client, lesson.label).box(box.name).plugs[0]
    assert plug.address
    assert plug.port is None


def test_commands_and_rules_of_the_machine(
    client: docker.DockerClient,
    lesson: Lesson,
    host: HostNetwork,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "1: lo:" in host("ip", "link")
    with pytest.raises(CommandFailed, match="does not exist"):
        host("ip", "link", "show", "nothing0")
    monkeypatch.setattr(host_network, "TIMEOUT", 1)
    with pytest.raises(CommandFailed, match="status 124"):
        host("sleep", "5")
    assert any("MASQUERADE" in rule for rule in host.nat_rules())
    assert set(host.interfaces([999_999_999])) == {0}
    settings = client.api.inspect_container(host.name)["HostConfig"]
    assert not settings["Privileged"]
    assert not settings["Binds"]


def test_the_checks_tell_networks_apart(client: docker.DockerClient, lesson: Lesson) -> None:
    word = lesson.name
    task = grade("t", points=1, client=client)
    pool = docker.types.IPAMPool(
        subnet="198.18.99.0/24", iprange="198.18.99.128/25", gateway="198.18.99.9"
    )
    ipam = docker.types.IPAMConfig(pool_configs=[pool])
    client.networks.create(f"{word}-a", ipam=ipam, internal=True, labels=lesson.labels)
    client.networks.create(f"{word}-b", labels=lesson.labels)
    box = client.containers.run(
        "busybox", ["sleep", "60"], network=f"{word}-a", labels=lesson.labels, detach=True
    )
    a, b = task.network(f"{word}-a"), task.network(f"{word}-b")
    assert a.exists(driver="bridge")
    assert not a.exists(driver="macvlan")
    assert a.has_addresses("198.18.99.0/24", gateway="198.18.99.9", ip_range="198.18.99.128/25")
    assert "--gateway 198.18.99.9" in a.has_addresses("198.18.99.0/24", gateway="198.18.99.1").found
    assert a.is_internal()
    assert not b.is_internal()
    assert a.connects(box.name, only=True)
    assert f"it is on {word}-a" in b.connects(box.name).found
    client.networks.get(f"{word}-b").connect(box)
    assert b.connects(box.name)
    assert "disconnect" in a.connects(box.name, only=True).hint
    box.kill()
    assert not b.connects(box.name)
    assert not task.network(f"{word}").exists()  # the beginning of a name is no name
    assert re.search("there is one called", task.network(f"{word}-c").is_internal().found)


def test_a_declared_network_goes_with_the_lesson(client: docker.DockerClient) -> None:
    before = inventory.take(client)
    name = f"t{uuid.uuid4().hex[:10]}"
    stranger = client.networks.create(f"{name}-2")
    try:
        client.networks.create(name)
        assert clean_up(client, "nothing", networks=[name]) == [f"network {name}"]
        stranger.reload()
    finally:
        stranger.remove()
    assert inventory.take(client) == before
