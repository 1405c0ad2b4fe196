"""What nbgrader uses to grade this course's assignments."""

from autograder.grading.execute import ExecuteOnCleanEngine, NotGraded

__all__ = ["ExecuteOnCleanEngine", "NotGraded"]
