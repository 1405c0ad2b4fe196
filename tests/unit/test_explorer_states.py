"""The state machine of a container, and its picture."""

from xml.etree import ElementTree

import pytest

from dockerlab.explorers.drawing import PLACES, svg
from dockerlab.explorers.states import LEADS_TO, Action, State, allowed


def test_every_state_is_reached_and_left() -> None:
    reached = {target for ways in LEADS_TO.values() for target in ways.values()}
    assert reached == set(State) == set(LEADS_TO)


def test_only_a_missing_container_is_created() -> None:
    assert [s for s in State if Action.CREATE in allowed(s)] == [State.REMOVED]


def test_what_runs_is_not_removed() -> None:
    assert Action.REMOVE not in allowed(State.RUNNING)
    assert Action.REMOVE not in allowed(State.PAUSED)


def test_between_two_states_nothing_is_offered() -> None:
    assert allowed(None) == frozenset()


@pytest.mark.parametrize("state", State)
def test_the_picture_marks_the_state_by_shape_and_words(state: State) -> None:
    picture = ElementTree.fromstring(svg(state))  # noqa: S314  our own drawing
    words = [text.text or "" for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert [w for w in words if w.startswith("▶")] == [f"▶ {state}"]
    assert f"Now: {state}" in picture.attrib["aria-label"]
    assert set(PLACES) == set(State)


def test_the_picture_tells_the_exit_code() -> None:
    assert "exited (137)" in svg(State.EXITED, 137)
