"""Validate tells which checks failed."""

import io

from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgrader.preprocessors import Execute
from nbgrader.validator import Validator

from autograder.grading import ExecuteAndTell

REPORT = "1. Task: 1 of 2 points\n  [FAILED] it holds\n      hint:     " + "look there " * 12


def test_a_failed_check_is_told_in_lines_that_nbgrader_does_not_cut(monkeypatch):
    monkeypatch.setattr(Execute, "preprocess", lambda self, nb, resources: (nb, resources))
    about = {"grade_id": "t", "grade": True, "solution": False, "points": 2}
    cell = new_code_cell(
        metadata={"nbgrader": about},
        outputs=[
            new_output("display_data", {"text/plain": REPORT}),
            new_output("execute_result", {"text/plain": "1.0"}, execution_count=1),
        ],
    )
    ExecuteAndTell().preprocess(new_notebook(cells=[cell]), {})
    validator = Validator()
    validator.stream = io.StringIO()
    validator._print_error(cell.source, validator._extract_error(cell))
    said = validator.stream.getvalue()
    assert "[FAILED] it holds" in said
    assert " ".join(said.split()).count("look there") == 12
    assert "..." not in said
