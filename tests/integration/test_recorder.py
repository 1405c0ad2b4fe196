"""The API recorder in front of a real daemon: all works as without it, and is written down."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import uuid
from collections.abc import Callable, Iterator

import docker
import pytest

from dockerlab import daemon, recorder
from dockerlab.images import ensure
from dockerlab.recorder import record
from dockerlab.recorder_proxy import by_command

WAIT = 60  # seconds
SWITCHED = ("DOCKER_HOST", "DOCKER_TLS", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH")

# docker-py leaves the socket of an exec to the garbage collector.
# asyncio's child processes, of the way by the docker command, may be collected after their loop.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module", autouse=True)
def _images(client: docker.DockerClient) -> None:
    ensure(client, ["busybox"])


@pytest.fixture
def name() -> str:
    return f"t{uuid.uuid4().hex[:10]}"


@pytest.fixture
def mark(labels: dict[str, str]) -> list[str]:
    """The options that put the run's label on what a docker command makes."""
    return [f"--label={key}={value}" for key, value in labels.items()]


@pytest.fixture(autouse=True)
def _nothing_stays() -> Iterator[None]:
    """The environment is as before, and no thread of the recorder's is left."""
    before = {each: os.environ.get(each) for each in SWITCHED}
    yield
    assert {each: os.environ.get(each) for each in SWITCHED} == before
    assert [t.name for t in threading.enumerate() if t.name == "recorder"] == []


@pytest.fixture(params=["socket", "command"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to the daemon: its socket, and the docker command (for pipes, TLS and ssh)."""
    if request.param == "command":
        monkeypatch.setattr(recorder, "_way_to", lambda client: by_command(os.environ.copy()))


def docker_command(*words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["docker", *words], input=stdin, capture_output=True, timeout=WAIT, check=False
    )


@pytest.mark.usefixtures("way")
def test_a_run_is_create_attach_wait_and_start(
    client: docker.DockerClient, mark: list[str]
) -> None:
    with record(client) as calls:
        ran = docker_command("run", "--rm", "-i", *mark, "busybox", "cat", stdin=b"typed in\n")
    assert (ran.returncode, ran.stdout) == (0, b"typed in\n")
    assert [call.path.rpartition("/")[2] for call in calls if call.method == "POST"] == [
        "create",
        "attach",
        "wait",
        "start",
    ]
    attach = next(call for call in calls if call.path.endswith("/attach"))
    assert attach.upgraded
    assert attach.request.kept == b"typed in\n"
    assert attach.answer.kept.endswith(b"typed in\n")
    assert all(call.ms is not None and not call.problem for call in calls)


@pytest.mark.usefixtures("way")
def test_docker_py_is_heard_with_its_exec_and_its_errors(
    client: docker.DockerClient, labels: dict[str, str], name: str
) -> None:
    with record(client) as calls:
        mine = calls.client
        box = mine.containers.run("busybox", ["sleep", "60"], name=name, labels=labels, detach=True)
        assert box.exec_run(["sh", "-c", "echo out; exit 3"]) == (3, b"out\n")
        with pytest.raises(docker.errors.NotFound):
            mine.containers.get(f"{name}-not-there")
        box.remove(force=True)
    assert [call.status for call in calls if call.path == "/containers/create"] == [201]
    assert [call.status for call in calls if call.path.startswith("/exec/")] == [101, 200]
    assert [call.path for call in calls if call.status == 404] == [
        f"/containers/{name}-not-there/json"
    ]
    assert calls[-1].method == "DELETE"


def test_streams_come_as_they_are_said_and_can_be_left(
    client: docker.DockerClient, labels: dict[str, str], name: str
) -> None:
    tick = ["sh", "-c", "while true; do echo tick; sleep 0.1; done"]
    with record(client) as calls:
        box = calls.client.containers.run("busybox", tick, name=name, labels=labels, detach=True)
        with subprocess.Popen(["docker", "logs", "-f", name], stdout=subprocess.PIPE) as follow:
            assert follow.stdout
            assert follow.stdout.readline() == b"tick\n"
            follow.terminate()
            follow.wait(WAIT)
        events = calls.client.events(filters={"container": name}, decode=True)
        box.kill()
        assert next(events)["Action"] == "kill"
        events.close()
        box.remove(force=True)
    paths = [call.path.rpartition("/")[2] for call in calls]
    assert "logs" in paths
    assert "events" in paths
    assert all(call.ms is not None for call in calls)


def test_a_big_body_passes_whole_and_is_kept_in_part(client: docker.DockerClient) -> None:
    image = client.images.get("busybox")
    size = sum(map(len, image.save()))
    with record(client, kept=1000) as calls:
        assert sum(map(len, calls.client.images.get("busybox").save())) == size
        assert calls.client.images.load(b"".join(image.save()))
    saved = next(call for call in calls if call.path.endswith("/get"))
    loaded = next(call for call in calls if call.path.endswith("/load"))
    assert (saved.answer.size, len(saved.answer.kept)) == (size, 1000)
    assert len(loaded.request.kept) == 1000
    assert loaded.request.size > 1_000_000


def test_many_at_once_are_told_apart(client: docker.DockerClient) -> None:
    answers: list[object] = []
    with record(client) as calls:
        asks: Callable[[], None] = lambda: answers.append(calls.client.version()["Version"])  # noqa: E731
        threads = [threading.Thread(target=asks) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(WAIT)
    assert answers == [client.version()["Version"]] * 12
    assert [(call.path, call.status) for call in calls] == [("/version", 200)] * 12


def test_an_exception_leaves_nothing_behind_but_the_recording(
    client: docker.DockerClient,
) -> None:
    with contextlib.suppress(KeyError), record(client) as calls:
        address = os.environ["DOCKER_HOST"]
        calls.client.ping()
        raise KeyError
    assert [str(call) for call in calls] == ["GET /_ping → 200"]
    assert not os.path.exists(address.removeprefix("unix://"))


def test_a_stream_that_is_open_at_the_end_is_cut_off_and_does_not_hold_up(
    client: docker.DockerClient,
) -> None:
    with record(client) as calls:
        events = calls.client.events(decode=True)
    assert str(calls[0]) == "GET /events → 200"
    assert calls[0].problem == "cut off"
    events.close()


def test_one_recorder_in_another(client: docker.DockerClient) -> None:
    with record(client) as outer, record(outer.client) as inner:
        inner.client.ping()
    assert [call.path for call in inner] == [call.path for call in outer] == ["/_ping"]


def test_a_daemon_that_is_not_there_is_said_by_the_client(client: docker.DockerClient) -> None:
    gone = docker.DockerClient("tcp://127.0.0.1:1", version=client.api.api_version)
    with record(gone) as calls:
        said = docker_command("ps")
    gone.close()
    assert said.returncode != 0
    assert all(call.status is None and call.problem == "cut off" for call in calls)


def test_the_line_to_the_daemon_carries_what_is_typed(client: docker.DockerClient) -> None:
    with daemon.line(client) as line:
        line.sendall(b"GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: line.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"OK")


def test_the_daemons_process_is_found(client: docker.DockerClient) -> None:
    found = daemon.process(client)
    assert found is not None
    assert found.name() == "dockerd"
    assert "dockerd" in daemon.command_line(found)
    assert "/var/" not in daemon.command_line(found)
