"""Three real engines in containers, one swarm, and the grid that drives it."""

from __future__ import annotations

import contextlib
import io
import threading
import uuid
from collections.abc import Iterator

import docker
import pytest
import requests

from dockerlab import images, swarm
from dockerlab.cleanup import clean_up
from dockerlab.explorers import SwarmGrid
from dockerlab.wait import wait_for

NAMES = ("node-1", "node-2", "node-3")
WEB = "FROM busybox\nSTOPSIGNAL SIGKILL\nCMD exec httpd -f -h /"
TIMEOUT = 60  # seconds


@pytest.fixture(scope="module")
def nodes(client: docker.DockerClient) -> Iterator[list[swarm.Node]]:
    """A swarm of three, with a service `web` of three tasks."""
    run = uuid.uuid4().hex[:8]
    labels = {"dockerlab.lesson": f"test-{run}"}
    started: list[swarm.Node] = []
    images.ensure(client, ["busybox", "swarm-node"])
    try:
        for version in ("1", "2"):
            client.images.build(
                fileobj=io.BytesIO(f"{WEB}\nENV VERSION={version}".encode()),
                tag=f"test-web:{version}",
                labels=labels,
                rm=True,
            )
        started = swarm.start(
            client, NAMES, network=f"swarm-{run}", labels=labels, prefix=f"t{run}-"
        )
        swarm.give(client, started, ["test-web:1", "test-web:2"])
        manager = started[0].client
        manager.swarm.init(advertise_addr="eth0", dispatcher_heartbeat_period=2 * 10**9)
        token = manager.swarm.attrs["JoinTokens"]["Worker"]
        for node in started[1:]:
            node.client.swarm.join(remote_addrs=["node-1:2377"], join_token=token)
        create = "docker service create -dq --no-resolve-image --name web --replicas 3"
        options = "--restart-delay 1s --update-parallelism 0 test-web:1"
        done = started[0].container.exec_run(f"{create} {options}")
        assert done.exit_code == 0, done.output
        swarm.settle(manager, "web", 3)
        yield started
    finally:
        for node in started:
            node.close()
        clean_up(client, labels["dockerlab.lesson"])


@pytest.fixture
def grid(nodes: list[swarm.Node]) -> Iterator[SwarmGrid]:
    grid = SwarmGrid(nodes, "web", ["test-web:1", "test-web:2"])
    yield grid
    grid.close()


def test_each_node_has_an_engine_of_its_own_and_no_port(nodes: list[swarm.Node]) -> None:
    assert [node.client.info()["Name"] for node in nodes] == list(NAMES)
    assert len({node.client.info()["ID"] for node in nodes}) == 3
    for node in nodes:
        node.container.reload()
        assert not any(node.container.ports.values())


def test_a_node_that_is_no_manager_is_told_from_one(nodes: list[swarm.Node]) -> None:
    with pytest.raises(docker.errors.APIError, match="not a swarm manager"):
        swarm.look(nodes[1].client)
    assert {c.name: c.role for c in swarm.look(nodes[0].client).computers} == {
        "node-1": "leader",
        "node-2": "worker",
        "node-3": "worker",
    }


def test_closed_clients_leave_no_thread_that_carries(nodes: list[swarm.Node]) -> None:
    container = nodes[1].container.name
    before = threading.active_count()
    with contextlib.closing(swarm.client_inside(nodes[1].container.client, container)) as inner:
        assert inner.ping()
        assert threading.active_count() > before
    wait_for(lambda: threading.active_count() <= before, timeout=20, what="the threads to end")


def test_the_slider_scales_and_follows_what_others_ask_for(
    nodes: list[swarm.Node], grid: SwarmGrid
) -> None:
    manager = nodes[0].client
    grid.slider.value = 5
    assert len(swarm.settle(manager, "web", 5).of("web")) == 5
    swarm.scale(manager, "web", 3)
    swarm.settle(manager, "web", 3)
    wait_for(lambda: grid.slider.value == 3, timeout=TIMEOUT, what="the slider to follow")
    assert swarm.look(manager).service("web").replicas == 3
    wait_for(lambda: grid.picture.count(">● running<") == 3, timeout=TIMEOUT, what="the picture")


def test_the_image_is_changed_for_all(nodes: list[swarm.Node], grid: SwarmGrid) -> None:
    grid.image.value = "test-web:2"
    swarm.settle(
        nodes[0].client,
        "web",
        3,
        where=lambda seen: {task.image for task in seen.of("web")} == {"test-web:2"},
    )
    wait_for(lambda: grid.picture.count(">test-web:2<") == 3, timeout=TIMEOUT, what="the picture")


def test_a_killed_task_is_replaced_in_its_slot(nodes: list[swarm.Node], grid: SwarmGrid) -> None:
    before = swarm.look(nodes[0].client).of("web")
    ids = {task.id for task in before}
    grid.kill_task.click()
    after = swarm.settle(
        nodes[0].client,
        "web",
        3,
        where=lambda seen: len({task.id for task in seen.of("web")} - ids) == 1,
    )
    assert {task.slot for task in after.of("web")} == {task.slot for task in before}


def test_a_node_is_drained_and_activated(nodes: list[swarm.Node], grid: SwarmGrid) -> None:
    grid.drains["node-2"].click()
    assert grid.drains["node-2"].description == "activate node-2"
    seen = swarm.settle(
        nodes[0].client, "web", 3, where=lambda seen: not seen.placed("web")["node-2"]
    )
    assert seen.computers[1].availability == "drain"
    grid.drains["node-2"].click()
    assert swarm.look(nodes[0].client).computers[1].availability == "active"


def test_a_killed_node_is_noticed_and_comes_back(nodes: list[swarm.Node], grid: SwarmGrid) -> None:
    assert "node-1" not in grid.powers  # the only manager
    grid.powers["node-3"].click()
    assert not nodes[2].answers()
    with pytest.raises(requests.ConnectionError, match="does not run"):
        nodes[2].client.ping()
    moved = swarm.settle(
        nodes[0].client, "web", 3, where=lambda seen: not seen.placed("web")["node-3"]
    )
    assert moved.computers[2].state == "down"
    wait_for(
        lambda: grid.powers["node-3"].description == "start node-3",
        timeout=TIMEOUT,
        what="the button",
    )
    grid.powers["node-3"].click()
    assert nodes[2].answers()
    swarm.settle(nodes[0].client, "web", 3, where=lambda seen: seen.computers[2].state == "ready")


def test_what_the_manager_refuses_is_shown(grid: SwarmGrid) -> None:
    grid.service = "no-such-service"
    grid.slider.value = 1 if grid.slider.value != 1 else 2
    assert "no-such-service not found" in grid._said.value


def test_closed_it_asks_no_more(nodes: list[swarm.Node]) -> None:
    grid = SwarmGrid(nodes, "web", ["test-web:1"])
    grid.close()
    grid.close()
    assert grid.slider.disabled
    assert not grid._thread.is_alive()
    shown = grid._repr_mimebundle_()
    assert shown["image/svg+xml"].startswith("<svg")
