"""The explorers of lesson 02, and Podman, on a real engine."""

from __future__ import annotations

import subprocess

import docker
import pytest

from dockerlab.explorers import ApiRecorder, ObjectMapExplorer
from dockerlab.explorers.object_map import ALL
from dockerlab.images import mirror
from dockerlab.lesson import Lesson
from dockerlab.object_map import Kind
from dockerlab.podman import FEWEST_PRIVILEGES, Podman
from dockerlab.wait import wait_for

# docker-py leaves the socket of an exec to the garbage collector.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture
def lesson_images() -> list[str]:
    return ["busybox", "podman"]


def test_the_map_follows_the_daemon(client: docker.DockerClient, lesson: Lesson) -> None:
    word = lesson.name
    explorer = ObjectMapExplorer(lesson)
    try:
        assert explorer.objects.things == ()
        network = client.networks.create(f"{word}-net", labels=lesson.labels)
        box = client.containers.create(
            "busybox", name=f"{word}-box", network=network.name, labels=lesson.labels
        )
        wait_for(lambda: f"{word}-box" in explorer._picture.value, timeout=10, what="the box")
        things = explorer.objects
        assert {t.name for t in things.things} == {f"{word}-net", f"{word}-box", "busybox"}
        assert {link.kind for link in things.links} == {Kind.IMAGE, Kind.NETWORK}

        box.remove()
        wait_for(lambda: f"{word}-box" not in explorer._picture.value, timeout=10, what="its end")

        explorer.choice.value = ALL
        assert "bridge" in explorer._picture.value
        assert str(explorer._repr_mimebundle_()["image/svg+xml"]).startswith("<svg")
    finally:
        explorer.close()
    assert not explorer._watch.is_open


@pytest.fixture
def recorder(lesson: Lesson) -> ApiRecorder:
    return ApiRecorder(lesson)


def test_a_suggestion_is_taken_over_to_be_changed(recorder: ApiRecorder) -> None:
    recorder.suggested.value = "docker network ls"
    assert recorder.command.value == "docker network ls"


def test_the_recorder_runs_a_command_and_shows_its_calls(recorder: ApiRecorder) -> None:
    recorder.button.click()
    assert "hello" in recorder._output.value
    assert "exit code 0" in recorder._said.value
    assert [call.path.rpartition("/")[2] for call in recorder.calls][-4:] == [
        "create",
        "attach",
        "wait",
        "start",
    ]
    assert "/attach" in recorder._table.value
    assert not recorder.button.disabled
    assert "/attach" in str(recorder._repr_mimebundle_()["text/html"])


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("rm -rf something", "starts with “docker”"),
        ("", "starts with “docker”"),
        ("docker 'ps", "No closing quotation"),
        ("docker inspect nothing-of-this-name", "exit code 1"),
    ],
)
def test_a_command_that_cannot_be_run_is_told(
    recorder: ApiRecorder, command: str, told: str
) -> None:
    recorder.command.value = command
    recorder.button.click()
    assert told in recorder._said.value
    assert not recorder.button.disabled


def test_podman_works_without_a_daemon_and_without_privileges(
    client: docker.DockerClient, lesson: Lesson
) -> None:
    name = f"{lesson.name}-podman"
    options = ["--init", "--network=host", f"--label={lesson.label}", *FEWEST_PRIVILEGES]
    subprocess.run(
        ["docker", "run", "-d", "--name", name, *options, "podman"],
        check=True,
        capture_output=True,
        timeout=60,
    )
    settings = client.api.inspect_container(name)
    assert settings["HostConfig"]["CapDrop"] == ["ALL"]
    assert not settings["HostConfig"]["Privileged"]
    assert settings["Config"]["User"] == "1000"

    podman = Podman(client, name)
    assert len(podman("pull", "--quiet", "busybox")) == 64
    if mirror.is_used_by(client):
        log = (mirror._folder() / "log").read_text()
        assert "library/busybox/manifests" in log
        assert "containers/image" in log  # by which Podman's library calls itself
    assert podman("run", "--rm", "busybox", "echo", "hello") == "hello"
    podman.build("FROM busybox\nRUN echo built > /note\n", "noted")
    assert podman("run", "--rm", "noted", "cat", "/note") == "built"
    wait_for(  # a container's monitor outlives it for a moment
        lambda: (
            {p.name for p in podman.processes()} <= {"docker-init", "tini", "sleep", "podman pause"}
        ),
        timeout=20,
        what="Podman's last process to end",
    )

    podman.begin("run", "--name", "stays", "busybox", "sleep", "300")
    assert podman.wait_for("stays") == "stays runs"
    assert podman.kill("podman run")
    assert not podman.kill("podman run")
    names = {p.pid: p.name for p in podman.processes()}
    assert "podman" not in names.values()
    assert [names[p.parent] for p in podman.processes() if p.name == "sleep"][-1] == "conmon"
    assert podman("ps", "--format", "{{.Names}}") == "stays"
    assert podman("no-such-command").startswith("podman cannot do this here: ")


def test_podman_that_may_not_says_so(client: docker.DockerClient, lesson: Lesson) -> None:
    """Within Docker's usual filters it can make no namespaces; without a container, nothing."""
    name = f"{lesson.name}-bound"
    client.containers.run("podman", name=name, init=True, labels=lesson.labels, detach=True)
    assert "podman cannot do this here: " in Podman(client, name)("run", "busybox", "true")
    nobody = Podman(client, f"{name}-not-there")
    assert "podman cannot do this here: " in nobody("ps")
    assert (nobody.processes(), nobody.kill("podman run")) == ([], False)
