"""Checks of a container."""

from __future__ import annotations

from autograder.checks.behaviour import Behaviour
from autograder.checks.lifecycle import Lifecycle
from autograder.checks.mounts import Mounts
from autograder.checks.options import Options
from autograder.checks.restarts import Restarts
from autograder.checks.settings import Settings
from autograder.checks.visits import Visits


class Container(Lifecycle, Settings, Options, Mounts, Behaviour, Restarts, Visits):
    """What can be said of a container; `Task.container` makes one.

    Args:
        task: collects the results.
        name: the container's name or id.
    """
