"""What nbgrader copies of a submission, beside its notebook, when it begins to grade it.

Stock nbgrader follows symbolic links, with the instructor's rights, even to a device without end;
stops at a pipe; and drops a submission with a timestamp that it cannot read.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from datetime import datetime

from nbgrader import utils
from nbgrader.converters import base
from nbgrader.coursedir import CourseDirectory

MOST_BYTES = 50e6  # of one file

_find_all_files: Callable[..., list[str]] = utils.find_all_files
_timestamp: Callable[..., datetime | None] = CourseDirectory.get_existing_timestamp


def files(path: str, exclude: list[str] | None = None) -> list[str]:
    """nbgrader's `find_all_files`: those that are files, and not too big ones.

    Args:
        path: a folder.
        exclude: patterns of names.
    """
    return [file for file in _find_all_files(path, exclude) if _is_plain(file)]


def timestamp(places: CourseDirectory, folder: str) -> datetime | None:
    """nbgrader's `get_existing_timestamp`: None where the file does not hold one.

    Args:
        places: of the course.
        folder: of a submission.
    """
    file = os.path.join(folder, "timestamp.txt")
    if os.path.lexists(file) and not _is_plain(file):
        return None
    try:
        return _timestamp(places, folder)
    except Exception as error:  # whatever the parser of dates raises
        places.log.warning("%s is not a time, and is passed over: %s", file, error)
        return None


def install() -> None:
    """Make nbgrader use them; there is no setting for that."""
    utils.find_all_files = base.find_all_files = files
    CourseDirectory.get_existing_timestamp = timestamp


def _is_plain(file: str) -> bool:
    about = os.lstat(file)
    return stat.S_ISREG(about.st_mode) and about.st_size <= MOST_BYTES
