"""JupyterLab with the course in it, as a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import psutil
from jupyter_core.paths import jupyter_runtime_dir
from jupyter_server.serverapp import list_running_servers

from dockerlab import paths
from dockerlab.errors import DockerLabError
from dockerlab.wait import wait_for

SETTINGS = Path(__file__).parent / "jupyter"  # no news, no look for updates: nothing asks outside
START_TIMEOUT = 90  # seconds; a first start compiles modules, maybe on a slow disk
STOP_TIMEOUT = 20  # seconds; the server stops its kernels first
ANSWER_TIMEOUT = 10  # seconds for one page


class LabError(DockerLabError):
    """JupyterLab did not start."""


class Lab:
    """A JupyterLab that serves a clone of the course on 127.0.0.1.

    Args:
        root: the folder of the clone, where nbgrader_config.py is.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.log = self.root / "build/lab.log"
        self._process: subprocess.Popen[bytes] | None = None

    def running(self) -> dict[str, Any] | None:
        """What Jupyter notes down of a server that serves this folder and answers, if any is."""
        for server in list_running_servers(_runtime_folder()):
            if Path(server["root_dir"]).resolve() == self.root and _answers(server):
                return dict(server)
        return None

    def start(self, port: int) -> dict[str, Any]:
        """Start the server, and wait until its page answers.

        Args:
            port: on 127.0.0.1; the next free one where it is taken.

        Returns:
            What Jupyter notes down of the server: its "url", "port", "token", "pid" …

        Raises:
            LabError: it did not start; the message says where its log is.
        """
        self.log.parent.mkdir(exist_ok=True)
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command(port),
                cwd=self.root,  # where nbgrader's extensions look for nbgrader_config.py
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for us: we stop it, and its kernels, in order
            )
        try:
            return wait_for(
                self._ready, timeout=START_TIMEOUT, interval=0.2, what="JupyterLab's page"
            )
        except BaseException as error:
            self.stop()
            if isinstance(error, DockerLabError):
                raise LabError(f"{error} Its log is {self.log}") from error
            raise

    def wait(self) -> None:
        """Wait until the server ends: by its own Shut Down, or by a signal."""
        if self._process:
            self._process.wait()

    def stop(self) -> None:
        """Stop the server and its kernels."""
        if not self._process or self._process.poll() is not None:
            return
        family = psutil.Process(self._process.pid).children(recursive=True)
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_TIMEOUT)
        for left in family:  # a kernel that did not listen
            with contextlib.suppress(psutil.NoSuchProcess):
                left.kill()
        self._process.kill()
        self._process.wait()

    def page(self) -> str:
        """The path of the page to open: the first lesson."""
        lessons = sorted(file.name for file in (self.root / "course").glob("*.ipynb"))
        return f"lab/tree/course/{lessons[0]}" if lessons else "lab"

    def _command(self, port: int) -> list[str]:
        command = [
            sys.executable,
            "-m",
            "jupyterlab",
            f"--ServerApp.root_dir={self.root}",
            f"--ServerApp.port={port}",
            f"--LabApp.default_url=/{self.page()}",
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.append("--allow-root")
        return command

    def _ready(self) -> dict[str, Any] | None:
        assert self._process  # noqa: S101 - for mypy; start() sets it
        if self._process.poll() is not None:
            last = self.log.read_text(errors="replace").strip().splitlines()[-1:]
            raise LabError(f"JupyterLab ended at once: {' '.join(last)}")
        file = Path(_runtime_folder()) / f"jpserver-{self._process.pid}.json"
        try:
            server: dict[str, Any] = json.loads(file.read_text())
        except (OSError, ValueError):  # not there yet, or half written
            return None
        return server if _answers(server) else None


def _runtime_folder() -> str:
    return str(jupyter_runtime_dir())


def _environment() -> dict[str, str]:
    """Of the server, and so of its kernels and terminals."""
    scripts = str(Path(sys.executable).parent)
    settings = [str(SETTINGS), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    return {
        **os.environ,
        # docker is found where connect() put it; nbgrader and autograder without activation.
        "PATH": os.pathsep.join([scripts, os.environ.get("PATH", os.defpath)]),
        "JUPYTER_CONFIG_PATH": os.pathsep.join(settings),
        "JUPYTER_TOKEN": secrets.token_hex(24),  # here, as a command line is for all to see
    }


def _answers(server: dict[str, Any]) -> bool:
    """Whether both the server and JupyterLab's page answer to the token."""
    # No proxy: this is our own machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        for page in ("api/status", "lab"):
            request = urllib.request.Request(  # noqa: S310 - Jupyter's own address
                server["url"] + page, headers={"Authorization": f"token {server['token']}"}
            )
            with opener.open(request, timeout=ANSWER_TIMEOUT) as answer:
                if answer.status != 200:
                    return False
    except OSError:
        return False
    return True


def course() -> Lab:
    """The lab of the clone that this code lies in."""
    return Lab(paths.course().parent)
