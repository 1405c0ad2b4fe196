"""A PostgreSQL server of a test's own: its files and its socket are in a folder that goes away."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg2

from autograder.sandbox.opening import Opened

USER = "postgres"  # Debian's: a server refuses to run as root
TIMEOUT = 60  # seconds for one of its commands


class Server(Opened):
    """It listens on no network. Whoever can reach its socket is let in."""

    def _open(self, stack: contextlib.ExitStack) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="dlp-"))
        stack.callback(shutil.rmtree, self.folder)
        if os.geteuid() == 0:
            shutil.chown(self.folder, USER)
        self._run("initdb", "--no-sync", "--auth=trust", f"--username={USER}", "--encoding=UTF8")
        stack.callback(self.stop)
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = f"-k {self.folder} -c listen_addresses= -c fsync=off"
        self._run("pg_ctl", "--wait", f"--log={self.folder}/log", f"--options={settings}", "start")

    def stop(self) -> None:
        """Stop it at once, as in a power cut: what is open breaks off."""
        if (self.folder / "data/postmaster.pid").exists():
            self._run("pg_ctl", "--wait", "--mode=immediate", "stop")

    def database(self, name: str, template: str = "template0") -> str:
        """Make a database.

        Args:
            name: its own.
            template: the database that it is a copy of.

        Returns:
            Its address, for nbgrader.
        """
        connection = psycopg2.connect(host=str(self.folder), user=USER, dbname="postgres")
        try:
            connection.autocommit = True  # no transaction may surround this
            connection.cursor().execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        finally:
            connection.close()
        return f"postgresql+psycopg2://{USER}@/{name}?host={self.folder}"

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(_programs() / program), f"--pgdata={self.folder}/data", *arguments],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # no pipe: the server would keep it open
            stderr=subprocess.STDOUT,
            timeout=TIMEOUT,
            check=False,
            **({"user": USER, "group": USER, "extra_groups": []} if os.geteuid() == 0 else {}),
        )
        log = self.folder / "log"
        assert done.returncode == 0, f"{program}: {log.read_text() if log.exists() else done}"


def _programs() -> Path:
    """Where the server's programs are: Debian keeps them out of PATH."""
    if found := shutil.which("pg_ctl"):
        return Path(found).resolve().parent
    versions = Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")
    newest = max(versions, key=lambda path: float(path.parts[-3]), default=None)
    assert newest, "There is no PostgreSQL server here: `make setup-test` installs it"
    return newest.parent
