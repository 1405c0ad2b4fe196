"""Builds: running them, reading what BuildKit tells, and leaving no trace in its cache."""

from dockerlab.builds.build import Build, Step
from dockerlab.builds.workshop import Context, Workshop

__all__ = ["Build", "Context", "Step", "Workshop"]
