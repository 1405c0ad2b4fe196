"""Each case of the bank earns at home, in one kernel, what it earns in a sandbox.

The expected points are the same for both, and `autograder bank` compares the sandbox's.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import copied_course
import docker
import inventory
import pytest

from autograder.grading import bank, home
from autograder.grading.bank import Case
from autograder.sandbox import limits
from dockerlab import images

REPO = copied_course.REPO
ASSIGNMENTS = bank.assignments(REPO)
QUICK = ("containers", "half-right")  # the rest is for `make test-all`
CASES = [case for name in ASSIGNMENTS for case in bank.cases(REPO, name)]


def parameters() -> list[object]:
    return [
        pytest.param(
            case,
            id=f"{case.assignment}-{case.name}",
            marks=() if (case.assignment, case.name) == QUICK else pytest.mark.slow,
        )
        for case in CASES
        if case.expected.home and case.expected.outcome == "graded"
    ]


@pytest.fixture
def engine(client: docker.DockerClient, request: pytest.FixtureRequest) -> Iterator[None]:
    """The engine with the images that all assignments need; in the end as it was before."""
    needed = {image for name in ASSIGNMENTS for image in needs(name).images}
    images.ensure(client, sorted(needed))
    before = inventory.take(client)
    yield
    inventory.restore(client, before)
    assert inventory.take(client) == before


def needs(assignment: str) -> limits.Needs:
    return limits.read(REPO / "source" / assignment / "needs.toml")


@pytest.mark.parametrize("case", parameters())
def test_a_case_earns_the_same_points_at_home(engine: None, case: Case, tmp_path: Path) -> None:
    assert home.run(case, tmp_path / "work").wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_the_solution_passes_the_tests_that_students_see(
    engine: None, assignment: str, tmp_path: Path
) -> None:
    case = Case(REPO, assignment, "solution")
    assert home.run(case, tmp_path / "work", hidden=False).wrong == []
