"""What keeps a submission, or a class, from being graded.

DockerLabError
├── NotGraded     a submission has no score, not even zero, and the message says what to do
├── JudgeFault    the kernel that runs the tests failed; a second try may do
├── CannotGrade   a class cannot be graded like this; nothing has been changed
└── Interrupted   grading a class ended early; what was graded is kept
"""

from __future__ import annotations

from dockerlab.errors import DockerLabError


class NotGraded(DockerLabError):
    """A submission could not be graded, and not by a fault of the student's work."""


class JudgeFault(DockerLabError):
    """The kernel that runs the tests did not start, or had to be given up."""


class CannotGrade(DockerLabError):
    """A class cannot be graded like this, and nothing has been changed."""


class Interrupted(DockerLabError):
    """Grading a class ended before its end. What was graded is in the grade book."""
