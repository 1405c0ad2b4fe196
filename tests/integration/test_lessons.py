"""Every lesson runs live: with its exercises done, and after a run that was cut off."""

from __future__ import annotations

import json
import re
from pathlib import Path

import docker
import inventory
import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

COURSE = Path(__file__).parents[2] / "course"
LESSONS = sorted(COURSE.glob("[0-9][0-9]-*.ipynb"))
BUDGET = 180  # seconds for a cell; a lesson has no longer from top to bottom
ANSWER = re.compile(r"<summary>The answer</summary>\s*```\w*\n(.*?)```", re.DOTALL)


@pytest.fixture(params=LESSONS, ids=lambda path: path.stem)
def lesson(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def run(path: Path, changes: dict[str, str]) -> dict[str, dict]:
    """Execute a notebook, in which the cells named in `changes` have another source."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = changes.get(cell.id, cell.source)
    NotebookClient(
        notebook, timeout=BUDGET, resources={"metadata": {"path": str(path.parent)}}
    ).execute()
    return {cell.id: cell for cell in notebook.cells}


def answers(path: Path) -> dict[str, str]:
    """The answer to each exercise, as its last hint has it, by the cell that it belongs in."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    texts = {cell["id"]: "".join(cell["source"]) for cell in cells}
    found = {
        name.removesuffix("-text"): ANSWER.search(text)
        for name, text in texts.items()
        if re.fullmatch(r"exercise-\d-text", name)
    }
    assert 3 <= len(found) <= 5
    return {name: answer[1] for name, answer in found.items() if answer}


def points(check: dict) -> tuple[float, float]:
    """What a check's cell shows: points earned, and points that can be earned."""
    text = ["".join(output["data"]["text/plain"]) for output in check["outputs"]]
    return float(text[-1]), float(text[0].partition(" of ")[2].split()[0])


@pytest.mark.slow
def test_the_answers_to_the_exercises_pass_their_checks_and_nothing_is_left(
    client: docker.DockerClient, lesson: Path
) -> None:
    before = inventory.take(client)
    given = answers(lesson)
    done = run(lesson, given)
    for exercise in given:
        earned, all_there_are = points(done[f"{exercise}-check"])
        assert earned == all_there_are > 0, done[f"{exercise}-check"]["outputs"]
    assert inventory.take(client) == before


def test_an_exercise_that_is_not_done_earns_less(lesson: Path) -> None:
    """As saved: the notebook's own outputs are what nbval compares the daemon with."""
    cells = {c["id"]: c for c in json.loads(lesson.read_text(encoding="utf-8"))["cells"]}
    for exercise in answers(lesson):
        earned, all_there_are = points(cells[f"{exercise}-check"])
        assert earned < all_there_are


@pytest.mark.slow
def test_it_runs_after_a_run_that_was_cut_off(client: docker.DockerClient, lesson: Path) -> None:
    """A kernel dies before the exercises; the next run starts from nothing, and leaves nothing."""
    before = inventory.take(client)
    with pytest.raises(DeadKernelError):
        run(lesson, {"exercise-1": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"})
    assert inventory.take(client) != before, "nothing was left behind, so this test shows nothing"
    run(lesson, {})
    assert inventory.take(client) == before
