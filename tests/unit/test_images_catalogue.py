"""The catalogue of images, and the mirror's sentences; no daemon needed."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import psutil
import pytest

from dockerlab import paths
from dockerlab.errors import DockerLabError, ImageUnavailable
from dockerlab.images import catalogue, image, mirror, prefetch
from dockerlab.images.build import bases


def test_the_catalogue_has_what_the_lessons_need_the_base_first() -> None:
    names = list(catalogue())
    assert names[0] == "debian"
    assert {"busybox", "mariadb", "httpd", "nginx"} <= set(names)


@pytest.mark.parametrize("name", catalogue())
def test_every_image_says_what_it_is_and_can_be_made(name: str) -> None:
    found = image(name)
    assert found.summary
    assert found.contract.get("command") or found.contract["entrypoint"]
    assert found.suite or (found.folder / "Dockerfile").exists()
    assert bases(found) <= set(catalogue())


def test_a_contract_is_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "images" / "clock"
    folder.mkdir(parents=True)
    (folder / "contract.toml").write_text(
        'summary = "Tells the time"\nports = ["37/tcp"]\n[web]\ngreeting = "Cuckoo"\n'
    )
    monkeypatch.setattr(paths, "course", lambda: tmp_path)
    (clock,) = catalogue.__wrapped__().values()
    assert (clock.reference, clock.summary, clock.suite) == ("clock:latest", "Tells the time", None)
    assert clock.contract == {"ports": ["37/tcp"], "web": {"greeting": "Cuckoo"}}


def test_an_unknown_image_is_named_with_the_nearest_and_all_there_are() -> None:
    with pytest.raises(ImageUnavailable) as caught:
        image("ngnix")
    assert "'ngnix'. Did you mean 'nginx'?" in str(caught.value)
    assert all(name in str(caught.value) for name in catalogue())


def test_the_stages_of_a_dockerfile_are_not_its_bases() -> None:
    assert bases(image("busybox")) == {"debian"}
    assert bases(image("debian")) == set()


def test_the_mirror_listens_on_this_machine_only() -> None:
    config = mirror.CONFIG.format(storage="/somewhere/storage", port=1234)
    assert "  addr: 127.0.0.1:1234\n" in config
    assert "    rootdirectory: /somewhere/storage\n" in config


def test_a_taken_port_is_named_with_who_holds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKERLAB_HOME", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(paths, "MIRROR_PORT", port)
        with pytest.raises(DockerLabError) as caught:
            mirror.start()
    assert f"Port {port}" in str(caught.value)
    assert psutil.Process().name() in str(caught.value)


def test_another_programs_pid_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKERLAB_HOME", str(tmp_path))
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "pid").write_text(str(os.getpid()))
    assert mirror.pid() is None
    mirror.stop()  # must not end us
    assert not (tmp_path / "mirror" / "pid").exists()


class _Messages:
    """An engine that reports a pull in these messages."""

    def __init__(self, *messages: dict[str, object]) -> None:
        self.api = self
        self._messages = messages

    def pull(self, name: str, **options: object) -> list[dict[str, object]]:
        return list(self._messages)


def _layer(layer: str, current: int, total: int) -> dict[str, object]:
    detail = {"current": current, "total": total}
    return {"status": "Downloading", "id": layer, "progressDetail": detail}


def test_the_layers_of_a_pull_are_added_up() -> None:
    told: list[str] = []
    client = _Messages(
        _layer("a", 1_000_000, 10_000_000),
        _layer("b", 2_000_000, 30_000_000),
        _layer("a", 10_000_000, 10_000_000),
    )
    prefetch._pull(client, image("nginx"), lambda name, doing: told.append(f"{name} {doing}"))
    assert told == [
        "nginx pulling: 1 of 10 MB",
        "nginx pulling: 3 of 40 MB",
        "nginx pulling: 12 of 40 MB",
        "nginx ready",
    ]


def test_a_failed_pull_says_which_image_why_and_what_to_do() -> None:
    client = _Messages({"error": "no route to host"})
    with pytest.raises(ImageUnavailable) as caught:
        prefetch._pull(client, image("nginx"), lambda name, doing: None)
    for part in ("'nginx'", "no route to host", "autograder images prefetch nginx"):
        assert part in str(caught.value)


def test_the_first_failure_of_several_is_raised_after_all_have_ended() -> None:
    ended: list[str] = []

    def get(wanted: object) -> None:
        ended.append(wanted.name)
        if wanted.name == "httpd":
            raise ImageUnavailable("httpd is out")

    with pytest.raises(ImageUnavailable, match="httpd is out"):
        prefetch._each([image("httpd"), image("nginx"), image("mariadb")], get)
    assert sorted(ended) == ["httpd", "mariadb", "nginx"]
