"""A daemon that is not there, hangs, hangs up or fails is never a student's fault."""

import contextlib
import gc
import socket
import threading
import warnings

import docker
import pytest

from autograder.checks import EngineFault, grade


@contextlib.contextmanager
def daemon(path, answer):
    """A socket at `path` whose connections are handled by `answer`."""
    with socket.socket(socket.AF_UNIX) as server, contextlib.ExitStack() as kept:
        server.bind(str(path))
        server.listen()

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    answer(kept.enter_context(server.accept()[0]))

        thread = threading.Thread(target=serve)
        thread.start()
        yield
        server.shutdown(socket.SHUT_RDWR)
        thread.join(timeout=5)
        assert not thread.is_alive()


def hang(connection):
    connection.recv(65536)


def hang_up(connection):
    connection.close()


def talk_nonsense(connection):
    connection.recv(65536)
    connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
    connection.close()


def fail(connection):
    connection.recv(65536)
    body = b'{"message": "layer does not exist"}'
    connection.sendall(
        b"HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body)
    )
    connection.close()


def cut_short(connection):
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
    connection.close()


@pytest.fixture
def client(tmp_path):
    client = docker.DockerClient(f"unix://{tmp_path}/docker.sock", version="1.45", timeout=1)
    yield client
    client.close()


@pytest.fixture(autouse=True)
def _sockets():
    """docker-py leaves it to Python to close a socket that could not connect, with a warning."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


CHECKS = {
    "is_running": lambda box: box.is_running(),
    "is_gone": lambda box: box.is_gone(),
    "runs_image": lambda box: box.runs_image("busybox"),
    "publishes": lambda box: box.publishes(80),
    "accepts_connections": lambda box: box.accepts_connections(80),
    "serves": lambda box: box.serves(),
    "log_contains": lambda box: box.log_contains("x"),
    "exec_prints": lambda box: box.exec_prints(["true"], ""),
    "was_started_after": lambda box: box.was_started_after("db"),
    "went_through": lambda box: box.went_through("start"),
}


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
@pytest.mark.parametrize("answer", [hang_up, talk_nonsense, fail, cut_short])
def test_checks_blame_the_engine(tmp_path, client, answer, check):
    task = grade("t", points=1, client=client)
    with daemon(tmp_path / "docker.sock", answer), pytest.raises(EngineFault, match="daemon"):
        check(task.container("web"))
    assert task.results == []


def test_hanging_daemon_is_not_waited_for(tmp_path, client):
    task = grade("t", points=1, client=client)
    with (
        daemon(tmp_path / "docker.sock", hang),
        pytest.raises(EngineFault, match="does not answer"),
    ):
        task.container("web").is_running()


def test_images_blame_the_engine(tmp_path, client):
    with daemon(tmp_path / "docker.sock", fail), pytest.raises(EngineFault, match="layer"):
        grade("t", points=1, client=client).image("busybox").exists()


def test_no_daemon(client):
    with pytest.raises(EngineFault, match="docker info"):
        grade("t", points=1, client=client).container("web").exists()


def test_no_daemon_to_connect_to(monkeypatch, tmp_path):
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    with pytest.raises(EngineFault, match="docker info"):
        grade("t", points=1)
