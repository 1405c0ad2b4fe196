"""The Validate button and formgrader, in the lab."""

from __future__ import annotations

import csv
import subprocess
from collections.abc import Iterator
from pathlib import Path

import docker
import inventory
import pytest
from jupyterlab_page import AUTOGRADER, ROOT, JupyterLabPage
from playwright.sync_api import expect

from autograder.grading.bank import Case

VALIDATE_TIMEOUT = 180_000  # milliseconds
CLASS_TIMEOUT = 900  # seconds


@pytest.fixture(scope="module")
def scores() -> dict[str, str]:
    """Each student's score in the grade book of a class that `autograder class` has just graded."""
    done = subprocess.run(
        [AUTOGRADER, "class"], check=False, capture_output=True, text=True, timeout=CLASS_TIMEOUT
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with (ROOT / "build/class/grades.csv").open(newline="") as file:
        return {row["student_id"]: row["score"] for row in csv.DictReader(file)}


@pytest.fixture
def left_alone(client: docker.DockerClient) -> Iterator[None]:
    """The engine; what a student's notebook makes on it goes in the end."""
    before = inventory.take(client)
    yield
    inventory.restore(client, before)


@pytest.mark.usefixtures("left_alone")
@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("solution", "Success! Your notebook passes all the tests."),
        ("empty", "found:    no container 'mariadb-basic'"),
    ],
    ids=["solution", "empty"],
)
def test_validate_answers(page: JupyterLabPage, workplace: Path, name: str, answer: str) -> None:
    Case(ROOT, "containers", name).hand_in(workplace)
    page.open_file(workplace / "containers.ipynb")

    page.notebook.get_by_role("button", name="Validate").click()

    expect(page.dialog).to_contain_text(answer, timeout=VALIDATE_TIMEOUT)
    page.keep(f"validate-{name}")


@pytest.mark.slow  # a whole class is graded
def test_formgrader_shows_the_graded_class(page: JupyterLabPage, scores: dict[str, str]) -> None:
    page.menu("Nbgrader", "Formgrader")
    frame = page.page.frame_locator("iframe[src*='formgrader']")
    assignment = frame.get_by_role("row").filter(has_text="containers")
    expect(assignment).to_contain_text("released", timeout=30_000)

    assignment.get_by_role("link", name=str(len(scores)), exact=True).click()

    for student, score in scores.items():
        row = frame.get_by_role("row").filter(has_text=student)
        expect(row).to_contain_text(f"{float(score):g} / 20" if score else "needs autograding")
