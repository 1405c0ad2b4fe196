"""Lessons run live: from top to bottom, again, after an interruption; and the explorer drives."""

from __future__ import annotations

import itertools
import json
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path

import docker
import nbformat
import pytest
from nbclient import NotebookClient

from dockerlab.engine import connect
from dockerlab.errors import LessonNotReady
from dockerlab.explorers import Action, ContainerStates, State, allowed
from dockerlab.explorers.states import LEADS_TO
from dockerlab.lesson import Lesson
from dockerlab.wait import wait_for

COURSE = Path(__file__).parents[2] / "course"
LESSON = COURSE / "04-containers.ipynb"
BUDGET = 180  # seconds for a lesson, from top to bottom


@pytest.fixture(scope="module")
def client() -> Iterator[docker.DockerClient]:
    client = connect()
    yield client
    client.close()


@pytest.fixture
def lesson() -> Iterator[Lesson]:
    """A lesson of the test's own, so that nobody else's containers are met."""
    word = f"t{uuid.uuid4().hex[:10]}"
    lesson = Lesson(word, images=["busybox"], names=[f"{word}-box"])
    lesson.start()
    yield lesson
    lesson.clean_up()


def run_lesson(path: Path, changes: dict[str, str] | None = None) -> list[dict]:
    """Execute a notebook; cells named in `changes` have another source."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = (changes or {}).get(cell.id, cell.source)
    NotebookClient(
        notebook, timeout=BUDGET, resources={"metadata": {"path": str(path.parent)}}
    ).execute()
    return notebook.cells


def ours(client: docker.DockerClient) -> list[str]:
    found = client.api.containers(all=True, filters={"label": "dockerlab.lesson=containers"})
    return [box["Names"][0] for box in found]


def test_the_answers_to_the_exercises_pass_their_checks(client: docker.DockerClient) -> None:
    """Run from top to bottom, with the exercises done as their last hints say."""
    cells = json.loads(LESSON.read_text(encoding="utf-8"))["cells"]
    texts = {cell["id"]: "".join(cell["source"]) for cell in cells}
    hints = {
        "exercise-1": texts["exercises"].partition("```python\n")[2].partition("```")[0],
        "exercise-2": texts["exercise-2-text"].partition("```\n")[2].partition("```")[0],
        "exercise-3": texts["exercise-3-text"].partition("```\n")[2].partition("```")[0],
    }
    assert all(hints.values())
    done = {cell["id"]: cell for cell in run_lesson(LESSON, hints)}
    for exercise, points in (("exercise-1", 1.0), ("exercise-2", 3.0), ("exercise-3", 1.0)):
        outputs = done[f"{exercise}-check"]["outputs"]
        assert outputs[-1]["data"]["text/plain"] == str(points), outputs
    assert ours(client) == []


def test_it_runs_after_an_interrupted_run(client: docker.DockerClient) -> None:
    """A kernel dies in the middle; the next run starts from nothing and ends with nothing."""
    stop_here = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
    with pytest.raises(Exception, match=r"[Kk]ernel died"):
        run_lesson(LESSON, {"peace-two": stop_here})
    assert ours(client), "the interrupted run left nothing behind, so this test shows nothing"
    run_lesson(LESSON)
    assert ours(client) == []


def test_a_held_port_is_told_in_a_sentence() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        with pytest.raises(LessonNotReady, match=f"Port {port} is held by"):
            Lesson("t-port", ports=[port]).start()
    Lesson("t-port", ports=[port]).start().close()


def test_a_port_held_by_a_container_names_it(client: docker.DockerClient, lesson: Lesson) -> None:
    name = lesson.names[0]
    client.containers.run(
        "busybox", ["sleep", "60"], name=name, ports={"80/tcp": ("127.0.0.1", 0)}, detach=True
    )
    box = client.api.inspect_container(name)
    port = int(box["NetworkSettings"]["Ports"]["80/tcp"][0]["HostPort"])
    with pytest.raises(LessonNotReady, match=f"the container {name}"):
        Lesson("t-port", ports=[port]).start()


def test_an_unknown_image_is_told_in_a_sentence() -> None:
    with pytest.raises(LessonNotReady, match="no image 'nosuch'"):
        Lesson("t-image", images=["nosuch"]).start()


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
