"""What nbgrader uses to grade this course's assignments; nbgrader_config.py plugs it in."""

from autograder.grading.errors import NotGraded
from autograder.grading.execute import ExecuteOnCleanEngine
from autograder.grading.export import CsvWithoutFalseZeros
from autograder.grading.reading import SubmissionExporter
from autograder.grading.validating import ExecuteAndTell

__all__ = [
    "CsvWithoutFalseZeros",
    "ExecuteAndTell",
    "ExecuteOnCleanEngine",
    "NotGraded",
    "SubmissionExporter",
]
