"""Running a program, with an error that shows all that is needed to understand it."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from dockerlab.errors import CommandFailed

NOT_FOUND = 127  # the exit status by which a shell says so


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
    done = attempt(command, timeout=timeout, cwd=cwd, env=env)
    if done.returncode != 0:
        raise CommandFailed(command, done.returncode, done.stdout, done.stderr)
    return done.stdout


def attempt(
    command: Sequence[str],
    *,
    timeout: float,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run `command` without a terminal; that it ends with an error is a result.

    Args:
        command: the program and its arguments.
        timeout: seconds until it is killed.
        cwd: the folder to run it in.
        env: variables to set on top of our own.

    Raises:
        CommandFailed: it is not there (with the code 127), or took longer than `timeout` (124).
    """
    try:
        return subprocess.run(
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
        raise CommandFailed(command, NOT_FOUND, "", f"{command[0]}: not found") from error
    except subprocess.TimeoutExpired as error:
        raise CommandFailed(command, 124, "", f"still running after {timeout:g} s") from error


def launch(
    command: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None, timeout: float = 20
) -> int:
    """Start a daemon: it outlives this program and its terminal, and is nobody's child.

    Args:
        command: the program and its arguments.
        log: the file that takes what it says; what is in it goes.
        env: variables to set on top of our own.
        timeout: seconds that the start may take.

    Returns:
        Its process id.

    Raises:
        OSError: the log cannot be written.
        CommandFailed: the system lacks `setsid` (util-linux).
    """
    # Not by a shell's `&`, which would let it and all its children ignore Ctrl-C's signal.
    log.write_bytes(b"")
    become = f"echo $$; exec {shlex.join(command)} >{shlex.quote(str(log))} 2>&1"
    started = run(["setsid", "--fork", "sh", "-c", become], timeout=timeout, cwd=Path("/"), env=env)
    return int(started)


def is_alive(pid: int) -> bool:
    """Whether a process still does anything; a zombie only waits to be buried."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
