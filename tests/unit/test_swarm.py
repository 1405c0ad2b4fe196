"""What a manager says, as nodes and tasks, and as a picture."""

import pytest
from fake_swarm import FakeManager, node

from dockerlab.errors import WaitTimeout
from dockerlab.explorers.swarm_drawing import svg
from dockerlab.swarm import look, placement, settle


@pytest.fixture
def manager():
    manager = FakeManager("b", "a")
    manager.add_service("web", "web:1@sha256:0", replicas=2)
    manager.add_service("door", replicas=None)
    manager.add_task("web", "a", slot=2)
    manager.add_task("web", "b", "failed", slot=1, desired="shutdown", error="exit (1)")
    manager.add_task("web", "b", slot=1)
    manager.add_task("door", "a", "starting", slot=0)
    return manager


def test_nodes_and_services_by_name(manager):
    seen = look(manager)
    assert [(c.name, c.role) for c in seen.computers] == [("a", "worker"), ("b", "leader")]
    assert [(s.name, s.replicas, s.image) for s in seen.services] == [
        ("door", None, "web:1"),
        ("web", 2, "web:1"),
    ]
    assert seen.service("shop") is None


def test_tasks_bear_the_names_that_docker_gives_them(manager):
    assert [task.name for task in look(manager).tasks] == ["door", "web.1", "web.1", "web.2"]


def test_only_running_tasks_are_placed(manager):
    seen = look(manager)
    assert seen.placed("web") == {"a": 1, "b": 1}
    assert seen.placed("door") == {"a": 0, "b": 0}
    assert placement(seen, "web") == "a ■       b ■"


def test_a_task_of_a_service_that_is_just_gone_is_left_out(manager):
    manager.add_task("gone", "a")
    assert len(look(manager).tasks) == 4


def test_settled_is_when_the_number_runs(manager):
    assert settle(manager, "web", 2, timeout=0).placed("web") == {"a": 1, "b": 1}
    with pytest.raises(WaitTimeout, match="3 running tasks of web"):
        settle(manager, "web", 3, timeout=0)
    with pytest.raises(WaitTimeout):  # it is only starting
        settle(manager, "door", 1, timeout=0)


def test_a_task_that_still_ends_is_waited_for_unless_its_node_is_gone(manager):
    manager.add_task("web", "a", slot=3, desired="shutdown")
    with pytest.raises(WaitTimeout):
        settle(manager, "web", 2, timeout=0)
    manager.told["nodes"] = [node("b", leader=True), node("a", state="down")]
    assert settle(manager, "web", 2, timeout=0)


def test_each_change_of_the_placement_is_told_once(manager):
    told = []
    with pytest.raises(WaitTimeout):
        settle(manager, "web", 3, changed=told.append, timeout=0.7)
    assert len(told) == 1


def test_the_picture_says_in_words_what_it_shows(manager):
    manager.add_task("web", "", "pending", slot=3, error="no suitable <node>")
    manager.add_task("web", "a", "running", slot=4, desired="shutdown")
    drawn = svg(look(manager))
    assert "a (ready, active): door starting, web.2 running, web.4 is being stopped" in drawn
    assert "b (ready, active): web.1 running." in drawn  # the failed one is not there any more
    assert "waiting for a node: web.3: no suitable &lt;node&gt;" in drawn


def test_what_is_on_a_lost_node_nobody_knows(manager):
    manager.told["nodes"] = [node("b", leader=True), node("a", state="down")]
    assert "a (down, active): door nobody knows: its node is gone" in svg(look(manager))


def test_a_picture_of_no_nodes_at_all():
    assert svg(look(FakeManager())).startswith("<svg")
