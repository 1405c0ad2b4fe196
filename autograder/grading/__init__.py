"""What nbgrader uses to grade this course's assignments; nbgrader_config.py plugs it in."""

from autograder.grading.collecting import CollectWithoutLinks
from autograder.grading.errors import JudgeFault, NotGraded
from autograder.grading.execute import ExecuteInSandbox
from autograder.grading.export import CsvWithoutFalseZeros
from autograder.grading.feedback import HideHiddenTests
from autograder.grading.reading import SubmissionExporter
from autograder.grading.restoring import RestoreCells
from autograder.grading.validating import ExecuteAndTell

__all__ = [
    "CollectWithoutLinks",
    "CsvWithoutFalseZeros",
    "ExecuteAndTell",
    "ExecuteInSandbox",
    "HideHiddenTests",
    "JudgeFault",
    "NotGraded",
    "RestoreCells",
    "SubmissionExporter",
]
