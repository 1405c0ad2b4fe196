"""Where the course keeps what is its own on this machine."""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """The folder of the embedded engine, its images and downloads.

    `DOCKERLAB_HOME` names another one; two homes are two engines. One home serves every clone of
    the course on a machine, so that a second clone downloads nothing.
    """
    return Path(os.environ.get("DOCKERLAB_HOME") or "/var/lib/docker-live")


def course() -> Path:
    """The course's folder: lessons, and the recipes of the images under `images/`."""
    return Path(__file__).resolve().parent.parent
