"""Lesson 04 and its explorer, in the lab."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest
from jupyterlab_page import AUTOGRADER, ROOT, JupyterLabPage
from playwright.sync_api import expect

from dockerlab.cleanup import clean_up
from dockerlab.explorers.container_states import NAME

LESSON = ROOT / "course/04-containers.ipynb"
LABEL = {"label": "dockerlab.lesson=containers"}
RUN_TIMEOUT = 300  # seconds


def test_the_printed_address_opens_the_first_lesson(page: JupyterLabPage, lab: str) -> None:
    page.open(lab)
    expect(page.notebook.get_by_role("heading", level=1)).to_contain_text("Virtual machine")
    expect(page.dialog).to_have_count(0)
    expect(page.page.locator(".Toastify__toast")).to_have_count(0)


def test_a_second_lab_tells_where_the_first_is(lab: str, environment: dict[str, str]) -> None:
    second = subprocess.run(
        [AUTOGRADER, "lab"], env=environment, check=True, capture_output=True, text=True, timeout=60
    )
    assert "The course is served already" in second.stdout
    assert lab in second.stdout


def test_the_lesson_runs_from_top_to_bottom(
    page: JupyterLabPage, workplace: Path, client: docker.DockerClient
) -> None:
    lesson = Path(shutil.copy(LESSON, workplace))
    page.open_file(lesson)

    cells = page.run_all(lesson, timeout=RUN_TIMEOUT)

    assert _errors(cells) == []
    assert [c["execution_count"] for c in cells] == list(range(1, len(cells) + 1))
    assert client.containers.list(all=True, filters=LABEL) == []


@pytest.fixture
def nothing_left(client: docker.DockerClient) -> Iterator[None]:
    """Remove what a lesson that did not come to its end has made."""
    yield
    clean_up(client, "containers")


@pytest.mark.usefixtures("nothing_left")
def test_the_explorer_drives_a_real_container(
    page: JupyterLabPage, workplace: Path, client: docker.DockerClient
) -> None:
    lesson = workplace / LESSON.name
    lesson.write_text(json.dumps(_up_to_explorer()))
    page.open_file(lesson)
    assert _errors(page.run_all(lesson, timeout=RUN_TIMEOUT)) == []
    explorer = page.notebook.locator(".dl-states")

    def press(name: str) -> None:
        explorer.get_by_role("button", name=name, exact=True).click()

    press("create")
    expect(explorer.get_by_role("img")).to_contain_text("▶ created")
    box = client.containers.get(NAME)
    assert box.status == "created"
    for button, state in (("start", "running"), ("pause", "paused"), ("unpause", "running")):
        press(button)
        expect(explorer.get_by_role("img")).to_contain_text(f"▶ {state}")
        assert client.containers.get(box.id).status == state
    told = explorer.locator(".dl-events li")
    expect(told).to_contain_text(["unpause", "pause", "start", "create"])  # the newest first
    explorer.evaluate("element => element.scrollIntoView({block: 'end'})")
    page.keep("explorer")

    box.kill()  # behind its back: the daemon's events tell it
    expect(explorer.get_by_role("img")).to_contain_text("▶ exited (137)")
    expect(told).to_contain_text(["die", "kill", "unpause", "pause", "start", "create"])
    press("rm")
    expect(explorer.get_by_role("img")).to_contain_text("▶ removed")
    with pytest.raises(docker.errors.NotFound):
        client.containers.get(NAME)


def _up_to_explorer() -> dict[str, object]:
    """The lesson without what comes after the explorer, its clean-up above all."""
    notebook: dict[str, object] = json.loads(LESSON.read_text())
    cells = notebook["cells"]
    assert isinstance(cells, list)
    at = [n for n, cell in enumerate(cells) if "ContainerStates(" in "".join(cell["source"])]
    return {**notebook, "cells": cells[: at[-1] + 1]}


def _errors(cells: list[dict[str, Any]]) -> list[str]:
    outputs = [output for cell in cells for output in cell["outputs"]]
    return [f"{o['ename']}: {o['evalue']}" for o in outputs if o["output_type"] == "error"]
