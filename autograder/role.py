"""Which part a kernel plays: both at home, one of two when an assignment is graded."""

from __future__ import annotations

import os
from enum import StrEnum

VARIABLE = "DOCKER_LIVE_ROLE"


class Role(StrEnum):
    """The part that a notebook's kernel plays."""

    BOTH = "both"
    """At home: it runs the student's cells and the tests."""

    STUDENT = "student"
    """In a sandbox: it runs the student's cells alone."""

    JUDGE = "judge"
    """Outside of the sandbox, where no student can reach it: it runs the tests."""


def role() -> Role:
    """The part that this kernel plays."""
    return Role(os.environ.get(VARIABLE, Role.BOTH))
