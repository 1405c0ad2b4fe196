"""Reading a compose file's services and a project's containers, and drawing them; no daemon."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest

from dockerlab import compose
from dockerlab.compose import Plan, Service, plan
from dockerlab.errors import CommandFailed, ToolMissing
from dockerlab.explorers.compose_drawing import svg
from dockerlab.explorers.replicas import Replica, replica

CONFIG = {
    "name": "shop",
    "services": {
        "web": {
            "image": "httpd",
            "depends_on": {"clerk": {"condition": "service_healthy", "required": True}},
            "volumes": [
                {"type": "volume", "source": "pages", "target": "/p"},
                {"type": "bind", "source": "/etc", "target": "/e"},
                {"type": "volume", "target": "/anonymous"},
            ],
        },
        "clerk": {
            "image": "mariadb",
            "depends_on": {
                "db": {"condition": "service_started"},
                "once": {"condition": "service_completed_successfully"},
            },
        },
        "db": {"image": "mariadb"},
        "once": {"build": {"context": "."}, "profiles": ["tools"]},
    },
}


def test_a_plan_has_what_the_file_asks_for() -> None:
    found = plan(CONFIG)
    assert found.project == "shop"
    assert found.services["web"] == Service("web", "httpd", {"clerk": "healthy"}, ("pages",))
    assert found.services["clerk"].needs == {"db": "started", "once": "completed"}
    assert found.services["once"] == Service("once", "built here", {}, (), ("tools",))
    assert {name: found.depth(name) for name in found.services} == {
        "db": 0,
        "once": 0,
        "clerk": 1,
        "web": 2,
    }


def inspected(**changes: Any) -> dict[str, Any]:
    """What the daemon says of the shop's second web server, which is up and well."""
    probes = [
        {"Start": "x", "End": "2026-01-01T00:00:09.0Z", "ExitCode": 1},
        {"Start": "x", "End": "2026-01-01T00:00:10.5Z", "ExitCode": 0},
        {"Start": "x", "End": "2026-01-01T00:00:11.5Z", "ExitCode": 0},
    ]
    state = {
        "Status": "running",
        "ExitCode": 0,
        "StartedAt": "2026-01-01T00:00:02.123456789Z",
        "Health": {"Status": "healthy", "Log": probes},
    }
    return {
        "Id": "abc",
        "Created": "2026-01-01T00:00:01.5Z",
        "State": state | changes,
        "Config": {"Labels": {compose.SERVICE: "web", compose.NUMBER: "2"}},
        "NetworkSettings": {
            "Ports": {
                "80/tcp": [
                    {"HostIp": "127.0.0.1", "HostPort": "8081"},
                    {"HostIp": "::", "HostPort": "8081"},
                ],
                "443/tcp": None,
            }
        },
    }


def test_a_container_is_read_with_the_moment_of_its_first_health() -> None:
    one = replica(inspected())
    assert (one.service, one.number, one.words, one.ports) == (
        "web",
        2,
        "running, healthy",
        (8081,),
    )
    assert one.healthy is not None
    assert one.started is not None
    assert round(one.healthy - one.created, 3) == 9.0
    assert round(one.started - one.created, 3) == 0.623


def test_one_that_never_started_or_has_ended_says_so() -> None:
    made = replica(
        inspected(Status="created", StartedAt="0001-01-01T00:00:00Z", Health={"Log": None})
    )
    assert (made.words, made.started, made.healthy) == ("created", None, None)
    ended = replica(inspected(Status="exited", ExitCode=137, Health={}))
    assert ended.words == "exited (137)"


def drawn(*replicas: Replica, wanted: Plan | None = None) -> tuple[str, str]:
    """The picture's label, and all words in it; it must be well-formed."""
    root = ET.fromstring(svg(wanted or plan(CONFIG), list(replicas), 1e9))  # noqa: S314 - our own
    return root.get("aria-label", ""), " ".join(root.itertext())


def test_the_picture_has_every_service_and_says_what_is_there() -> None:
    label, words = drawn()
    assert label == "The services of shop. nothing is there."
    assert all(name in words for name in CONFIG["services"])
    assert "only when asked for" in words

    label, words = drawn(replica(inspected()))
    assert label == "The services of shop. web 2: running, healthy."
    assert "✓ 2: running, healthy :8081" in words
    assert "started after 0.6 s, healthy after 9.0 s" in words


def test_a_container_of_a_service_that_the_file_no_longer_has_is_left_out() -> None:
    label, _ = drawn(replica(inspected()), wanted=Plan("shop", {"db": Service("db", "x", {})}))
    assert label == "The services of shop. nothing is there."


def test_names_are_escaped() -> None:
    wild = Plan("<p>", {"a&b": Service("a&b", "<img>", {})})
    _, words = drawn(wanted=wild)
    assert "a&b" in words
    assert "<img>" in words


@pytest.mark.parametrize(
    ("printed", "found"), [("2.26.1-4\n", "2.26.1-4"), ("v5.0.2", "5.0.2"), ("2.23", "2.23")]
)
def test_a_version_that_is_new_enough(
    printed: str, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compose, "run", lambda command, timeout: printed)
    assert compose.version() == found


def test_what_is_missing_or_too_old_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose, "run", lambda command, timeout: "2.9.0")
    with pytest.raises(ToolMissing, match=r"2\.9\.0"):
        compose.version()

    def absent(command: list[str], timeout: float) -> str:
        raise CommandFailed(command, 1, "", "'compose' is not a docker command")

    monkeypatch.setattr(compose, "run", absent)
    with pytest.raises(ToolMissing, match="Docker Desktop"):
        compose.version()
