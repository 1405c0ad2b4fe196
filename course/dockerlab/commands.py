"""Running a program, with an error that shows all that is needed to understand it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from dockerlab.errors import CommandFailed


def run(
    command: Sequence[str],
    *,
    timeout: float,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> str:
    """Run `command` without a terminal and return its standard output.

    Args:
        command: the program and its arguments.
        timeout: seconds until it is killed.
        cwd: the folder to run it in.
        env: variables to set on top of our own.

    Raises:
        CommandFailed: it is not there, ended with an error, or took longer than `timeout`.
    """
    try:
        done = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            stdin=subprocess.DEVNULL,
            cwd=cwd,
            env={**os.environ, **(env or {})},
        )
    except FileNotFoundError as error:
        raise CommandFailed(command, 127, "", f"{command[0]}: not found") from error
    except subprocess.TimeoutExpired as error:
        raise CommandFailed(command, 124, "", f"still running after {timeout:g} s") from error
    if done.returncode != 0:
        raise CommandFailed(command, done.returncode, done.stdout, done.stderr)
    return done.stdout
