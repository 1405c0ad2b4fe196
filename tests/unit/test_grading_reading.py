"""A file that is not a notebook gets a sentence, in nbgrader's log too."""

import io
import logging
import traceback

import nbformat
import pytest

from autograder.grading import NotGraded, SubmissionExporter


@pytest.fixture
def exporter():
    exporter = SubmissionExporter()
    yield exporter
    for one in list(exporter.log.filters):
        exporter.log.removeFilter(one)


def file(text):
    stream = io.StringIO(text)
    stream.name = "work/containers.ipynb"
    return stream


@pytest.mark.parametrize("text", ["", '{"cells": [', "[]", "null", '{"nbformat": "four"}'])
def test_what_is_not_a_notebook_is_refused(exporter, text):
    with pytest.raises(NotGraded, match=r"containers\.ipynb is not a notebook"):
        exporter.from_file(file(text))


def test_a_notebook_passes(exporter):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    text, _ = exporter.from_file(file(nbformat.writes(notebook)))
    assert nbformat.reads(text, as_version=4) == notebook


@pytest.mark.parametrize(
    ("error", "logged"),
    [(NotGraded("Not graded: why."), "Not graded: why."), (OSError("disk"), "Traceback")],
)
def test_the_log_shows_the_sentence_alone_and_other_errors_whole(exporter, caplog, error, logged):
    exporter.log.propagate = True
    with caplog.at_level(logging.ERROR, logger=exporter.log.name):
        try:
            raise error
        except Exception:
            exporter.log.error(traceback.format_exc())
    assert caplog.messages[0].startswith(logged)
    assert ("Traceback" in caplog.text) == (logged == "Traceback")
