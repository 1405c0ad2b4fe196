"""The embedded engine: a dockerd of the course's own, where no other answers (Linux, root).

It has its own data root, run folder, bridge, address pool, cgroup and packet filter tables, and
touches nothing else on the machine. It lives on in the background until `down`.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import filelock
import psutil

from dockerlab.commands import is_alive, launch
from dockerlab.engine import packages, traces
from dockerlab.engine.locate import Endpoint
from dockerlab.engine.packages import Programs
from dockerlab.errors import (
    DockerLabError,
    EngineError,
    EngineStartError,
    EngineUnreachable,
    WaitTimeout,
)
from dockerlab.paths import MIRROR_PORT
from dockerlab.wait import wait_for

START_TIMEOUT = 60  # seconds
STOP_TIMEOUT = 40  # seconds; the daemon gives containers 10 of them
LOCK_TIMEOUT = 900  # seconds: another start may be downloading
NEEDED_DISK = 0.2e9  # bytes, for the daemon's own files
SOCKET_LENGTH = 107  # bytes; the kernel's limit for a socket's path
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
        cut_off: whether another engine's packet filter keeps its containers from the network.
    """

    running: bool
    pid: int | None = None
    version: str = ""
    containers: int = 0
    disk: int = 0
    cut_off: bool = False


class EmbeddedEngine:
    """An engine that keeps all it has in one folder.

    Args:
        home: that folder; two folders are two engines.
        private: give it a network namespace of its own. Nothing outside can reach its containers
            nor they the outside, and it goes along with any number of other engines.
        live_restore: let containers run on while no daemon does; see `up`.
        say: told what is being done, a line each.
    """

    def __init__(
        self,
        home: Path,
        *,
        private: bool = False,
        live_restore: bool = False,
        say: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.home = home = home.resolve()  # as the system names mounts in it
        self.private = private
        self.live_restore = live_restore
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

    def up(self, *, leave: bool = False) -> Endpoint:
        """Start the engine, or find it started, and return where it answers.

        Args:
            leave: do not take away first what a dead daemon has left, such as containers that
                still run: what becomes of them is up to the new one. A private engine gets a new
                network, so that those on the old one keep none of it.

        Raises:
            EngineStartError: it cannot be started; the message says what to do.
        """
        self._check_length()
        with self._locked():
            if not self.answers():
                self._start(leave)
        return self.endpoint

    def down(self) -> None:
        """Stop the engine and its containers; leave nothing of it but its folder.

        Raises:
            EngineError: it cannot be stopped; the message says what to do.
        """
        with self._locked():
            self._stop()

    def reset(self) -> None:
        """Stop the engine and forget all it has, but for the downloaded programs.

        Raises:
            EngineError: it cannot be stopped; the message says what to do.
        """
        with self._locked():
            self._stop()
            for folder in (self.data_root, self.run_folder):
                if folder.exists():
                    shutil.rmtree(folder)
            self.log.unlink(missing_ok=True)

    def status(self) -> Status:
        """What the engine is doing now."""
        disk = _disk_use(self.home)
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
            cut_off=self.trace.is_cut_off(),
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
        """Let one process at a time start or stop this engine; put what fails into a sentence."""
        _require_linux_root()
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            with filelock.FileLock(self.home / "lock", timeout=LOCK_TIMEOUT):
                yield
        except filelock.Timeout as error:
            raise EngineStartError(
                f"Another start of this engine has held {error.lock_file} for "
                f"{LOCK_TIMEOUT // 60} minutes. End that process, then try again."
            ) from error
        except OSError as error:
            raise EngineStartError(
                f"The course's own engine stumbled: {error.strerror} "
                f"({error.filename or self.home}). Mend that, then try again."
            ) from error

    def _check_length(self) -> None:
        longest = f"{self.run_folder}/exec/containerd/containerd.sock.ttrpc"
        if len(os.fsencode(longest)) > SOCKET_LENGTH:
            raise EngineStartError(
                f"{self.home} is too long a path for the engine's sockets. "
                "Name a shorter one: DOCKERLAB_HOME=…"
            )

    def _start(self, leave: bool) -> None:
        packages.check_disk(self.home, NEEDED_DISK)
        programs = packages.ensure(self.home, self._say)
        self._say("Starting Docker Engine")
        if leave:
            self._forget_daemon()
        else:
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
        if self.live_restore:
            command.append("--live-restore")
        if programs.init:
            command.append(f"--init-path={programs.init}")
        environment = {"PATH": os.pathsep.join(path), "TMPDIR": "/tmp"}  # noqa: S108
        try:
            started = launch(
                self.trace.enter(command, BRIDGE_ADDRESS), log=self.log, env=environment
            )
            wait_for(
                lambda: self.answers() or not is_alive(started),
                timeout=START_TIMEOUT,
                what="Docker Engine to answer",
            )
            if not self.answers():
                raise EngineStartError("Docker Engine did not start.")
        except DockerLabError as error:
            self._stop()
            raise EngineStartError(f"{error} {self._last_words()}") from error
        except KeyboardInterrupt:
            self._stop()
            raise

    def _stop(self) -> None:
        pid = self.pid()
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
            with contextlib.suppress(WaitTimeout):  # what stays is killed
                wait_for(
                    lambda: not is_alive(pid), timeout=STOP_TIMEOUT, what="Docker Engine to end"
                )
        self.trace.remove()
        shutil.rmtree(self.run_folder / "exec", ignore_errors=True)
        self._forget_daemon()

    def _forget_daemon(self) -> None:
        """Remove the pid files and the socket of a daemon that is dead."""
        containerd = self.run_folder / "exec/containerd/containerd.pid"
        with contextlib.suppress(OSError, ValueError):
            # A dead containerd's pid file would make the next dockerd wait for it.
            if not is_alive(int(containerd.read_text())):
                containerd.unlink()
        for stale in (self._pid_file, self.run_folder / "docker.sock"):
            stale.unlink(missing_ok=True)

    def _last_words(self) -> str:
        """The end of the daemon's log, where it says why it gave up."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        told = [line for line in lines if "level=" not in line or "level=error" in line]
        return f"{' '.join((told or lines)[-3:])} (see {self.log})"


def _disk_use(folder: Path) -> int:
    """Bytes that a folder takes on its disk, without what is mounted in it."""
    total = 0
    for top, folders, files in os.walk(folder):
        folders[:] = [f for f in folders if not os.path.ismount(f"{top}/{f}")]
        for file in files:
            with contextlib.suppress(FileNotFoundError):  # a running engine removes some
                total += os.lstat(f"{top}/{file}").st_blocks * 512
    return total


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
