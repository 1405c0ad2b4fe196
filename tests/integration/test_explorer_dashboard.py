"""The explorer of lesson 11 draws what Prometheus has, from the course's own monitoring."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import docker
import pytest

from dockerlab import compose, dashboard, monitoring
from dockerlab.dashboard import Query
from dockerlab.explorers import DashboardPanels
from dockerlab.lesson import Lesson
from dockerlab.prometheus import Prometheus
from dockerlab.wait import wait_for

PROJECT = "lesson-monitoring"
WORKER = f"{PROJECT}-worker-1"
SPEED = f'rate(container_cpu_usage_seconds_total{{name="{WORKER}"}}[10s])'


@pytest.fixture(scope="module")
def lesson() -> Iterator[Lesson]:
    lesson = Lesson(
        "t-monitoring",
        images=["cadvisor", "node-exporter", "prometheus", "busybox"],
        ports=[8080, 9090, 9100],
        projects=[PROJECT],
    )
    lesson.start()
    yield lesson
    lesson.clean_up()


@pytest.fixture(scope="module")
def file(lesson: Lesson, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The compose file of the running monitoring."""
    file = monitoring.copy_files(tmp_path_factory.mktemp("monitoring"))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in monitoring.settings(lesson.client).items():
            patch.setenv(name, value)
        compose.compose(file, "up", "--detach", "--wait")
        yield file


@pytest.fixture
def explorer(lesson: Lesson, file: Path) -> Iterator[DashboardPanels]:
    board = dashboard.read(file.parent / "grafana/dashboards/containers.json")
    explorer = DashboardPanels(lesson, board, Prometheus("http://127.0.0.1:9090"), WORKER)
    yield explorer
    explorer.close()


def test_both_targets_are_up_and_nothing_is_asked_in_vain(explorer: DashboardPanels) -> None:
    """Every panel of the file that Grafana gets has an answer from what is collected."""
    wait_for(
        lambda: set(explorer.prometheus.targets().values()) == {"up"}, timeout=30, what="targets"
    )
    wait_for(lambda: all(explorer.look(time.time()).values()), timeout=40, what="all panels")
    names = {name for name, _ in next(iter(explorer.look(time.time()).values()))}
    assert {WORKER, f"{PROJECT}-cadvisor-1", f"{PROJECT}-prometheus-1"} <= names


def test_the_machines_memory_is_the_daemons(
    explorer: DashboardPanels, client: docker.DockerClient
) -> None:
    (memory,) = explorer.prometheus.query("node_memory_MemTotal_bytes")
    assert memory.last == client.info()["MemTotal"]


def test_a_load_raises_the_workers_line_and_the_alert(explorer: DashboardPanels) -> None:
    def speed() -> float:
        found = explorer.prometheus.query(SPEED)
        return found[0].last if found else 0.0

    assert speed() < 0.01
    explorer.loads[20].click()
    assert explorer.follow.value
    wait_for(lambda: speed() > 0.05, timeout=40, what="the line to rise")
    wait_for(
        lambda: explorer.prometheus.alerts()["WorkerBusy"] == "firing", timeout=40, what="the alert"
    )
    before = explorer.picture
    wait_for(lambda: explorer.picture != before, timeout=20, what="the picture to follow")
    words = " ".join(ElementTree.fromstring(explorer.picture).itertext())  # noqa: S314 - our own
    assert WORKER in words
    wait_for(
        lambda: explorer.prometheus.alerts()["WorkerBusy"] == "inactive",
        timeout=60,
        what="the alert to clear",
    )


def test_what_prometheus_refuses_is_shown(explorer: DashboardPanels) -> None:
    panel = replace(explorer.dashboard.panels[0], queries=(Query("rate(", ""),))
    explorer.dashboard = replace(explorer.dashboard, panels=(panel,))
    explorer.refresh()
    assert "parse error" in explorer._said.value


def test_a_silent_prometheus_is_shown_and_the_picture_stays(
    lesson: Lesson, explorer: DashboardPanels
) -> None:
    drawn = explorer.picture
    explorer.prometheus = Prometheus("http://127.0.0.1:9")
    explorer.refresh()
    assert "Prometheus does not answer" in explorer._said.value
    assert explorer.picture == drawn
