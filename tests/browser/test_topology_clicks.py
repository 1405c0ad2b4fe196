"""The topology explorer in a browser: a click on a thing of the picture tells about that thing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
from jupyterlab_page import ROOT, JupyterLabPage
from playwright.sync_api import expect

from dockerlab.cleanup import clean_up

LESSON = ROOT / "course/08-networks.ipynb"
RUN_TIMEOUT = 180  # seconds


@pytest.fixture(autouse=True)
def _nothing_left(client: docker.DockerClient) -> Iterator[None]:
    yield
    clean_up(client, "networks")


def test_what_is_clicked_on_is_told(
    page: JupyterLabPage, workplace: Path, client: docker.DockerClient
) -> None:
    notebook = json.loads(LESSON.read_text())
    ids = [cell["id"] for cell in notebook["cells"]]
    notebook["cells"] = notebook["cells"][: ids.index("explorer") + 1]
    lesson = workplace / LESSON.name
    lesson.write_text(json.dumps(notebook))
    page.open_file(lesson)
    page.run_all(lesson, timeout=RUN_TIMEOUT)
    explorer = page.notebook.locator(".dl-topology")

    box = client.containers.get("lesson-two")
    drawn = explorer.locator("svg text.name", has_text="lesson-two")
    drawn.scroll_into_view_if_needed()
    place = drawn.bounding_box()
    assert place
    # With the mouse, at the place where the picture shows it.
    page.page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    told = explorer.get_by_role("status").first
    expect(told).to_contain_text("container lesson-two")
    expect(told).to_contain_text(box.attrs["NetworkSettings"]["Networks"]["bridge"]["IPAddress"])

    client.networks.get("lesson-front").connect(box)  # behind its back
    expect(told).to_contain_text("on lesson-front")
