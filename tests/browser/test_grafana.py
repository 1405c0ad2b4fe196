"""Grafana with the course's own files, where its image can be had."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
from playwright.sync_api import Browser, expect

from dockerlab import compose, dashboard, monitoring
from dockerlab.images import ensure, obtainable
from dockerlab.lesson import Lesson

IMAGE = "grafana/grafana:latest"
DRAWN = 60_000  # milliseconds, as Playwright counts


@pytest.fixture
def file(client: docker.DockerClient, tmp_path: Path) -> Iterator[Path]:
    """The compose file of the running monitoring, with Grafana."""
    if not obtainable(client, IMAGE):
        pytest.skip(f"{IMAGE} is in no registry that can be reached from here")
    lesson = Lesson("t-grafana", projects=["lesson-monitoring"])
    lesson.start()
    ensure(client, ["cadvisor", "node-exporter", "prometheus", "busybox"])
    file = monitoring.copy_files(tmp_path / "monitoring")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in monitoring.settings(client).items():
            patch.setenv(name, value)
        try:
            words = "--profile", "grafana", "up", "--detach", "--wait"
            compose.compose(file, *words, timeout=900)
            yield file
        finally:
            lesson.clean_up()


def test_the_dashboard_opens_with_all_its_panels(browser: Browser, file: Path) -> None:
    board = dashboard.read(file.parent / "grafana/dashboards/containers.json")
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:3000/d/{board.uid}")
    for panel in board.panels:
        expect(page.get_by_text(panel.title, exact=True)).to_be_visible(timeout=DRAWN)
    expect(page.get_by_text("lesson-monitoring-worker-1").first).to_be_visible(timeout=DRAWN)
    page.close()
