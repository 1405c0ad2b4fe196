"""An embedded engine that a test may kill: in a home, and a network, of its own."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import docker
from networks import Namespace

from autograder.sandbox import SandboxHost
from autograder.sandbox.opening import Opened
from autograder.sandbox.store import Store
from dockerlab import engine, images, paths
from dockerlab.engine import packages

TIMEOUT = 300  # seconds for one command


class OwnEngine(Opened):
    """It has the course's images, and a golden disk: both are copied, which takes a minute.

    Args:
        seed: of the moments that pass until a killed daemon is started again.

    Attributes:
        home: its folder.
        network: its namespace.
        prefix: of a command that is to run in its network.
        environment: of a command that is to use it.
    """

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - to be repeated, not secret

    def _open(self, stack: contextlib.ExitStack) -> None:
        # A short path: the engine's sockets are below it.
        self.home = Path(tempfile.mkdtemp(prefix="dlf-"))
        stack.callback(shutil.rmtree, self.home)
        self.network = stack.enter_context(Namespace())
        self.prefix = self.network.prefix
        own = engine.EmbeddedEngine(self.home).endpoint
        self.environment = {"DOCKERLAB_HOME": str(self.home), "DOCKER_HOST": own.host}
        stack.callback(self._stop)
        self._fill()

    def kill(self) -> None:
        """Kill its daemon, and start it again a moment later."""
        daemon = engine.EmbeddedEngine(self.home).pid()
        assert daemon is not None
        os.kill(daemon, signal.SIGKILL)
        time.sleep(self._chance.uniform(0, 2))
        self.command("autograder", "engine", "up")

    def command(self, program: str, *arguments: str) -> None:
        """Run one of the virtual environment's programs in its network."""
        subprocess.run(
            [*self.prefix, str(Path(sys.executable).with_name(program)), *arguments],
            env=os.environ | self.environment,
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=TIMEOUT,
        )

    def _fill(self) -> None:
        # What could be fetched from its network only if that led anywhere.
        packages.ensure(paths.home(), print)
        packages.ensure_registry(paths.home(), print)
        for programs in ("prefix", "registry-prefix"):
            if (paths.home() / programs).exists():
                (self.home / programs).symlink_to(paths.home() / programs)
        self.command("autograder", "engine", "up")
        self.client = docker.DockerClient(base_url=self.environment["DOCKER_HOST"], timeout=TIMEOUT)
        with SandboxHost() as host, Store(self.home).opened() as store:
            self._copy_images(host.client, host.image)
            self._copy_disk(host.golden, store.mount)
            self.golden = host.golden.name

    def _copy_images(self, theirs: docker.DockerClient, sandbox: str) -> None:
        names = [image.reference for image in images.catalogue().values()]
        archive = theirs.api._get(  # docker-py's get_image takes one name alone
            theirs.api._url("/images/get"), params={"names": [*names, sandbox]}, stream=True
        )
        archive.raise_for_status()
        self.client.api.load_image(archive.iter_content(1 << 20))

    def _copy_disk(self, golden: Path, to: Path) -> None:
        with subprocess.Popen(
            ["btrfs", "--quiet", "send", str(golden)], stdout=subprocess.PIPE
        ) as sent:
            receive = ["btrfs", "--quiet", "receive", str(to)]
            subprocess.run(receive, stdin=sent.stdout, check=True, timeout=TIMEOUT)

    def _stop(self) -> None:
        stop = "from dockerlab.images import mirror; mirror.stop()"
        self.command("python", "-c", stop)
        self.command("autograder", "engine", "down")
