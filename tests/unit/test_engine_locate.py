"""The engine is found where the docker command would find it."""

from __future__ import annotations

import contextlib
import hashlib
import http.server
import json
import os
import pickle
import socketserver
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dockerlab import engine
from dockerlab.engine import locate
from dockerlab.errors import EngineError, EngineNotFound, EngineUnreachable

VARIABLES = ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", *locate.TLS_VARIABLES)


class Daemon(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Answers `GET /version` on a Unix socket, which is all that a new client asks."""

    daemon_threads = True


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps({"Version": "26.1.5", "ApiVersion": "1.45"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""

    def address_string(self) -> str:
        return "a Unix socket"


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any engine, and a user without any configuration."""
    for name in VARIABLES:
        monkeypatch.setenv(name, "")  # so that what connect() sets is taken back, too
        monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", os.environ["PATH"])
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DOCKERLAB_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(locate, "DEFAULT_HOST", f"unix://{tmp_path}/default.sock")
    monkeypatch.setattr(locate, "PING_TIMEOUT", 1)
    return tmp_path


@pytest.fixture
def daemon() -> Iterator[Callable[[Path], str]]:
    """Start something that answers as a daemon does, on the socket given."""
    running: list[Daemon] = []

    def start(socket: Path) -> str:
        server = Daemon(str(socket), Answer)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        running.append(server)
        return f"unix://{socket}"

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def configure(folder: Path, **settings: object) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps(settings))


def add_context(folder: Path, name: str, host: str, *, skip_verify: bool = False) -> Path:
    """Make a context as `docker context create` does, and return its folder of certificates."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    meta = folder / "contexts/meta" / digest
    meta.mkdir(parents=True)
    endpoint = {"Host": host, "SkipTLSVerify": skip_verify}
    (meta / "meta.json").write_text(
        json.dumps({"Name": name, "Metadata": {}, "Endpoints": {"docker": endpoint}})
    )
    return folder / "contexts/tls" / digest / "docker"


def test_nothing_is_configured() -> None:
    assert locate.configured() is None


def test_the_current_context_of_the_configuration(machine: Path) -> None:
    configure(machine / ".docker", currentContext="colima")
    add_context(machine / ".docker", "colima", "unix:///colima.sock")
    assert locate.configured() == locate.Endpoint("unix:///colima.sock", "context colima")


def test_docker_context_goes_before_the_configuration_and_needs_none(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_context(machine / ".docker", "far", "tcp://far:2375")
    monkeypatch.setenv("DOCKER_CONTEXT", "far")
    assert locate.configured() == locate.Endpoint("tcp://far:2375", "context far")


def test_docker_host_goes_before_all(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_context(machine / ".docker", "far", "tcp://far:2375")
    monkeypatch.setenv("DOCKER_CONTEXT", "far")
    monkeypatch.setenv("DOCKER_HOST", "tcp://near:2375")
    assert locate.configured() == locate.Endpoint("tcp://near:2375", "DOCKER_HOST", verify=False)


def test_docker_config_names_another_folder(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(machine / ".docker", currentContext="wrong")
    configure(machine / "other", currentContext="right")
    add_context(machine / "other", "right", "unix:///right.sock")
    monkeypatch.setenv("DOCKER_CONFIG", str(machine / "other"))
    assert locate.configured() == locate.Endpoint("unix:///right.sock", "context right")


@pytest.mark.parametrize("settings", [{}, {"currentContext": ""}, {"currentContext": "default"}])
def test_the_default_context_is_the_default_socket(
    machine: Path, settings: dict[str, object]
) -> None:
    configure(machine / ".docker", **settings)
    assert locate.configured() is None


@pytest.mark.parametrize("skip_verify", [False, True])
def test_a_context_brings_its_certificates(
    machine: Path, monkeypatch: pytest.MonkeyPatch, skip_verify: bool
) -> None:
    certificates = add_context(machine / ".docker", "far", "tcp://far:1", skip_verify=skip_verify)
    certificates.mkdir(parents=True)
    monkeypatch.setenv("DOCKER_CONTEXT", "far")
    found = locate.configured()
    assert found == locate.Endpoint("tcp://far:1", "context far", certificates, not skip_verify)
    assert found.environment() == {
        "DOCKER_HOST": "tcp://far:1",
        "DOCKER_CERT_PATH": str(certificates),
        "DOCKER_TLS": "1",
        "DOCKER_TLS_VERIFY": "" if skip_verify else "1",
    }


def test_docker_host_brings_the_certificates_of_the_environment(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://far:1")
    monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
    found = locate.configured()
    assert found == locate.Endpoint("tcp://far:1", "DOCKER_HOST", machine / ".docker", verify=True)


@pytest.mark.parametrize("text", ["{", "[]", "\udcff"], ids=["cut off", "a list", "not text"])
def test_a_broken_configuration_is_named(machine: Path, text: str) -> None:
    configure(machine / ".docker")
    file = machine / ".docker/config.json"
    file.write_text(text, errors="surrogateescape")
    with pytest.raises(EngineUnreachable, match=f"{file} cannot be read .* Mend or remove it"):
        engine.find()


def test_a_missing_context_is_named(machine: Path) -> None:
    configure(machine / ".docker", currentContext="gone")
    with pytest.raises(EngineUnreachable, match="'gone', but there is no such context"):
        engine.find()


def test_a_configured_daemon_that_does_not_answer_is_not_replaced(
    machine: Path, monkeypatch: pytest.MonkeyPatch, daemon: Callable[[Path], str]
) -> None:
    daemon(machine / "default.sock")
    monkeypatch.setenv("DOCKER_HOST", f"unix://{machine}/nobody.sock")
    with pytest.raises(EngineUnreachable, match=r"nobody\.sock \(DOCKER_HOST\) does not answer"):
        engine.connect()


@pytest.mark.parametrize("host", ["nonsense", "tcp://", "http://[", "fd://3", "tcp://127.0.0.1:1"])
def test_a_docker_host_that_is_none_gets_a_sentence(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", host)
    with pytest.raises(EngineUnreachable, match="does not answer"):
        engine.connect()


def test_the_default_socket_is_found(machine: Path, daemon: Callable[[Path], str]) -> None:
    host = daemon(machine / "default.sock")
    assert engine.find() == locate.Endpoint(host, "default socket")


def test_a_socket_that_a_dead_daemon_left_is_not_believed(machine: Path) -> None:
    Daemon(str(machine / "default.sock"), Answer).server_close()
    assert (machine / "default.sock").exists()
    assert locate.default_socket() is None


def test_a_daemon_that_hangs_is_not_replaced(machine: Path) -> None:
    with (
        Daemon(str(machine / "default.sock"), Answer),  # listens, and serves nobody
        pytest.raises(EngineUnreachable, match="does not answer"),
    ):
        engine.connect()


def test_a_socket_without_permission_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, daemon: Callable[[Path], str]
) -> None:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own are closed to all others
        Path(folder).chmod(0o755)
        host = daemon(Path(folder) / "docker.sock")
        (Path(folder) / "docker.sock").chmod(0)
        monkeypatch.setattr(locate, "DEFAULT_HOST", host)
        with as_nobody(), pytest.raises(EngineUnreachable, match=r"denied .* usermod -aG docker"):
            locate.default_socket()


@contextlib.contextmanager
def as_nobody() -> Iterator[None]:
    """Without root's rights, whom no mode keeps out."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.mark.parametrize(
    ("platform", "advice"), [("darwin", "Docker Desktop"), ("linux", "sudo systemctl start docker")]
)
def test_no_daemon_and_no_root(platform: str, advice: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(EngineNotFound, match=advice):
        engine.connect()


def test_connect_lets_all_speak_to_one_daemon(
    machine: Path, monkeypatch: pytest.MonkeyPatch, daemon: Callable[[Path], str]
) -> None:
    host = daemon(machine / "lima.sock")
    configure(machine / ".docker", currentContext="lima")
    add_context(machine / ".docker", "lima", host)
    monkeypatch.setenv("DOCKER_CERT_PATH", "left over")  # docker-py would speak TLS
    engine.connect(timeout=7).close()
    assert os.environ["DOCKER_HOST"] == host
    assert "DOCKER_CERT_PATH" not in os.environ


def test_the_embedded_engine_that_went_down_is_not_taken_for_a_configured_one(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", engine.embedded().endpoint.host)  # by an earlier connect()
    with pytest.raises(EngineNotFound):
        engine.connect(start=False)


def test_errors_survive_pickling() -> None:
    error = pickle.loads(pickle.dumps(EngineUnreachable("why")))  # noqa: S301 - our own bytes
    assert isinstance(error, EngineError)
    assert str(error) == "why"
