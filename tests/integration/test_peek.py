"""Looking into volumes and folders of the daemon's machine."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import docker
import inventory
import pytest

from autograder.checks import grade
from dockerlab import images, peek
from dockerlab.cleanup import clean_up
from dockerlab.errors import LessonNotReady
from dockerlab.host_folder import HostFolder
from dockerlab.lesson import Lesson
from dockerlab.write_layer import from_mounts, overlay

FILL = "cd /v; echo hello > a; mkdir b; echo deep > b/c; chown 1000 a; ln -s a link"


@pytest.fixture(scope="module", autouse=True)
def _image(client: docker.DockerClient) -> None:
    images.ensure(client, ["busybox"])


@pytest.fixture
def volume(client: docker.DockerClient, labels: dict[str, str]) -> Iterator[str]:
    name = f"t{uuid.uuid4().hex[:10]}"
    client.volumes.create(name, labels=labels)
    client.containers.run(
        "busybox", ["sh", "-c", FILL], volumes=[f"{name}:/v"], labels=labels, remove=True
    )
    yield name
    client.api.remove_volume(name, force=True)


def test_a_volume_in_no_container(client: docker.DockerClient, volume: str) -> None:
    before = inventory.take(client)
    found = peek.peek(client, peek.volume(volume), "busybox") or {}
    assert {name: (f.kind, f.uid, f.data) for name, f in found.items()} == {
        "": ("folder", 0, b""),
        "a": ("file", 1000, b"hello\n"),
        "b": ("folder", 0, b""),
        "b/c": ("file", 0, b"deep\n"),
        "link": ("link", 0, b""),
    }
    one = peek.peek(client, peek.volume(volume), "busybox", path="b/c") or {}
    assert [file.data for file in one.values()] == [b"deep\n"]
    assert peek.peek(client, peek.volume(volume), "busybox", path="none") is None
    assert inventory.take(client) == before


def test_a_folder_that_is_not_there_is_not_made(
    client: docker.DockerClient, tmp_path: Path
) -> None:
    assert peek.peek(client, peek.folder(str(tmp_path / "none")), "busybox") is None
    assert not (tmp_path / "none").exists()


def test_a_missing_image_is_not_taken_for_a_missing_folder(client: docker.DockerClient) -> None:
    with pytest.raises(docker.errors.ImageNotFound):
        peek.peek(client, peek.folder("/"), f"none-{uuid.uuid4().hex}")


def test_only_so_much_is_read(
    client: docker.DockerClient, volume: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peek, "BIGGEST", 100_000)
    fill = ["sh", "-c", "head -c 50000000 /dev/zero > /v/z"]
    client.containers.run("busybox", fill, volumes=[f"{volume}:/v"], remove=True)
    assert "z" not in (peek.peek(client, peek.volume(volume), "busybox") or {})


def test_the_checks_look_into_a_real_volume(client: docker.DockerClient, volume: str) -> None:
    task = grade("t", points=1, client=client)
    before = inventory.take(client)
    assert task.volume(volume).exists()
    assert task.volume(volume).holds("a", text="hello", owner=1000)
    assert task.volume(volume).holds("b/c", text="deep")
    assert "user 0" in task.volume(volume).holds("b/c", owner=1000).found
    assert "'hello'" in task.volume(volume).holds("a", text="goodbye").found
    assert "no such file, but a, b/c" in task.volume(volume).holds("none").found
    assert not task.volume(volume).holds("b")
    assert not task.volume(f"{volume}-2").exists()
    assert not task.volume(f"{volume}-2").holds("a")
    assert task.volume(volume).content("b/c") == b"deep\n"
    assert task.volume(volume).content("b") is None
    assert task.volume(f"{volume}-2").content("a") is None
    assert not task.volume(volume).lets_write(1000)
    assert task.volume(volume).lets_write(1000, allowed=False)
    assert task.volume(volume).lets_write(0)
    assert not task.volume(volume).lets_write(0, allowed=False)
    assert not task.volume(f"{volume}-2").lets_write(0)
    assert not task.volume(f"{volume}-2").lets_write(1000, allowed=False)
    assert inventory.take(client) == before, "a check must not make the volume that it looks for"


def test_the_checks_tell_mounts_apart(
    client: docker.DockerClient, volume: str, labels: dict[str, str], tmp_path: Path
) -> None:
    box = client.containers.create(
        "busybox",
        volumes=[f"{volume}:/rw", f"{volume}:/ro:ro", f"{tmp_path}:/bind", "/anonymous"],
        labels=labels,
    )
    try:
        of = grade("t", points=1, client=client).container(box.name)
        assert of.mounts(volume, "/rw")
        assert of.mounts(volume, "/ro/", read_only=True)
        assert of.mounts(volume, "/rw", read_only=False)
        assert not of.mounts(volume, "/rw", read_only=True)
        assert not of.mounts(volume, "/ro", read_only=False)
        assert not of.mounts(volume, "/bind")
        assert not of.mounts(tmp_path.name, "/bind")
        assert not of.mounts(volume, "/anonymous")
        assert of.binds(tmp_path.name, "/bind")
        assert of.binds(tmp_path.name, "/bind/", read_only=False)
        assert not of.binds(tmp_path.name, "/bind", read_only=True)
        assert not of.binds(tmp_path.name[1:], "/bind")
        assert not of.binds(tmp_path.name, "/rw")
        assert not of.binds(volume, "/rw")
        assert f"-v {volume}:/ro:ro" in of.mounts(volume, "/none").found
    finally:
        box.remove(v=True)


def test_a_claimed_volume_goes_with_the_lesson(client: docker.DockerClient) -> None:
    """Also where the kernel has died, and another one starts the lesson."""
    before = inventory.take(client)
    name = f"t{uuid.uuid4().hex[:10]}"
    lesson = Lesson(name, images=["busybox"], volumes=[f"{name}-implicit"])
    lesson.start()
    box = client.containers.create("busybox", volumes=["/data"])
    anonymous = box.attrs["Mounts"][0]["Name"]
    lesson.claim(anonymous)
    box.remove()
    client.volumes.create(f"{name}-implicit")
    stranger = client.volumes.create(f"{name}-implicit-2")
    try:
        removed = clean_up(client, name, volumes=lesson.volumes)
        assert removed == sorted(
            f"volume {v}" for v in (anonymous, f"claim-{anonymous[:12]}", f"{name}-implicit")
        )
        stranger.reload()
    finally:
        stranger.remove()
    assert inventory.take(client) == before


def test_both_ways_to_the_write_layer_agree(
    client: docker.DockerClient, labels: dict[str, str]
) -> None:
    box = client.containers.run("busybox", ["sleep", "60"], labels=labels, detach=True)
    try:
        box.exec_run(["sh", "-c", "echo new > /root/new; rm /etc/group"])
        told = overlay(client, box.name)
        table = from_mounts(box.exec_run(["cat", "/proc/mounts"]).output.decode())
        assert told
        assert table
        assert told.upper == table.upper
        assert len(told.lower) == len(table.lower) >= 1
        found = peek.peek(client, peek.folder(told.upper), "busybox") or {}
        assert found["root/new"].data == b"new\n"
        assert found["etc/group"].kind == "device"
    finally:
        box.remove(force=True)
    assert peek.peek(client, peek.folder(told.upper), "busybox") is None


def test_a_folder_of_the_lessons_own(client: docker.DockerClient, tmp_path: Path) -> None:
    folder = HostFolder(tmp_path / "mine", client, "busybox")
    assert folder.is_shared
    assert folder.why_not == ""
    (folder.make("sub") / "file").write_text("x")
    assert not HostFolder(tmp_path / "mine", client, "busybox").path.joinpath("sub").exists()
    folder.remove()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_somebody_else_is_left_alone(
    client: docker.DockerClient, tmp_path: Path
) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs/file").write_text("x")
    with pytest.raises(LessonNotReady, match="rename"):
        HostFolder(tmp_path / "theirs", client, "busybox")
    assert (tmp_path / "theirs/file").read_text() == "x"


def test_a_folder_that_the_daemon_does_not_see(tmp_path: Path) -> None:
    """A file system of our own is mounted there, as good as another machine's."""
    script = (
        "from pathlib import Path; from dockerlab import engine\n"
        "from dockerlab.host_folder import HostFolder\n"
        f"folder = HostFolder(Path({str(tmp_path)!r}) / 'mine', engine.connect(), 'busybox')\n"
        "print(folder.is_shared, folder.path.is_dir(), folder.why_not)"
    )
    alone = f'mount -t tmpfs none {tmp_path} && exec "$0" -c "$1"'
    maps_root = [] if os.geteuid() == 0 else ["-r"]
    done = subprocess.run(
        ["unshare", *maps_root, "-m", "sh", "-c", alone, sys.executable, script],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.startswith("False True The daemon does not see this folder")
    assert list(tmp_path.iterdir()) == [], "the daemon was not to make it, either"
