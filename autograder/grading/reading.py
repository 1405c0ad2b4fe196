"""How nbgrader reads a submission, and what it says where one cannot be graded."""

from __future__ import annotations

import io
import logging
import os
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.converters import Autograde

from autograder.grading import unfinished
from autograder.grading.errors import NotGraded


class SubmissionExporter(NotebookExporter):
    """nbconvert's exporter of notebooks, with a sentence for a file that is not one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        self.log.addFilter(_sentence_for_traceback)
        if isinstance(self.parent, Autograde):  # about to begin
            for path in unfinished.forget(self.parent):
                self.log.warning("%s was left half graded, and is graded again", path)

    def from_file(
        self, file_stream: Any, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        """Read, preprocess and write a notebook.

        Args:
            file_stream: of the submission.
            resources: nbconvert's.

        Raises:
            NotGraded: it is not a notebook.
        """
        if os.path.islink(file_stream.name):
            raise NotGraded(
                f"Not graded: {Path(file_stream.name).name} is a symbolic link, which is no "
                "notebook. Ask for the file itself."
            )
        try:
            text = file_stream.read()
            nbformat.reads(text, as_version=4)
        except Exception as error:  # nbformat raises many kinds; all of them mean this
            name = Path(file_stream.name).name
            raise NotGraded(
                f"Not graded: {name} is not a notebook (its JSON is broken, or the upload was "
                "cut off). The file is kept as it came; ask for it again."
            ) from error
        return super().from_file(io.StringIO(text), resources=resources, **kwargs)


def _sentence_for_traceback(record: logging.LogRecord) -> bool:
    """Let nbgrader's log say why a submission is not graded, where it would show a traceback."""
    error = sys.exc_info()[1]
    if isinstance(error, NotGraded) and record.getMessage().startswith("Traceback"):
        record.msg, record.args = str(error), ()
    return True
