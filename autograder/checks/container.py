"""Checks of a container."""

from __future__ import annotations

from autograder.checks.behaviour import Behaviour
from autograder.checks.lifecycle import Lifecycle
from autograder.checks.mounts import Mounts
from autograder.checks.settings import Settings


class Container(Lifecycle, Settings, Mounts, Behaviour):
    """What can be said of a container; `Task.container` makes one.

    Args:
        task: collects the results.
        name: the container's name or id.
    """
