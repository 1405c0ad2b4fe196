"""Pages as servers of all kinds serve them."""

import http.server
import threading
import time

import pytest
from fake_docker import FakeClient

from autograder.checks import grade
from autograder.checks.page import BIGGEST


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked += 1
        getattr(self, f"say_{self.path.strip('/')}")()

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def say_page(self):
        self.answer(200, "<h1>Open from 9 to 5, 안녕</h1>".encode())

    def say_missing(self):
        self.answer(404, b"no such page")

    def say_moved(self):
        self.answer(302, Location="/page")

    def say_away(self):
        self.answer(302, Location=f"http://localhost:{self.server.server_port}/page")

    def say_round(self):
        self.answer(302, Location="/round")

    def say_starting(self):
        self.say_page() if self.server.asked > 3 else self.answer(503)

    def say_endless(self):
        self.answer(200)
        while True:
            self.wfile.write(b"x" * 65536)

    def say_dripping(self):
        self.answer(200)
        while True:
            self.wfile.write(b"x")
            time.sleep(0.05)

    def say_broken(self):
        self.answer(200, b"zz\r\nnot chunks", **{"Transfer-Encoding": "chunked"})

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    asked = 0

    def handle_error(self, *_):
        """A visitor who hangs up is no error."""


@pytest.fixture
def site():
    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def task(monkeypatch):
    monkeypatch.setattr("autograder.checks.page.GRACE", 1)
    monkeypatch.setattr("autograder.checks.page.REQUEST_TIMEOUT", 1)
    return grade("t", points=1, client=FakeClient())


def test_pages_that_pass(task, site):
    assert task.serves(f"{site}/page", text="Open from 9 to 5")
    assert task.serves(f"{site}/page", text="안녕")
    assert task.serves(f"{site}/missing", status=404)
    assert task.serves(f"{site}/moved", text="Open")
    assert task.serves(f"{site}/moved", status=302)


def test_server_that_is_starting_is_waited_for(task, site):
    assert task.serves(f"{site}/starting", text="Open")


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("page", "status 200"),
        ("missing", "status 404"),
        ("away", "sends visitors on"),
        ("round", "status 302"),
        ("broken", "no page"),
        ("dripping", "status 200"),
    ],
)
def test_pages_that_fail(task, site, path, found):
    result = task.serves(f"{site}/{path}", text="Closed", timeout=1)
    assert not result
    assert found in result.found


def test_endless_page_is_cut(task, site):
    result = task.serves(f"{site}/endless", text="Closed", timeout=1)
    assert not result
    assert len(result.found) < BIGGEST + 100


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://", "nonsense", "ftp://x/"])
def test_no_server(task, url):
    assert not task.serves(url, timeout=0)


def test_proxy_of_the_internet_is_not_asked(task, site, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert task.serves(f"{site}/page")
