"""How nbgrader reads a submission, and what it says where one cannot be graded."""

from __future__ import annotations

import copy
import io
import logging
import os
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException

from autograder.grading import unfinished
from autograder.grading.errors import NotGraded

MISNAMED = (
    "Not graded: none of the notebooks has the name that was released (a browser may have changed "
    "it, as for a second download). Give it its name, then autograde this submission again."
)
MOST_TEXT = 2_000_000  # characters in a notebook's cells; what they have shown does not count


class SubmissionExporter(NotebookExporter):
    """nbconvert's exporter of notebooks, with a sentence for a file that is not one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        self.log.addFilter(_sentence_for_traceback)
        if isinstance(self.parent, Autograde):  # about to begin
            for path in unfinished.forget(self.parent):
                self.log.warning("%s was left half graded, and is graded again", path)

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        """Read, preprocess and write a notebook.

        Args:
            filename: the submission's.
            resources: nbconvert's.

        Raises:
            NotGraded: it is not a notebook.
        """
        name = Path(filename).name
        if os.path.islink(filename):
            raise NotGraded(
                f"Not graded: {name} is a symbolic link, which is no notebook. Ask for the file "
                "itself."
            )
        if not os.path.isfile(filename):
            raise NotGraded(f"Not graded: {name} is no file. Ask for the notebook.")
        return super().from_filename(filename, resources=resources, **kwargs)

    def from_file(
        self, file_stream: Any, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        """Read, preprocess and write a notebook.

        Args:
            file_stream: of the submission.
            resources: nbconvert's.

        Raises:
            NotGraded: it is not a notebook, or nobody can read that much.
        """
        name = Path(file_stream.name).name
        try:
            text = file_stream.read()
            cells = nbformat.reads(text, as_version=4).cells
            size = sum(len(cell.source) for cell in cells if isinstance(cell.source, str))
            copy.deepcopy(cells)  # as nbconvert will
        except Exception as error:  # nbformat raises many kinds; all of them mean this
            raise NotGraded(
                f"Not graded: {name} is not a notebook (its JSON is broken, or the upload was "
                "cut off). The file is kept as it came; ask for it again."
            ) from error
        if size > MOST_TEXT:
            raise NotGraded(
                f"Not graded: {name} has {size / 1e6:.0f} MB of text in its cells, and at most "
                f"{MOST_TEXT / 1e6:.0f} MB are read. Ask for one without what was pasted into it."
            )
        return super().from_file(io.StringIO(text), resources=resources, **kwargs)


def _sentence_for_traceback(record: logging.LogRecord) -> bool:
    """Let nbgrader's log say why a submission is not graded, where it would show a traceback."""
    error = sys.exc_info()[1]
    if record.getMessage().startswith("Traceback"):
        if isinstance(error, NotGraded):
            record.msg, record.args = str(error), ()
        elif isinstance(error, NbGraderException) and "No notebooks found" in str(error):
            record.msg, record.args = MISNAMED, ()
    return True
