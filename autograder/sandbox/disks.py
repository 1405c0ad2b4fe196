"""What lies on a sandbox's disk before anything of a student's runs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

STUDENT = 1000  # user and group id of the sandboxes' engine, and of the root in them
FOLDERS = ("docker", "home", "home/work", "shared")
MOST_FILES = 1000
MOST_BYTES = 50e6


def lay_out(disk: Path) -> None:
    """Make the folders of a disk; what lay in the shared one goes.

    Args:
        disk: of a sandbox that does not run.
    """
    shutil.rmtree(disk / "shared", ignore_errors=True)
    for name in FOLDERS:
        folder = disk / name
        folder.mkdir(exist_ok=True)
        os.chown(folder, STUDENT, STUDENT)


def put(files: Path, disk: Path) -> None:
    """Copy what a student has handed in beside the notebook into the folder that it runs in.

    Symbolic links are left out, as are notebooks, and what goes beyond 1,000 files or 50 MB.

    Args:
        files: the submission's folder.
        disk: of a sandbox in which no student's code has run.
    """
    work = disk / "home/work"
    left, room = MOST_FILES, MOST_BYTES
    for top, _, names in os.walk(files):
        folder = work / Path(top).relative_to(files)
        folder.mkdir(exist_ok=True)
        for file in (Path(top, name) for name in sorted(names)):
            size = file.lstat().st_size
            if file.is_symlink() or not file.is_file() or file.suffix == ".ipynb":
                continue
            left, room = left - 1, room - size
            if left < 0 or room < 0:
                break
            shutil.copyfile(file, folder / file.name)
    for top, folders, names in os.walk(work):
        for path in (top, *(os.path.join(top, name) for name in (*folders, *names))):
            os.lchown(path, STUDENT, STUDENT)
