"""Every image keeps its contract, be it Docker Hub's or the course's own."""

from __future__ import annotations

import io
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from typing import Any

import docker
import pytest
from docker.models.containers import Container

from dockerlab.images import Image, catalogue, ensure
from dockerlab.wait import wait_for

START = 90  # seconds that a database may take to be ready on a busy machine

IMAGES = list(catalogue().values())
WEB = [i for i in IMAGES if "web" in i.contract]
DATABASES = [i for i in IMAGES if "database" in i.contract]
MEASURERS = [i for i in IMAGES if "metrics" in i.contract]

Run = Callable[..., Container]

# docker-py leaves the socket of an exec to the garbage collector.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
)


def _named(images: list[Image]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("image", images, ids=lambda i: i.name)


@pytest.fixture(scope="module", autouse=True)
def _images(client: docker.DockerClient) -> None:
    ensure(client, catalogue())


@pytest.fixture
def run(client: docker.DockerClient, labels: dict[str, str]) -> Iterator[Run]:
    """Start a container that goes away with the test."""
    started: list[Container] = []

    def start(image: Image, *command: str, **options: Any) -> Container:
        box = client.containers.create(
            image.reference, list(command) or None, labels=labels, **options
        )
        started.append(box)
        box.start()
        return box

    yield start
    for box in started:
        with suppress(docker.errors.NotFound):
            box.remove(force=True, v=True)


@_named(IMAGES)
def test_its_settings(client: docker.DockerClient, image: Image) -> None:
    config = client.api.inspect_image(image.reference)["Config"]
    expected = image.contract
    assert config["Cmd"] == expected.get("command")
    if "entrypoint" in expected:
        assert config["Entrypoint"] == expected["entrypoint"]
    assert set(expected.get("ports", [])) <= set(config.get("ExposedPorts") or {})
    assert set(expected.get("volumes", [])) <= set(config.get("Volumes") or {})
    assert config.get("StopSignal", "SIGTERM") == expected.get("stop_signal", "SIGTERM")


@_named([i for i in IMAGES if "files" in i.contract])
def test_its_files(client: docker.DockerClient, image: Image, run: Run) -> None:
    box = run(image, "sleep", "60", entrypoint="")
    for file in image.contract["files"]:
        assert box.exec_run(["test", "-e", file]).exit_code == 0, file


@_named(WEB)
def test_it_greets_and_serves_its_folder_and_logs(image: Image, run: Run) -> None:
    web = image.contract["web"]
    box = run(image, ports={"80/tcp": ("127.0.0.1", None)})
    assert web["greeting"] in _page(box)
    _put(box, web["docroot"], "mine.html", "a page of mine")
    assert _page(box, "/mine.html") == "a page of mine"
    wait_for(lambda: "GET /mine.html" in _output(box), timeout=10, what="the request in the log")


@_named(WEB)
def test_it_ends_by_its_stop_signal_and_starts_again(image: Image, run: Run) -> None:
    box = run(image, ports={"80/tcp": ("127.0.0.1", None)})
    _page(box)
    box.stop(timeout=20)
    box.reload()
    assert box.attrs["State"]["ExitCode"] == 0  # 137 were: killed after the wait
    box.start()
    _page(box)
    box.kill()  # what a killed server leaves must not stop the next
    box.start()
    assert image.contract["web"]["greeting"] in _page(box)


@_named(MEASURERS)
def test_it_tells_what_it_measures(image: Image, run: Run) -> None:
    metrics = image.contract["metrics"]
    box = run(image, ports={f"{metrics['port']}/tcp": ("127.0.0.1", None)})
    assert f"\n{metrics['has']}" in _page(box, metrics["path"], port=metrics["port"])


@_named(DATABASES)
def test_a_database_refuses_to_start_without_a_choice(image: Image, run: Run) -> None:
    box = run(image)
    assert box.wait(timeout=START)["StatusCode"] == 1
    assert image.contract["database"]["refusal"] in _output(box)


@pytest.mark.parametrize(
    ("image", "choice"),
    [(i, choice) for i in DATABASES for choice in i.contract["database"]["choices"]],
    ids=lambda value: getattr(value, "name", value),
)
def test_a_database_takes_any_of_the_choices(image: Image, choice: str, run: Run) -> None:
    box = run(image, environment=[choice])
    if "RANDOM" in choice:
        _ready(box, image)
        line = next(row for row in _output(box).splitlines() if "GENERATED ROOT PASSWORD: " in row)
        password = line.split("GENERATED ROOT PASSWORD: ")[1].strip()
    else:
        password = "secret" if "ROOT_PASSWORD=secret" in choice else ""
    assert _ask(box, "select 6 * 7", password=password) == "42"
    if password:
        assert "Access denied" in _ask(box, "select 1", password="wrong", ready=False)


@_named(DATABASES)
def test_a_database_makes_what_it_is_told(
    image: Image, client: docker.DockerClient, labels: dict[str, str]
) -> None:
    box = client.containers.create(
        image.reference,
        environment={
            "MARIADB_ROOT_PASSWORD": "it's \\ secret",
            "MARIADB_DATABASE": "shop",
            "MARIADB_USER": "ann",
            "MARIADB_PASSWORD": "o'clock",
        },
        labels=labels,
    )
    try:
        folder = "/docker-entrypoint-initdb.d"
        _put(box, folder, "a.sql", "create table fruit (name text); insert fruit values ('fig');")
        box.start()
        _ready(box, image)
        asked = _ask(box, "select name from shop.fruit", user="ann", password="o'clock")
        assert asked == "fig"
        assert _ask(box, "select 1", password="it's \\ secret") == "1"
        denied = _ask(box, "create database other", user="ann", password="o'clock", ready=False)
        assert "Access denied" in denied
    finally:
        box.remove(force=True, v=True)


@_named(DATABASES)
def test_a_row_outlives_the_container_in_a_volume(
    image: Image, run: Run, client: docker.DockerClient, labels: dict[str, str]
) -> None:
    volume = client.volumes.create(labels=labels)
    mounts = {volume.name: {"bind": image.contract["volumes"][0], "mode": "rw"}}
    first = run(image, environment={"MARIADB_ROOT_PASSWORD": "secret"}, volumes=mounts)
    _ask(first, "create database shop; create table shop.t (n int); insert shop.t values (7)")
    first.stop(timeout=30)
    first.reload()
    assert first.attrs["State"]["ExitCode"] == 0
    first.remove()
    # The password is the volume's by now, so none need be given.
    second = run(image, volumes=mounts)
    assert _ask(second, "select n from shop.t") == "7"


def _page(box: Container, path: str = "/", *, port: int = 80) -> str:
    """The body of a page, once the server answers; a status other than 200 fails."""
    box.reload()
    door = int(box.ports[f"{port}/tcp"][0]["HostPort"])

    def get() -> tuple[int, str] | None:
        connection = HTTPConnection("127.0.0.1", door, timeout=5)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, HTTPException):
            return None
        finally:
            connection.close()

    status, body = wait_for(get, timeout=20, what=f"{box.name} to serve {path}")
    assert status == 200
    return body


def _put(box: Container, folder: str, name: str, text: str) -> None:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        file = tarfile.TarInfo(name)
        file.size, file.mode, file.mtime = len(text), 0o644, int(time.time())
        tar.addfile(file, io.BytesIO(text.encode()))
    assert box.put_archive(folder, archive.getvalue())


def _output(box: Container) -> str:
    return box.logs().decode(errors="replace")


def _ready(box: Container, image: Image) -> None:
    """Wait for the server that stays: the one that prepares does not listen to the network."""
    word = image.contract["database"]["ready"]
    wait_for(
        lambda: word in _output(box) and _listens(box),
        timeout=START,
        interval=0.5,
        what=f"{box.name} to be ready",
    )


def _listens(box: Container) -> bool:
    probe = "exec 3<>/dev/tcp/127.0.0.1/3306"
    return box.exec_run(["bash", "-c", probe]).exit_code == 0


def _ask(
    box: Container,
    statement: str,
    *,
    user: str = "root",
    password: str = "secret",  # noqa: S107 - the tests' own
    ready: bool = True,
) -> str:
    """What the client inside says to a statement, over TCP."""
    if ready:
        wait_for(lambda: _listens(box), timeout=START, interval=0.5, what=f"{box.name} to listen")
    command = ["mariadb", "--host=127.0.0.1", f"--user={user}", "--skip-column-names", "--batch"]
    command += ["--skip-ssl", f"--password={password}", f"--execute={statement}"]
    return box.exec_run(command).output.decode().strip()
