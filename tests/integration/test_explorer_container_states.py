"""The explorer of lesson 04 drives a real container, and shows what the daemon says of it."""

from __future__ import annotations

import itertools

import docker
import pytest

from dockerlab.explorers import Action, ContainerStates, State, allowed
from dockerlab.explorers.states import LEADS_TO
from dockerlab.lesson import Lesson
from dockerlab.wait import wait_for


def test_the_explorer_drives_a_real_container(client: docker.DockerClient, lesson: Lesson) -> None:
    """Each action of the table, in each state, leads where the table says."""
    explorer = ContainerStates(lesson, name=lesson.names[0])
    try:
        for state, ways in LEADS_TO.items():
            for action, target in ways.items():
                bring(explorer, state)
                assert not explorer.buttons[action].disabled
                explorer.buttons[action].click()
                assert explorer.state is target, f"{action} in {state}"
                assert f"▶ {target}" in explorer._picture.value
        assert {b for b in Action if not explorer.buttons[b].disabled} == allowed(explorer.state)
        wait_for(lambda: explorer.events[-1:] == ["destroy"], timeout=10, what="the last event")
    finally:
        explorer.close()
    assert not explorer._watch.is_open


def bring(explorer: ContainerStates, state: State) -> None:
    """Lead the container from wherever it is to a state, by the shortest way."""
    paths: list[tuple[State, list[Action]]] = [(explorer.state or State.REMOVED, [])]
    for here, way in paths:
        if here is state:
            for action in way:
                explorer.act(action)
            assert explorer.state is state
            return
        paths += [(after, [*way, action]) for action, after in LEADS_TO[here].items()]


@pytest.mark.parametrize(
    ("state", "action"),
    [
        pytest.param(state, action, id=f"{action}-{state}")
        for state, action in itertools.product(State, Action)
        if action not in LEADS_TO[state]
    ],
)
def test_what_is_greyed_out_changes_nothing(lesson: Lesson, state: State, action: Action) -> None:
    """The daemon refuses it, and the explorer says so; or it has nothing to do."""
    explorer = ContainerStates(lesson, name=lesson.names[0])
    try:
        bring(explorer, state)
        assert explorer.buttons[action].disabled
        explorer.act(action)
        assert explorer.state is state
        idle = (state, action) in {
            (State.RUNNING, Action.START),
            (State.EXITED, Action.STOP),
            (State.CREATED, Action.STOP),
        }
        assert ("refuses" in explorer._said.value) is not idle
    finally:
        explorer.close()


def test_the_explorer_follows_changes_made_elsewhere(
    client: docker.DockerClient, lesson: Lesson
) -> None:
    explorer = ContainerStates(lesson, name=lesson.names[0])
    try:
        explorer.act(Action.CREATE)
        client.containers.get(lesson.names[0]).start()
        wait_for(
            lambda: "▶ running" in explorer._picture.value, timeout=10, what="the picture to follow"
        )
    finally:
        explorer.close()


def test_a_saved_explorer_shows_a_picture(lesson: Lesson) -> None:
    explorer = ContainerStates(lesson, name=lesson.names[0])
    try:
        assert str(explorer._repr_mimebundle_()["image/svg+xml"]).startswith("<svg")
    finally:
        explorer.close()
