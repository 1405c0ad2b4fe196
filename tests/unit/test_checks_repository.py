"""The checks of a repository, against a registry's API as a small web server speaks it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar

import pytest
from fake_docker import FakeClient

from autograder.checks import Repository, grade
from dockerlab.errors import RegistryError
from dockerlab.registry import Registry


class _Api(BaseHTTPRequestHandler):
    """Two repositories, listed one a page; `team/hello` has two tags of one image, and one more."""

    pages: ClassVar = {
        "/v2/_catalog?n=100": ({"repositories": ["team/hello"]}, "</v2/_catalog?n=100&last=x>"),
        "/v2/_catalog?n=100&last=x": ({"repositories": ["team/empty"]}, ""),
        "/v2/team/hello/tags/list?n=100": ({"tags": ["1", "2", "latest"]}, ""),
        "/v2/team/empty/tags/list?n=100": ({"tags": None}, ""),
        "/v2/team/hello/manifests/1": ({"layers": [{"digest": "sha256:1", "size": 1}]}, ""),
        "/v2/team/hello/manifests/2": ({"layers": [{"digest": "sha256:2", "size": 2}]}, ""),
        "/v2/team/hello/manifests/latest": ({"layers": [{"digest": "sha256:1", "size": 1}]}, ""),
    }

    def do_GET(self) -> None:
        told, onward = self.pages.get(self.path, ({"errors": []}, ""))
        status = 200 if self.path in self.pages else 404
        if not self.headers.get("Authorization"):
            told, onward, status = {"errors": []}, "", 401
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if onward:
            self.send_header("Link", f'{onward}; rel="next"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def place() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Api) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


def repository(place: str, name: str = "team/hello", *, known: bool = True) -> Repository:
    auth = ("ann", "s3cret") if known else None
    return grade("t", points=1, client=FakeClient()).repository(name, at=place, auth=auth)


@pytest.fixture(autouse=True)
def _closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close the sessions that the checks leave to the garbage collector."""
    made: list[Registry] = []
    init = Registry.__init__

    def remember(self: Registry, *arguments: object) -> None:
        init(self, *arguments)
        made.append(self)

    monkeypatch.setattr(Registry, "__init__", remember)
    yield
    for registry in made:
        registry.close()


def test_tags_are_there_or_not(place: str) -> None:
    assert repository(place).has_tag("latest")
    assert not repository(place).has_tag("3")
    assert repository(place).has_tag("3").found == "tags: 1, 2, latest"
    assert repository(place, "team/none").has_tag("1").found == "no repository 'team/none'"


def test_a_tag_is_gone_only_where_the_repository_is_there(place: str) -> None:
    assert repository(place).lacks_tag("3")
    assert repository(place, "team/empty").lacks_tag("1")  # on the catalogue's second page
    assert not repository(place).lacks_tag("1")
    assert not repository(place, "team/none").lacks_tag("1")


def test_tags_of_one_image(place: str) -> None:
    assert repository(place).stands_for("latest", "team/hello:1")
    assert not repository(place).stands_for("latest", "team/hello:2")
    assert not repository(place).stands_for("latest", "team/none:1")
    assert not repository(place).stands_for("3", "team/none:1")  # nothing is not like nothing


def test_a_closed_door_and_no_registry_at_all_are_results(place: str) -> None:
    assert "asks for a user" in repository(place, known=False).has_tag("1").found
    assert "No registry answers" in repository("127.0.0.1:1").has_tag("1").found
    assert "No registry answers" in repository("127.0.0.1:1").lacks_tag("1").found
    assert not repository("127.0.0.1:1").stands_for("1", "team/hello:1")


def test_what_was_asked_is_remembered(place: str) -> None:
    registry = Registry(place, ("ann", "s3cret"))
    assert [str(tag) for tag in registry.contents().tags] == [
        "team/hello:1",
        "team/hello:2",
        "team/hello:latest",
    ]
    assert str(registry.requests[0]) == "GET /v2/_catalog?n=100 → 200"
    with pytest.raises(RegistryError, match="asks for a user"):
        Registry(place).contents()
