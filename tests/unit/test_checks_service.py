"""The checks of services and nodes, on answers of a manager that is none."""

import pytest
from fake_swarm import FakeManager, node

from autograder.checks import grade


@pytest.fixture
def manager():
    manager = FakeManager("node-1", "node-2")
    manager.add_service("bakery", "web:2", replicas=2)
    manager.add_task("bakery", "node-1", slot=1, image="web:2")
    manager.add_task("bakery", "node-2", slot=2, image="web:2")
    return manager


@pytest.fixture
def service(manager):
    return lambda name="bakery": grade("t", points=1, client=manager).service(name)


@pytest.fixture
def second(manager):
    return lambda: grade("t", points=1, client=manager).node("node-2")


def test_the_number_that_is_asked_for(service):
    assert service().is_replicated(2)
    assert service().is_replicated(3).found == "2 replicas"


def test_a_global_service_has_no_number(manager, service):
    manager.add_service("door", replicas=None)
    assert service("door").is_replicated(2).found == "a global service"


def test_the_number_that_runs(manager, service):
    assert service().has_running(2, timeout=0)
    assert service().has_running(2, image="web:2", timeout=0)
    assert not service().has_running(1, timeout=0)
    assert service().has_running(2, image="web:1", timeout=0).found == "2 running of web:2"
    manager.add_task("bakery", "node-1", "starting", slot=3)
    result = service().has_running(2, timeout=0)
    assert not result
    assert result.found == "2 running of web:2, 1 starting of web:1"


def test_an_update(manager, service):
    assert service().was_updated("web:1", "web:2").found == "web:2, without an update"
    before = {"TaskTemplate": {"ContainerSpec": {"Image": "web:1@sha256:0"}}}
    manager.told["services"][0]["PreviousSpec"] = before
    assert service().was_updated("web:1", "web:2")
    assert service().was_updated("web:0", "web:2").found == "web:1 → web:2"


def test_a_missing_service_is_told_with_its_neighbour_and_at_once(service):
    for result in (
        service("bakerie").is_replicated(2),
        service("bakerie").has_running(2, timeout=60),
        service("bakerie").was_updated("web:1", "web:2"),
    ):
        assert not result
        assert result.found == "no service 'bakerie'; there is one called 'bakery'"


def test_an_engine_that_is_no_manager_is_a_students_mistake(manager, service):
    manager.is_manager = False
    assert service().is_replicated(2).found == "this engine is no manager of a swarm"


def test_a_drained_node(manager, second):
    assert second().is_drained(timeout=0).found == "its availability is active"
    manager.told["nodes"][1] = node("node-2", availability="drain")
    assert second().is_drained(timeout=0).found.endswith("drain, but 1 running of web:2 left")
    manager.told["tasks"].pop()
    assert second().is_drained(timeout=0)


def test_a_node_that_there_is_not(manager):
    result = grade("t", points=1, client=manager).node("node-9").is_drained(timeout=0)
    assert result.found == "no node 'node-9'"
