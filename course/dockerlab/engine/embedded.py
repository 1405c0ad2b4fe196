"""The embedded engine: a dockerd of the course's own, where no other answers (Linux, root).

It has its own data root, run folder, bridge, address pool, cgroup and packet filter tables, and
touches nothing else on the machine. It lives on in the background until `down`.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import filelock
import psutil

from dockerlab.engine import packages, traces
from dockerlab.engine.locate import Endpoint
from dockerlab.engine.packages import Programs
from dockerlab.errors import EngineError, EngineStartError, EngineUnreachable, WaitTimeout
from dockerlab.paths import MIRROR_PORT
from dockerlab.wait import wait_for

START_TIMEOUT = 60  # seconds
STOP_TIMEOUT = 40  # seconds; the daemon gives containers 10 of them
LOCK_TIMEOUT = 900  # seconds: another start may be downloading
BRIDGE_ADDRESS = "10.213.0.1/24"


@dataclass(frozen=True)
class Status:
    """What is known of an embedded engine.

    Attributes:
        running: whether its daemon answers.
        pid: of the daemon.
        version: of the engine.
        containers: how many run.
        disk: bytes that its folder takes.
    """

    running: bool
    pid: int | None = None
    version: str = ""
    containers: int = 0
    disk: int = 0


class EmbeddedEngine:
    """An engine that keeps all it has in one folder.

    Args:
        home: that folder; two folders are two engines.
        private: give it a network namespace of its own. Nothing outside can reach its containers
            nor they the outside, and it goes along with any number of other engines.
        say: told what is being done, a line each.
    """

    def __init__(
        self,
        home: Path,
        *,
        private: bool = False,
        say: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.home = home
        self.private = private
        self._say = say
        self.run_folder = home / "run"
        self.data_root = home / "data"
        self.log = home / "dockerd.log"
        self._pid_file = self.run_folder / "docker.pid"
        self.trace = traces.Trace(home, private=private)

    @property
    def endpoint(self) -> Endpoint:
        """Where the engine answers, once it is up."""
        return Endpoint(f"unix://{self.run_folder}/docker.sock", "embedded")

    def pid(self) -> int | None:
        """The daemon's process id, or None where it does not run.

        A pid file is not believed: the process must be a dockerd with this engine's folder.
        """
        try:
            process = psutil.Process(int(self._pid_file.read_text()))
            ours = f"--pidfile={self._pid_file}" in process.cmdline()
        except (OSError, ValueError, psutil.Error):
            return None
        return process.pid if ours else None

    def answers(self) -> bool:
        """Whether the daemon runs and answers."""
        if self.pid() is None:
            return False
        try:
            self.endpoint.client().close()
        except EngineUnreachable:
            return False
        return True

    def up(self) -> Endpoint:
        """Start the engine, or find it started, and return where it answers.

        Raises:
            EngineStartError: it cannot be started; the message says what to do.
        """
        _require_linux_root()
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            with self._locked():
                if not self.answers():
                    self._start()
        except OSError as error:
            raise EngineStartError(
                f"The course's own engine could not be started: {error.strerror} "
                f"({error.filename or self.home}). Mend that, then try again."
            ) from error
        return self.endpoint

    def down(self) -> None:
        """Stop the engine and its containers; leave nothing of it but its folder."""
        _require_linux_root()
        if not self.home.exists():
            return
        with self._locked():
            self._stop()

    def reset(self) -> None:
        """Stop the engine and forget all it has, but for the downloaded programs."""
        self.down()
        for folder in (self.data_root, self.run_folder):
            shutil.rmtree(folder, ignore_errors=True)
        self.log.unlink(missing_ok=True)

    def status(self) -> Status:
        """What the engine is doing now."""
        disk = sum(
            f.lstat().st_size for f in self.home.rglob("*") if f.is_file() and not f.is_symlink()
        )
        try:
            with contextlib.closing(self.endpoint.client()) as client:
                info = client.info()
        except EngineError:
            return Status(running=False, disk=disk)
        return Status(
            running=True,
            pid=self.pid(),
            version=info["ServerVersion"],
            containers=info["ContainersRunning"],
            disk=disk,
        )

    def environment(self) -> dict[str, str]:
        """Variables with which `docker` commands and docker-py talk to this engine."""
        variables = {"DOCKER_HOST": self.endpoint.host}
        prefix = self.home / "prefix"
        if prefix.exists():
            folder = f"{prefix}/usr/bin"
            path = os.environ.get("PATH", os.defpath).split(os.pathsep)
            variables["PATH"] = os.pathsep.join([folder, *(p for p in path if p != folder)])
            variables["DOCKER_CONFIG"] = str(self.home / "docker-config")
        return variables

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Let one process at a time start or stop this engine."""
        lock = filelock.FileLock(self.home / "lock", timeout=LOCK_TIMEOUT)
        try:
            with lock:
                yield
        except filelock.Timeout as error:
            raise EngineStartError(
                f"Another start of this engine has held {lock.lock_file} for "
                f"{LOCK_TIMEOUT // 60} minutes. End that process, then try again."
            ) from error

    def _start(self) -> None:
        programs = packages.ensure(self.home, self._say)
        self._say("Starting Docker Engine")
        self._stop()  # what a killed daemon left
        self.run_folder.mkdir(exist_ok=True)
        _write_plugin_config(self.home / "docker-config", programs)
        path = self.trace.prepare(programs.path)
        dockerd = programs.which("dockerd")
        command = [
            dockerd,
            f"--pidfile={self._pid_file}",
            f"--data-root={self.data_root}",
            f"--exec-root={self.run_folder}/exec",
            f"--host={self.endpoint.host}",
            f"--registry-mirror=http://127.0.0.1:{MIRROR_PORT}",
            # No address pool: with one, a restarting dockerd deletes docker0, whosesoever it is.
            f"--bridge={self.trace.bridge}",
            "--ip-forward=false",  # set by us, so that `down` can set it back
            "--group=root",
            "--exec-opt=native.cgroupdriver=cgroupfs",
            f"--cgroup-parent={self.trace.cgroup}",
            "--shutdown-timeout=10",
        ]
        if programs.init:
            command.append(f"--init-path={programs.init}")
        with self.log.open("wb") as log:
            process = subprocess.Popen(
                self.trace.enter(command, BRIDGE_ADDRESS),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd="/",
                env={**os.environ, "PATH": os.pathsep.join(path), "TMPDIR": "/tmp"},  # noqa: S108
            )
        try:
            wait_for(
                lambda: self.answers() or process.poll() is not None,
                timeout=START_TIMEOUT,
                what="Docker Engine to answer",
            )
        except (WaitTimeout, KeyboardInterrupt):
            self._stop()
            process.kill()
            raise
        if process.poll() is not None:
            self._stop()
            raise EngineStartError(f"Docker Engine did not start: {self._last_error()}")

    def _stop(self) -> None:
        pid = self.pid()
        if pid is not None:
            daemon = psutil.Process(pid)
            daemon.terminate()
            with contextlib.suppress(psutil.TimeoutExpired):
                daemon.wait(STOP_TIMEOUT)
        self.trace.remove()
        # A dead containerd's pid file would make the next dockerd wait for it.
        shutil.rmtree(self.run_folder / "exec", ignore_errors=True)
        for stale in (self._pid_file, self.run_folder / "docker.sock"):
            stale.unlink(missing_ok=True)

    def _last_error(self) -> str:
        """The end of the daemon's log, where it says why it gave up."""
        lines = self.log.read_text(errors="replace").splitlines()
        told = [line for line in lines if "level=" not in line or "level=error" in line]
        return f"{' '.join((told or lines)[-3:]) or 'it said nothing'} (see {self.log})"


def _write_plugin_config(folder: Path, programs: Programs) -> None:
    """Tell the docker command where compose and buildx are."""
    folder.mkdir(exist_ok=True)
    config = {"cliPluginsExtraDirs": [str(programs.plugins)]} if programs.plugins else {}
    (folder / "config.json").write_text(json.dumps(config))


def _require_linux_root() -> None:
    if sys.platform != "linux":
        raise EngineStartError("Start Docker Desktop (or another Docker engine), then try again.")
    if os.geteuid() != 0:
        raise EngineStartError(
            "The course's own engine needs root. Run the command with sudo, or start Docker "
            "(sudo systemctl start docker), then try again."
        )
