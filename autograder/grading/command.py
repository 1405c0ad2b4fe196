"""Stock nbgrader commands, as an instructor types them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from dockerlab.errors import CommandFailed

TIMEOUT = 3600  # seconds: a class is graded by one command


def nbgrader(root: Path, log: Path, *command: str) -> None:
    """Run one, in a course's folder.

    Args:
        root: the folder with `nbgrader_config.py`.
        log: a file to which what it says is added.
        command: its words, without `nbgrader`.

    Raises:
        CommandFailed: it ends with another status than 0. The error holds the end of what it said.
    """
    with log.open("ab") as file:
        file.write(f"\n$ nbgrader {' '.join(command)}\n".encode())
        file.flush()
        start = file.tell()
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *command],
            check=False,
            cwd=root,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            timeout=TIMEOUT,
            # Never an exchange that real students share.
            env={**os.environ, "NBGRADER_EXCHANGE": str(root / "exchange")},
        )
    if done.returncode != 0:
        said = log.read_bytes()[start:].decode(errors="replace")
        raise CommandFailed(["nbgrader", *command], done.returncode, "", said[-5000:])
