"""What keeps a submission from being graded.

DockerLabError
├── NotGraded     a submission has no score, not even zero, and the message says what to do
└── JudgeFault    the kernel that runs the tests failed; a second try may do
"""

from __future__ import annotations

from dockerlab.errors import DockerLabError


class NotGraded(DockerLabError):
    """A submission could not be graded, and not by a fault of the student's work."""


class JudgeFault(DockerLabError):
    """The kernel that runs the tests did not start, or had to be given up."""
