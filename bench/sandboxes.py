"""The time until a sandbox's kernel has asked its engine, against a fresh engine with the images.

Both end when a first question is answered by an engine that has all images of the course.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import docker

from autograder.sandbox import Sandbox, SandboxHost
from autograder.sandbox.limits import MB
from bench.table import Comparison
from dockerlab import images, paths
from dockerlab.engine import EmbeddedEngine

TITLE = "A sandbox until its first answer, against a fresh engine and `docker load`"
LIMIT = 1 / 20
DISK = 50  # MB that a sandbox may take before a student writes
RUNS = 10
QUESTION = "import docker; print(docker.from_env().version()['Version'])"


def measure(client: docker.DockerClient) -> list[Comparison]:
    """Time both: the median of ten sandboxes, and one fresh engine.

    Args:
        client: of the engine that has the images.
    """
    with SandboxHost() as host, _saved(client) as archives:
        _sandbox(host)  # the first one reads the programs from the disk
        seconds, written = zip(*(_sandbox(host) for _ in range(RUNS)), strict=True)
        plain = _fresh(archives)
    return [
        Comparison("first answer", statistics.median(seconds), plain, LIMIT),
        Comparison("disk, beside the images", statistics.median(written), DISK, 1, "MB"),
    ]


def _sandbox(host: SandboxHost) -> tuple[float, float]:
    """The seconds until the first answer, and the MB that the sandbox has then to itself."""
    began = time.perf_counter()
    with Sandbox(host=host) as box:
        ran = box.kernel.run(QUESTION, timeout=60, limit=1e6)
        took = time.perf_counter() - began
        written = host.store.written(box.name) / MB
    if not ran.outputs or ran.outputs[0].output_type != "stream":
        raise RuntimeError(f"The sandbox did not answer: {ran}")
    return took, written


def _fresh(archives: list[Path]) -> float:
    with tempfile.TemporaryDirectory(prefix="dlab-", dir="/var/tmp") as folder:
        if (paths.home() / "prefix").exists():
            Path(folder, "prefix").symlink_to(paths.home() / "prefix")
        engine = EmbeddedEngine(Path(folder), private=True)
        began = time.perf_counter()
        try:
            with contextlib.closing(engine.up().client(timeout=300)) as client:
                for archive in archives:
                    with archive.open("rb") as file:
                        client.api.load_image(file)
                client.version()
            return time.perf_counter() - began
        finally:
            engine.reset()


@contextlib.contextmanager
def _saved(client: docker.DockerClient) -> Iterator[list[Path]]:
    """All images of the course, as `docker save` writes them."""
    with tempfile.TemporaryDirectory(prefix="dlab-", dir="/var/tmp") as folder:
        archives = []
        for name, image in images.catalogue().items():
            archives.append(Path(folder, f"{name}.tar"))
            with archives[-1].open("wb") as file:
                file.writelines(client.images.get(image.reference).save(named=True))
        os.sync()  # neither side is to wait until the disk has taken gigabytes
        yield archives
