"""The Validate button and formgrader, in the lab."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from jupyterlab_page import AUTOGRADER, ROOT, JupyterLabPage
from playwright.sync_api import expect

from autograder.grading import demo

VALIDATE_TIMEOUT = 180_000  # milliseconds
CLASS_TIMEOUT = 900  # seconds


@pytest.fixture(scope="module")
def graded_class() -> dict[str, demo.Mark]:
    """The marks of a class that `autograder class` has just graded."""
    done = subprocess.run(
        [AUTOGRADER, "class"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=CLASS_TIMEOUT,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return {mark.student: mark for mark in demo.here().marks()}


@pytest.mark.parametrize(
    ("folder", "answer"),
    [
        ("tests/submissions/containers/right", "Success! Your notebook passes all the tests."),
        ("release/containers", "cells failed"),
    ],
    ids=["right", "as-released"],
)
def test_validate_answers(
    page: JupyterLabPage, workplace: Path, folder: str, answer: str, request: pytest.FixtureRequest
) -> None:
    assignment = Path(shutil.copy(ROOT / folder / "containers.ipynb", workplace))
    page.open_file(assignment)

    page.notebook.get_by_role("button", name="Validate").click()

    expect(page.dialog).to_contain_text(answer, timeout=VALIDATE_TIMEOUT)
    page.keep(f"validate-{request.node.callspec.id}")


def test_formgrader_shows_the_graded_class(
    page: JupyterLabPage, graded_class: dict[str, demo.Mark]
) -> None:
    page.menu("Nbgrader", "Formgrader")
    frame = page.page.frame_locator("iframe[src*='formgrader']")
    assignment = frame.get_by_role("row").filter(has_text="containers")
    expect(assignment).to_contain_text("released", timeout=30_000)
    page.keep("formgrader")

    assignment.get_by_role("link", name=str(len(graded_class)), exact=True).click()

    for student, mark in graded_class.items():
        row = frame.get_by_role("row").filter(has_text=student)
        points = sum(p for p in mark.points.values() if p is not None)
        expect(row).to_contain_text(f"{points:g} / 20" if mark.points else "needs autograding")
    page.keep("formgrader-class")
