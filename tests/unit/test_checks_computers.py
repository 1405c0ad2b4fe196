"""A swarm whose computers are containers, on answers of engines that are none."""

from types import SimpleNamespace

import docker
import pytest
from fake_docker import FakeClient, container, refusal
from fake_swarm import FakeManager

from autograder.checks import Computers, grade
from dockerlab import swarm


@pytest.fixture
def manager(monkeypatch):
    """The manager in the container `hall`; each killed task is followed by another one."""
    manager = FakeManager("hall", "tower")
    manager.add_service("web", replicas=2)
    manager.add_task("web", "hall", slot=1)
    manager.add_task("web", "tower", slot=2)
    manager.restarts = True

    def kill(_):
        gone = manager.told["tasks"].pop(0)
        if manager.restarts:
            manager.add_task("web", "hall", slot=gone["Slot"])
            manager.told["tasks"][-1]["ID"] = "another"

    manager.api.kill = kill
    manager.nodes = SimpleNamespace(list=lambda: manager.api.nodes())
    manager.close = lambda: None
    monkeypatch.setattr(swarm, "client_inside", lambda *_, **__: manager)
    return manager


@pytest.fixture
def computers(manager):
    def make(*boxes):
        task = grade("t", points=1, client=FakeClient(*boxes))
        return task, Computers(task, "hall")

    return make


def test_a_manager_that_answers_is_asked_from_then_on(manager, computers):
    task, hall = computers(container("hall"))
    assert hall.are_managed()
    assert task.client is manager
    assert task.results == []
    assert list(hall.are_up(["tower"], timeout=0)) == ["hall", "tower"]


@pytest.mark.parametrize(
    ("boxes", "found"),
    [
        ([], "the container hall is gone"),
        ([container("hall", Status="exited")], "the container hall exited"),
    ],
)
def test_a_computer_that_is_down_is_a_students_mistake(computers, boxes, found):
    task, hall = computers(*boxes)
    assert not hall.are_managed()
    assert [result.found for result in task.results] == [found]
    assert task.score() == 0


@pytest.mark.parametrize(
    "error", [refusal(503, "This node is not a swarm manager."), docker.errors.DockerException()]
)
def test_an_engine_that_is_no_manager_is_a_students_mistake(manager, computers, error):
    def refuse():
        raise error

    manager.nodes.list = refuse
    task, hall = computers(container("hall"))
    assert not hall.are_managed()
    assert task.score() == 0


def test_a_killed_task_is_replaced(manager, computers):
    _, hall = computers(container("hall"))
    assert hall.are_managed()
    assert hall.replace("web", timeout=1)


def test_a_killed_task_is_not_replaced(manager, computers):
    manager.restarts = False
    _, hall = computers(container("hall"))
    assert hall.are_managed()
    result = hall.replace("web", timeout=0.1)
    assert not result
    assert result.found == "1 running, 0.1 s after one of 2 was killed"


def test_no_task_can_be_killed(manager, computers):
    _, hall = computers(container("hall"))
    assert hall.are_managed()
    assert hall.replace("wob", timeout=0.1).found == "no task runs that could be killed"
    assert hall.run("wob", ["true"], timeout=0).output == "no task of it runs"
