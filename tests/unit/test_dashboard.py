"""A dashboard's file, its panels and their picture; no Prometheus needed."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from dockerlab import dashboard, monitoring, paths
from dockerlab.dashboard import Dashboard, Panel, Query, written
from dockerlab.explorers.dashboard_drawing import SHOWN, ceiling, svg
from dockerlab.prometheus import Prometheus, QueryRefused, Series

FOLDER = paths.course() / "monitoring"
BOARD = FOLDER / "grafana/dashboards/containers.json"


def test_the_courses_dashboard_is_read_whole() -> None:
    found = dashboard.read(BOARD)
    assert (found.title, found.uid) == ("Containers and their machine", "dockerlab-containers")
    assert len(found.panels) == 4
    assert all(panel.queries for panel in found.panels)
    assert len({(panel.x, panel.y) for panel in found.panels}) == 4


def test_grafana_is_told_where_all_is() -> None:
    """What the dashboard, the provider, the data source and the compose file say of each other."""
    board = json.loads(BOARD.read_text())
    services = yaml.safe_load((FOLDER / "compose.yaml").read_text())["services"]
    (source,) = yaml.safe_load((FOLDER / "grafana/datasources/prometheus.yml").read_text())[
        "datasources"
    ]
    (provider,) = yaml.safe_load((FOLDER / "grafana/dashboards/provider.yml").read_text())[
        "providers"
    ]
    named = {panel["datasource"]["uid"] for panel in board["panels"]}
    asked = {one["datasource"]["uid"] for panel in board["panels"] for one in panel["targets"]}
    assert named == asked == {source["uid"]}
    assert source["url"] == "http://prometheus:9090"
    mounts = dict(mount.split(":")[:2] for mount in services["grafana"]["volumes"])
    assert mounts["./grafana/dashboards"] == provider["options"]["path"]
    assert mounts["./grafana/datasources"].endswith("/provisioning/datasources")
    scraped = yaml.safe_load((FOLDER / "prometheus/prometheus.yml").read_text())["scrape_configs"]
    hosts = {
        t.split(":")[0] for job in scraped for c in job["static_configs"] for t in c["targets"]
    }
    assert hosts <= services.keys()


@pytest.mark.parametrize("text", ["{}", '{"title": "t", "uid": "u", "panels": [{"targets": [1]}]}'])
def test_what_is_no_dashboard_is_told(text: str, tmp_path: Path) -> None:
    file = tmp_path / "board.json"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"board\.json is not a dashboard"):
        dashboard.read(file)


def test_panels_without_queries_and_hidden_queries_are_left_out(tmp_path: Path) -> None:
    place = {"x": 0, "y": 0, "w": 12, "h": 8}
    panels = [
        {"type": "row", "title": "A row", "gridPos": place},
        {
            "title": "Load",
            "gridPos": place,
            "targets": [{"expr": "a"}, {"expr": "b", "hide": True}],
        },
    ]
    file = tmp_path / "board.json"
    file.write_text(json.dumps({"title": "t", "uid": "u", "panels": panels}))
    assert dashboard.read(file).panels == (Panel("Load", "none", 0, 0, 12, 8, (Query("a", ""),)),)


def test_legends_have_the_labels_values() -> None:
    labels = {"name": "db", "job": "cadvisor"}
    assert Query("x", "{{name}} of {{ job }}{{nothing}}").name(labels) == "db of cadvisor"
    assert Query("x", "").name(labels) == "job=cadvisor, name=db"
    assert Query("x", "").name({}) == "value"


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (0.256, "percentunit", "25.6 %"),
        (512, "bytes", "512 B"),
        (3 * 2**20, "bytes", "3 MiB"),
        (1.5 * 2**30, "bytes", "1.5 GiB"),
        (0.12345, "none", "0.123"),
    ],
)
def test_values_are_written_short(value: float, unit: str, words: str) -> None:
    assert written(value, unit) == words


@pytest.mark.parametrize(
    ("value", "unit", "top"),
    [
        (0, "none", 1),
        (float("nan"), "none", 1),
        (0.13, "none", 0.2),
        (3, "none", 5),
        (700, "bytes", 1000),
        (180 * 2**20, "bytes", 200 * 2**20),
    ],
)
def test_a_scale_ends_at_a_round_number(value: float, unit: str, top: float) -> None:
    assert ceiling(value, unit) == pytest.approx(top)


def series(*values: float) -> Series:
    return Series({}, tuple((float(at), value) for at, value in enumerate(values)))


def test_the_picture_says_each_panels_latest_values() -> None:
    memory = Panel("Memory", "bytes", 0, 0, 12, 8, (Query("m", ""),))
    empty = Panel("Nothing <here>", "none", 12, 0, 12, 8, (Query("n", ""),))
    many = [(f"box {n}", series(0, n * 2**20)) for n in range(SHOWN + 3)]
    root = ET.fromstring(  # noqa: S314 - our own
        svg(Dashboard("Board", "b", (memory, empty)), {memory: many, empty: []}, 0.0, 1.0)
    )
    words = " ".join(root.itertext())
    assert "box 7: 7 MiB" in words
    assert "and 3 more" in words
    assert "no data" in words
    assert "Nothing <here>" in words
    assert f"box {SHOWN + 2} 10 MiB" in root.get("aria-label", "")


def test_prometheus_answers_and_refusals_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: dict[str, Any] = {}

    def get(url: str, *, params: dict[str, Any], timeout: float) -> Any:
        assert url.startswith("http://p:9090/api/v1/")
        return SimpleNamespace(json=lambda: answers)

    monkeypatch.setattr("dockerlab.prometheus.requests.get", get)
    server = Prometheus("http://p:9090/")
    result = [{"metric": {"job": "a"}, "value": [10, "+Inf"]}]
    answers |= {"status": "success", "data": {"resultType": "vector", "result": result}}
    (one,) = server.query("up")
    assert (one.labels, one.last) == ({"job": "a"}, float("inf"))
    answers["data"] = {"resultType": "scalar", "result": [10, "2"]}
    assert server.query("1 + 1") == [Series({}, ((10.0, 2.0),))]
    answers.clear()
    answers |= {"status": "error", "error": "parse error: unexpected end of input"}
    with pytest.raises(QueryRefused, match="parse error"):
        server.query("(")


class _Client:
    """A docker client of an engine of this name, at a socket."""

    def __init__(self, system: str, socket: str | None) -> None:
        self._system = system
        adapter = SimpleNamespace(socket_path=socket) if socket else SimpleNamespace()
        self.api = SimpleNamespace(base_url="http+docker://x", get_adapter=lambda url: adapter)

    def info(self) -> dict[str, str]:
        return {"OperatingSystem": self._system, "DockerRootDir": "/data"}


@pytest.mark.parametrize(
    ("system", "socket", "mounted"),
    [
        ("Debian GNU/Linux 12", "/run/user/1000/docker.sock", "/run/user/1000/docker.sock"),
        ("Docker Desktop", "/home/me/.docker/run/docker.sock", "/var/run/docker.sock"),
        ("Debian GNU/Linux 12", None, "/var/run/docker.sock"),
    ],
)
def test_the_socket_is_the_one_of_the_daemons_machine(
    system: str, socket: str | None, mounted: str
) -> None:
    told = monitoring.settings(_Client(system, socket))  # type: ignore[arg-type]
    assert told == {"DOCKER_SOCKET": mounted, "DOCKER_DATA": "/data"}


def test_the_copied_files_can_be_read_by_any_user(tmp_path: Path) -> None:
    file = monitoring.copy_files(tmp_path / "copy")
    assert file.name == "compose.yaml"
    assert {path.stat().st_mode & 0o444 for path in file.parent.rglob("*")} == {0o444}
