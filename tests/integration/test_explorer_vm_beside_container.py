"""The explorer of lesson 01 measures a real machine and a real container, and asks both."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import docker
import pytest

from dockerlab.explorers import VmBesideContainer
from dockerlab.lesson import Lesson

# docker-py leaves the socket of an exec to the garbage collector.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture(scope="module")
def explorer(client: docker.DockerClient) -> Iterator[VmBesideContainer]:
    lesson = Lesson(f"t{uuid.uuid4().hex[:10]}", images=["vm"])
    lesson.start()
    explorer = VmBesideContainer(lesson)
    yield explorer
    explorer.close()
    lesson.clean_up()


def test_it_measures_what_there_is(
    client: docker.DockerClient, explorer: VmBesideContainer
) -> None:
    machine, container = explorer.machine_side, explorer.container_side
    assert container.kernel == client.info()["KernelVersion"] != machine.kernel
    assert container.boot_id != machine.boot_id
    assert machine.files == container.files > 1e6
    assert machine.kernel_file > 1e6
    assert container.kernel_file == 0
    assert (container.programs, container.kernel_threads, container.on_the_host) == (1, 0, 1)
    assert machine.programs >= 3  # init and two servers
    assert machine.kernel_threads > 10
    assert machine.on_the_host == 1
    assert machine.boot > container.boot
    assert machine.memory > 50e6 > container.memory


def test_both_are_asked(explorer: VmBesideContainer) -> None:
    explorer.questions["Which disks?"].click()
    shown = [widget.value for widget in explorer._answers.values()]
    assert "vda" in shown[0]
    assert shown[0] != shown[1]
    assert explorer.ask("ls /bin/busybox") == ("/bin/busybox\n", "/bin/busybox\n")


def test_what_is_gone_is_told_and_started_again(
    client: docker.DockerClient, explorer: VmBesideContainer
) -> None:
    client.api.remove_container(explorer.machine.container.id, force=True)
    assert explorer.ask("true") == ("", "")
    assert "No answer" in explorer._said.value
    before = explorer.machine_side.boot_id
    explorer.memory.value = 256
    explorer.again.click()
    assert explorer._said.value == ""
    assert explorer.machine_side.boot_id != before
    assert int(explorer.ask("awk '/MemTotal/ { print $2 }' /proc/meminfo")[0]) > 190_000


def test_a_saved_explorer_shows_a_picture(explorer: VmBesideContainer) -> None:
    saved = str(explorer._repr_mimebundle_()["image/svg+xml"])
    assert saved == explorer._picture.value
    assert explorer.machine_side.kernel in saved
