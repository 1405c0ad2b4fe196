"""What a grader that was killed has left half done, so that the next run does not pass it over.

nbgrader grades in two steps, and both write the notebook to the same place; it then takes any
notebook there for a graded one. The first step therefore leaves a mark, which the second removes.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import rmtree

from autograder.sandbox.outer import is_left_behind, new_name

MARK = "docker-live-grading"  # in a notebook's metadata: which process is at it


def mark(nb: NotebookNode) -> None:
    """Note in a notebook that this process has begun to grade it.

    Args:
        nb: the submission.
    """
    nb.metadata[MARK] = new_name()


def unmark(nb: NotebookNode) -> None:
    """Note in a notebook that it has run.

    Args:
        nb: the submission.
    """
    nb.metadata.pop(MARK, None)


def forget(converter: Any) -> list[str]:
    """Delete what dead graders have left half done of the submissions that are to be graded now.

    Args:
        converter: nbgrader's `Autograde`, which knows what it is to grade.

    Returns:
        The folders or notebooks that are gone, each as a path.
    """
    pattern = converter._format_source("(?P<assignment>.*)", "(?P<student>.*)", escape=True)
    whole = converter.coursedir.notebook_id == "*"
    gone = []
    for submission, notebooks in converter.assignments.items():
        told = re.match(pattern, submission)
        if told is None:
            continue  # nbgrader says so itself
        graded = Path(converter._format_dest(told["assignment"], told["student"]))
        source = converter.coursedir.format_path(
            converter.coursedir.source_directory, ".", told["assignment"]
        )
        known = {file.name for file in Path(source).glob("*.ipynb")}
        files = [graded / name for path in notebooks if (name := Path(path).name) in known]
        cut_off = [file for file in files if file.exists() and not is_finished(file)]
        if whole and graded.is_dir() and (cut_off or not all(file.exists() for file in files)):
            rmtree(str(graded))
            gone.append(str(graded))
        elif not whole:
            for file in cut_off:
                file.unlink()
                gone.append(str(file))
    return gone


def is_finished(notebook: Path) -> bool:
    """Whether a notebook is graded, or another grader is at it now.

    Args:
        notebook: below `autograded/`.
    """
    try:
        begun = nbformat.read(notebook, as_version=4).metadata.get(MARK)
    except Exception:  # nbformat raises many kinds; the writing was cut off
        return False
    return begun is None or not is_left_behind(str(begun))
