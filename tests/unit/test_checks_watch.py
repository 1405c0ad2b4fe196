"""A Prometheus server, as one answers, and as other servers do."""

import http.server
import json
import threading

import pytest
from fake_docker import FakeClient

from autograder.checks import grade

NEVER = "0001-01-01T00:00:00Z"
METER = {
    "labels": {"job": "meter"},
    "health": "up",
    "scrapeInterval": "1s",
    "lastError": "",
    "lastScrape": "2026-11-01T09:00:01.123456789Z",
}
GONE = {"name": "Gone", "state": "inactive", "lastEvaluation": "2026-11-01T09:00:01.2Z"}
ANSWERS = {
    "targets": {"activeTargets": [METER]},
    "rules": {"groups": [{"rules": [GONE]}]},
    "query": {"resultType": "vector", "result": [{"metric": {}, "value": [0, "42.5"]}]},
    "status/buildinfo": {"version": "2.53"},
}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path = self.path.removeprefix("/api/v1/").partition("?")[0]
        told = self.server.answers.get(path)
        self.send_response(200 if told is not None else 404)
        self.end_headers()
        text = told if isinstance(told, str) else json.dumps({"status": "success", "data": told})
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.answers = dict(ANSWERS)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def prometheus(server):
    address = f"http://127.0.0.1:{server.server_port}/"
    return grade("t", points=1, client=FakeClient()).prometheus(address)


def test_a_target_that_is_up(prometheus):
    assert prometheus.pulls_from("meter", timeout=0)
    assert prometheus.pulls_from("meter", most=1, timeout=0)
    assert prometheus.pulls_from("meter", most=0.5, timeout=0).found.endswith("every 1 s")
    assert prometheus.pulls_from("watch", timeout=0).found == "the jobs meter"


@pytest.mark.parametrize(
    ("text", "seconds"), [("500ms", 0.5), ("5s", 5), ("1m30s", 90), ("1h", 3600)]
)
def test_how_often(server, prometheus, text, seconds):
    server.answers["targets"] = {"activeTargets": [METER | {"scrapeInterval": text}]}
    assert prometheus.pulls_from("meter", most=seconds, timeout=0)
    assert not prometheus.pulls_from("meter", most=seconds * 0.9, timeout=0)


def test_a_target_that_is_down(server, prometheus):
    server.answers["targets"] = {
        "activeTargets": [METER | {"health": "down", "lastError": "no such host"}]
    }
    assert prometheus.pulls_from("meter", timeout=0).found == "it is down: no such host"


def test_an_alert(prometheus):
    assert prometheus.alert_is("Gone", "inactive", timeout=0)
    assert prometheus.alert_is("Gone", "inactive", timeout=0).found == "it is inactive"
    assert prometheus.alert_is("Gone", "firing", timeout=0).found == "it is inactive"
    assert "there are Gone" in prometheus.alert_is("Lost", "firing", timeout=0).found


@pytest.mark.parametrize(
    ("target", "rule"),
    [
        (METER, GONE | {"lastEvaluation": NEVER}),
        (METER, GONE | {"lastEvaluation": METER["lastScrape"]}),
        (METER | {"lastScrape": NEVER}, GONE),
    ],
)
def test_an_alert_of_which_nothing_is_known_yet(server, prometheus, target, rule):
    server.answers["targets"] = {"activeTargets": [target]}
    server.answers["rules"] = {"groups": [{"rules": [rule]}]}
    assert "yet" in prometheus.alert_is("Gone", "inactive", timeout=0).found


def test_an_alert_of_which_more_is_known_a_moment_later(server, prometheus):
    server.answers["rules"] = {"groups": [{"rules": [GONE | {"lastEvaluation": NEVER}]}]}

    def evaluate():
        later = {"lastEvaluation": "2026-11-01T11:00:02+01:00", "state": "firing"}
        server.answers["rules"] = {"groups": [{"rules": [GONE | later]}]}

    threading.Timer(0.7, evaluate).start()
    assert prometheus.alert_is("Gone", "inactive", timeout=2).found == "it is firing"
    assert prometheus.alert_is("Gone", "firing", timeout=0)


def test_a_query(server, prometheus):
    assert prometheus.answers_as("a", "up", "up")
    for wrong in (None, 42.5, "", "x" * 3000, ["up"], print):
        assert not prometheus.answers_as("a", wrong, "up", timeout=0)
    server.answers["query"] = {"resultType": "vector", "result": []}
    assert "no measurements" in prometheus.answers_as("a", "up", "up", timeout=0).found
    server.answers["query"] = {"resultType": "scalar", "result": [0, "1"]}
    assert prometheus.value("1") == 1


@pytest.mark.parametrize("told", ["", "{", "[]", "5", '{"data": 5}', '{"data": {"result": 5}}'])
def test_what_is_no_prometheus_is_told(server, prometheus, told):
    server.answers = dict.fromkeys(ANSWERS, told)
    assert not prometheus.pulls_from("meter", timeout=0)
    assert not prometheus.alert_is("Gone", "inactive", timeout=0)
    assert not prometheus.answers_as("a", "up", "up", timeout=0)


def test_nobody_answers():
    prometheus = grade("t", points=1, client=FakeClient()).prometheus("http://127.0.0.1:1")
    assert prometheus.pulls_from("meter", timeout=0).found == "no Prometheus answers there"
    assert prometheus.alert_is("Gone", "firing", timeout=0).found == "no Prometheus answers there"
