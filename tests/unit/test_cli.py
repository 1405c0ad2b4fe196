"""The command's manners: sentences instead of tracebacks, and a status that scripts can use."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.cli import COMMANDS

AUTOGRADER = [sys.executable, "-c", "from autograder.cli import main; main()"]


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*AUTOGRADER, *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **variables},
    )


def test_help_lists_every_command() -> None:
    shown = run("--help")
    assert shown.returncode == 0
    for name in COMMANDS:
        assert f"\n  {name} " in shown.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    shown = run(name, "--help")
    assert shown.returncode == 0, shown.stderr
    assert "Usage:" in shown.stdout


def test_an_unknown_command_is_a_sentence() -> None:
    shown = run("grdae")
    assert shown.returncode == 2
    assert "No such command" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_an_error_of_ours_is_a_sentence(tmp_path: Path) -> None:
    shown = run("images", "list", DOCKER_HOST=f"unix://{tmp_path}/nobody.sock")
    assert shown.returncode == 1
    assert shown.stderr.startswith("error: ")
    assert "nobody.sock" in shown.stderr
    assert "Traceback" not in shown.stderr
