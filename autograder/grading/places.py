"""Where nbgrader keeps what one of its preprocessors works on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from nbgrader.preprocessors import NbGraderPreprocessor


def notebook_file(step: NbGraderPreprocessor, assignment: str, notebook: str) -> Path:
    """The instructor's own version of a notebook.

    Args:
        step: a preprocessor in one of nbgrader's converters.
        assignment: its name.
        notebook: its name, without the ending.
    """
    return source_folder(step, assignment) / f"{notebook}.ipynb"


def source_folder(step: NbGraderPreprocessor, assignment: str) -> Path:
    """The folder of the instructor's own version of an assignment.

    Args:
        step: a preprocessor in one of nbgrader's converters.
        assignment: its name.
    """
    places = step.parent.parent.coursedir
    return Path(places.format_path(places.source_directory, ".", assignment))


def assignment_folder(step: NbGraderPreprocessor, told: Mapping[str, str]) -> Path:
    """The folder that a student has handed in.

    Args:
        step: a preprocessor in one of nbgrader's converters.
        told: what nbgrader's resources say: "assignment" and "student".
    """
    places = step.parent.parent.coursedir
    return Path(places.format_path(places.submitted_directory, told["student"], told["assignment"]))
