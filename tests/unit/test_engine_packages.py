"""When the distribution's own engine is good enough, and what is said where space is short."""

from __future__ import annotations

from pathlib import Path

import pytest

from dockerlab.engine import packages
from dockerlab.errors import EngineStartError

DEBIAN_12 = "echo 'Docker version 20.10.24+dfsg1, build 297e128'"
DEBIAN_13 = "echo 'Docker version 26.1.5+dfsg1, build a72d7cd'"
NO_COMPOSE = "echo \"docker: 'compose' is not a docker command.\" >&2; exit 1"


def make_program(file: Path, script: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


@pytest.mark.parametrize(
    ("dockerd", "docker", "enough"),
    [
        (DEBIAN_13, "echo 2.26.1", True),
        (DEBIAN_13, "echo v5.0.0", True),
        (DEBIAN_12, "echo 2.26.1", False),
        (DEBIAN_13, "echo 1.29.2", False),
        (DEBIAN_13, NO_COMPOSE, False),
        (DEBIAN_13, None, False),
        (None, "echo 2.26.1", False),
        ("exit 1", "echo 2.26.1", False),
    ],
    ids=[
        "new",
        "newer",
        "old engine",
        "old compose",
        "no compose",
        "no client",
        "a mere client",
        "a broken engine",
    ],
)
def test_the_distributions_engine_is_used_where_new_enough(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    dockerd: str | None,
    docker: str | None,
    enough: bool,
) -> None:
    for name, script in (("dockerd", dockerd), ("docker", docker)):
        if script:
            make_program(tmp_path / name, script)
    monkeypatch.setattr(packages, "SYSTEM_PATH", (str(tmp_path),))
    assert packages._distribution_is_new_enough() == enough


def test_an_old_engine_of_the_distribution_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system, own = tmp_path / "system", tmp_path / "home/prefix/usr/sbin"
    for name in ("runc", "iptables", "ip", "dockerd"):
        make_program(system / name, DEBIAN_12)
    make_program(own / "dockerd", DEBIAN_13)
    monkeypatch.setattr(packages, "SYSTEM_PATH", (str(system),))
    programs = packages.ensure(tmp_path / "home", print)
    assert programs.which("dockerd") == str(own / "dockerd")
    assert programs.which("runc") == str(system / "runc")


def test_a_full_disk_is_told_before_anything_is_written(tmp_path: Path) -> None:
    packages.check_disk(tmp_path, 1)
    with pytest.raises(EngineStartError, match=r"needs 1000000\.0 GB at .* or name another place"):
        packages.check_disk(tmp_path, 1e15)


def test_a_missing_program_is_told(tmp_path: Path) -> None:
    with pytest.raises(EngineStartError, match="dockerd is missing"):
        packages.Programs(path=(str(tmp_path),)).which("dockerd")
