"""A disk that is full, for real: a clear error, nothing half-written, and then all goes on."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess

import pytest
import small_class

from autograder.grading.errors import Interrupted

pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),  # nbgrader's
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
SIZE = 4_000_000  # bytes
STUDENTS = ("ann", "bob", "cleo")


@pytest.fixture
def disk(tmp_path):
    """A small disk, with the course on it; the tests run as root."""
    mount = tmp_path / "disk"
    mount.mkdir()
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", mount], check=True, timeout=20
    )
    try:
        yield mount
    finally:
        os.chdir(tmp_path)
        subprocess.run(["umount", "--lazy", mount], check=True, timeout=20)


def fill(root, left):
    """Leave so many bytes free."""
    free = os.statvfs(root).f_bavail * os.statvfs(root).f_frsize
    with (root / "filler").open("wb") as file, contextlib.suppress(OSError):
        file.write(bytes(max(0, free - left)))


@pytest.fixture(autouse=True)
def _here(monkeypatch):
    monkeypatch.setenv("PATH", "/usr/bin")  # nbgrader_config.py changes it
    small_class.work_here(monkeypatch)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The course, in which nothing is graded yet."""
    made = small_class.make(tmp_path_factory.mktemp("made"))
    for student in STUDENTS:
        small_class.hand_in(made, student, "right right")
    return made


@pytest.mark.parametrize("left", [0, 12288, 32768, 65536])
def test_a_full_disk_leaves_nothing_half_written(made, disk, tmp_path, monkeypatch, left):
    roomy, full = tmp_path / "course", disk / "course"
    for root in (roomy, full):
        shutil.copytree(made, root)
    monkeypatch.chdir(roomy)
    small_class.grade()
    wanted = small_class.grades(roomy), small_class.tree(roomy)
    monkeypatch.chdir(full)
    fill(full, left)
    with contextlib.suppress(Interrupted) if left else pytest.raises(Interrupted, match="No space"):
        small_class.grade()
    (full / "filler").unlink()
    graded = [row for row in small_class.grades(full) if row[5] is not None]
    assert all(row in wanted[0] for row in graded)
    small_class.grade(resume=True)
    assert (small_class.grades(full), small_class.tree(full)) == wanted
