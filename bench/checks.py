"""The time of one check, against asking the daemon for the same facts by plain docker-py.

What waits (a container that has just started, a server that comes up, a page that is not yet as
wanted) is left out: here all is up and settled, so both ways take what the asking takes.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Iterator

import docker
import requests
from docker.models.containers import Container

from autograder.checks import Task
from bench.table import Comparison, compare
from dockerlab import images
from dockerlab.wait import wait_for

LIMIT = 1.3
TITLE = "One check against the same facts by plain docker-py (median of 30 each)"


def measure(client: docker.DockerClient) -> list[Comparison]:
    """Time each kind of check.

    Args:
        client: of the daemon that is asked.
    """
    images.ensure(client, ["httpd"])
    with _server(client) as server:
        name = str(server.name)
        task = Task("bench", 1, client)
        box = task.container(name)
        box.is_running()
        ports = client.containers.get(name).ports["80/tcp"] or []
        port = ports[0]["HostPort"]
        url = f"http://127.0.0.1:{port}/"
        wait_for(lambda: _answers(url), timeout=30, what="the web server")

        def get() -> Container:
            return client.containers.get(name)

        pairs: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
            "is_running": (box.is_running, lambda: get().status == "running"),
            "runs_image": (
                lambda: box.runs_image("httpd"),
                lambda: get().attrs["Config"]["Image"] == "httpd",
            ),
            "has_env": (
                lambda: box.has_env("BENCH", "1"),
                lambda: "BENCH=1" in get().attrs["Config"]["Env"],
            ),
            "publishes": (lambda: box.publishes(80), lambda: bool(get().ports["80/tcp"])),
            "log_contains": (
                lambda: box.log_contains("configured"),
                lambda: b"configured" in get().logs(),
            ),
            "exec_prints": (
                lambda: box.exec_prints(["echo", "hello"], "hello"),
                lambda: b"hello" in get().exec_run(["echo", "hello"]).output,
            ),
            "accepts_connections": (
                lambda: box.accepts_connections(80),
                lambda: (
                    b":0050" in get().exec_run(["cat", "/proc/net/tcp", "/proc/net/tcp6"]).output
                ),
            ),
            "serves": (
                lambda: box.serves(text="It works!"),
                lambda: get().ports and "It works!" in requests.get(url, timeout=5).text,
            ),
        }
        return [compare(what, *ways, limit=LIMIT) for what, ways in pairs.items()]


@contextlib.contextmanager
def _server(client: docker.DockerClient) -> Iterator[Container]:
    server = client.containers.run(
        "httpd",
        name=f"bench-{uuid.uuid4().hex[:8]}",
        environment={"BENCH": "1"},
        ports={"80/tcp": None},
        labels={"dockerlab.bench": "checks"},
        detach=True,
    )
    try:
        yield server
    finally:
        server.remove(force=True, v=True)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.RequestException:
        return False
