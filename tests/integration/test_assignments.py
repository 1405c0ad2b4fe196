"""What holds for every assignment: what students get of it, and what it is worth."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import copied_course
import pytest

from autograder.grading import bank
from autograder.sandbox import limits
from dockerlab import images

REPO = copied_course.REPO
ASSIGNMENTS = bank.assignments(REPO)
CASES = {  # that each assignment has in the bank
    "commands",
    "copied",
    "empty",
    "hard-coded",
    "mistakes-1",
    "mistakes-2",
    "mistakes-3",
    "solution",
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("course")
    copied_course.copy(root)
    return root


def cells(kind: Any, assignment: str) -> dict[str, dict[str, Any]]:
    return {cell["id"]: cell for cell in bank.read(REPO, kind, assignment)["cells"]}


def settings(cell: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = cell["metadata"].get("nbgrader", {})
    return found


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_students_version_is_made_from_todays_source(course: Path, name: str) -> None:
    done = copied_course.nbgrader(course, "generate_assignment", name)
    assert done.returncode == 0, done.stderr
    made = {f.name: f.read_bytes() for f in (course / "release" / name).iterdir()}
    assert made == {f.name: f.read_bytes() for f in (REPO / "release" / name).iterdir()}


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_students_version_holds_no_solution_and_no_hidden_test(name: str) -> None:
    text = "\n".join(cell["source"] for cell in cells("release", name).values())
    released = {line.strip() for line in text.splitlines()}
    hidden = 0
    for cell in cells("source", name).values():
        inside = False
        for line in cell["source"].splitlines():
            if line.strip().startswith("### "):
                inside = "BEGIN" in line
            elif inside and len(line.strip()) > 20:  # shorter ones are anywhere
                assert line.strip() not in released
                hidden += 1
    assert hidden > 20
    assert not re.search(r"^ *### (BEGIN|END)", text, re.MULTILINE)


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_five_to_eight_tasks_say_their_points_and_make_twenty(name: str) -> None:
    source = cells("source", name)
    points = [settings(c)["points"] for c in source.values() if settings(c).get("grade")]
    text = "\n".join(c["source"] for c in source.values() if c["cell_type"] == "markdown")
    told = [int(n) for n in re.findall(r"^## \d\. .*\((\d) points?\)$", text, re.MULTILINE)]
    assert sum(points) == 20
    assert told == points
    assert 5 <= len(points) <= 8
    assert all(id == settings(c)["grade_id"] for id, c in source.items() if settings(c))
    needs = limits.read(REPO / "source" / name / "needs.toml")
    assert f"**20 points, about {needs.minutes} minutes.**" in text
    assert set(needs.images) <= set(images.catalogue())


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_one_answer_is_read_by_a_person_by_a_rubric(name: str) -> None:
    manual = {
        id: settings(cell)["points"]
        for id, cell in cells("source", name).items()
        if settings(cell).get("grade") and settings(cell)["solution"]
    }
    ((id, points),) = manual.items()
    text = cells("source", name)[f"{id}-text"]["source"]
    assert len(re.findall(r"^\d\. ", text, re.MULTILINE)) == points


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_bank_has_the_cases_that_each_assignment_needs(name: str) -> None:
    assert {case.name for case in bank.cases(REPO, name)} >= CASES
