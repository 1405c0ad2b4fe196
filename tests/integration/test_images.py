"""Getting images on a private engine whose network has no way out, from a mirror of its own."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from dockerlab import engine, paths
from dockerlab.engine import packages
from dockerlab.errors import ImageUnavailable
from dockerlab.images import (
    COURSE,
    Image,
    build,
    catalogue,
    ensure,
    image,
    mirror,
    origin,
    prefetch,
)
from dockerlab.wait import wait_for


@pytest.fixture(scope="module")
def secluded(
    client: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[docker.DockerClient]:
    """A client of a private engine beside a mirror that holds nginx, and nothing else."""
    ensure(client, catalogue())
    home = tmp_path_factory.mktemp("engine")
    prefix = paths.home() / "prefix"
    if prefix.exists():  # else the distribution's programs are used
        (home / "prefix").symlink_to(prefix)
    private = engine.EmbeddedEngine(home, private=True)
    private.up()
    config = home / "mirror.yml"
    config.write_text(mirror.CONFIG.format(storage=home / "storage", port=paths.MIRROR_PORT))
    registry = packages.ensure_registry(paths.home(), lambda line: None)
    inside = ["nsenter", "--target", str(private.pid()), "--net"]
    with (home / "mirror.log").open("wb") as log:
        process = subprocess.Popen(
            [*inside, registry, "serve", str(config)], stdout=log, stderr=log
        )
    ours = private.endpoint.client(timeout=120)
    try:
        ours.images.load(client.images.get("nginx:latest").save(named="nginx:latest"))
        ours.api.tag("nginx:latest", mirror.name(image("nginx")), "latest")
        wait_for(lambda: _pushes(ours), timeout=20, what="the mirror to take an image")
        yield ours
    finally:
        ours.close()
        process.terminate()
        process.wait(10)
        private.down()
        shutil.rmtree(home, ignore_errors=True)


def _pushes(client: docker.DockerClient) -> bool:
    try:
        mirror.push(client, image("nginx"))
    except ImageUnavailable:
        return False
    return True


def test_a_removed_image_comes_back_by_its_real_name(secluded: docker.DockerClient) -> None:
    for name in ("nginx", mirror.name(image("nginx"))):
        secluded.api.remove_image(f"{name}:latest")
    assert origin(secluded, image("nginx")) is None
    secluded.api.pull("nginx", tag="latest")
    assert origin(secluded, image("nginx")) == COURSE


def test_what_cannot_be_pulled_is_named(secluded: docker.DockerClient) -> None:
    with pytest.raises(ImageUnavailable, match="'busybox' could not be pulled"):
        prefetch._pull(secluded, image("busybox"), lambda name, doing: None)
    assert origin(secluded, image("busybox")) is None


def test_a_failing_build_says_which_image_and_its_last_words(
    secluded: docker.DockerClient, tmp_path: Path
) -> None:
    (tmp_path / "Dockerfile").write_text("FROM nginx\nRUN echo 'a word before the end' && false\n")
    broken = Image("broken", tmp_path, "ends with an error")
    with pytest.raises(ImageUnavailable) as caught:
        build.build(secluded, broken, "broken", tmp_path, lambda line: None)
    for part in ("'broken'", "a word before the end", "non-zero code"):
        assert part in str(caught.value)


def test_what_is_here_is_not_fetched_again(client: docker.DockerClient) -> None:
    ensure(client, catalogue())
    told: list[str] = []
    before = time.monotonic()
    origins = ensure(client, catalogue(), progress=lambda name, doing: told.append(name))
    assert set(origins) == set(catalogue())
    assert told == []
    assert time.monotonic() - before < 5  # seconds
