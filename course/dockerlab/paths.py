"""Where the course keeps what is its own on this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs

MIRROR_PORT = 5055
"""TCP port on 127.0.0.1 of the course's registry mirror."""


def home() -> Path:
    """The folder of the embedded engine, its images and downloads.

    One home serves every clone of the course on a machine, so that a second clone downloads
    nothing. `DOCKERLAB_HOME` names another one: two homes are two engines.
    """
    if named := os.environ.get("DOCKERLAB_HOME"):
        return Path(named).absolute()
    if sys.platform == "linux" and os.geteuid() == 0:
        return Path("/var/lib/docker-live")
    return platformdirs.user_data_path("docker-live")


def course() -> Path:
    """The course's folder: lessons, and the recipes of the images under `images/`."""
    return Path(__file__).resolve().parent.parent
