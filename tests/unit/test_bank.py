"""How a case of the bank becomes a notebook, and what is told of a wrong verdict."""

import json

import pytest

from autograder.grading import bank
from autograder.grading.bank import Case
from autograder.grading.proof import compare


def cell(name, source, **settings):
    told = {"grade_id": name, "locked": False} | settings
    return {"id": name, "cell_type": "code", "metadata": {"nbgrader": told}, "source": [source]}


@pytest.fixture
def root(tmp_path):
    solution = "### BEGIN SOLUTION\nx = 1\n### END SOLUTION"
    for kind, answer in (("source", solution), ("release", "# YOUR CODE HERE")):
        cells = [cell("one", answer), cell("two", answer), cell("test", "score()", locked=True)]
        file = tmp_path / kind / "a/a.ipynb"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps({"cells": cells}))
    return tmp_path


@pytest.fixture
def make(root):
    def make(expected="points: {}", **files):
        folder = root / "tests/submissions/a/c"
        folder.mkdir(parents=True)
        for name, text in {"expected.yml": expected, **files}.items():
            (folder / name).write_text(text)
        return Case(root, "a", "c")

    return make


def sources(notebook):
    return [cell["source"] for cell in notebook["cells"]]


def test_an_empty_case_is_the_release(make):
    assert sources(make().notebook()) == ["# YOUR CODE HERE", "# YOUR CODE HERE", "score()"]


def test_the_solution_has_all_answers_without_marks(make):
    assert sources(make("base: solution").notebook()) == ["x = 1", "x = 1", "score()"]


def test_answers_replace_cells_and_follow_them(make):
    answers = "The story.\n# %% two\ny = 2\nz = 3\n\n# %% after one\n!docker ps\n"
    notebook = make("base: solution", **{"answers.ipy": answers}).notebook()
    assert sources(notebook) == ["x = 1", "!docker ps", "y = 2\nz = 3", "score()"]


def test_each_cell_of_a_students_own_has_an_id_of_its_own(make):
    answers = "# %% after one\nx = 1\n# %% after one\nx = 2\n"
    notebook = make(**{"answers.ipy": answers}).notebook()
    assert sources(notebook)[1:3] == ["x = 2", "x = 1"]
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])


def test_a_notebook_of_its_own_is_handed_in_as_it_is(make, tmp_path):
    make(**{"a.ipynb": "no notebook"}).hand_in(tmp_path / "home")
    assert (tmp_path / "home/a.ipynb").read_text() == "no notebook"


def test_all_cases_and_assignments_are_found(make, root):
    make()
    assert bank.assignments(root) == ["a"]
    assert [case.student for case in bank.cases(root, "a")] == ["demo-c"]


@pytest.mark.parametrize(
    ("points", "shows", "wrong"),
    [
        ({"test": 2}, {"test": "port 8080 is free"}, []),
        ({"test": 1}, {"test": "port 8080"}, ["1 points instead of 2 points (port 8080)"]),
        ({"test": None}, {"test": "8080"}, ["a person's reading instead of 2 points"]),
        ({}, {"test": "8080"}, ["a person's reading instead of 2 points"]),
        ({"test": 2, "new": 0}, {"test": "8080"}, ["new: 0 points instead of"]),
        ({"test": 2}, {"test": "port"}, ["test does not show '8080'"]),
        ({"test": 2}, {}, ["test does not show '8080'"]),
    ],
)
def test_what_is_not_as_it_must_be_is_told(make, points, shows, wrong):
    case = make("points: {test: 2}\nhints: {test: ['8080']}")
    told = list(compare(case, points, shows))
    assert len(told) == len(wrong)
    assert all(words in line for words, line in zip(wrong, told, strict=True))


def test_what_cannot_be_graded_has_no_grade(make):
    case = make("outcome: not graded\nmessage: [broken]")
    assert list(compare(case, {"test": 0}, {})) == ["it was graded, and cannot be"]
