"""A submission is put back into its released form, whatever was done to it."""

import pytest

from autograder.grading.restoring import Original, restore


def original(source, *, kind="code", locked=True, grade=False):
    about = {"locked": locked, "grade": grade, "solution": not locked, "points": 2}
    return Original(source, kind, about)


ORIGINALS = {
    "start": original("begin()"),
    "task": original("# your code", locked=False),
    "test": original("score()", grade=True),
    "essay": original("…", kind="markdown", locked=False, grade=True),
}


def cell(source, name=None, kind="code", **about):
    metadata = {"nbgrader": {"grade_id": name, **about}} if name else {}
    return {"cell_type": kind, "source": source, "metadata": metadata}


HONEST = [
    cell("begin()", "start"),
    cell("solved", "task"),
    cell("score()", "test"),
    cell("because", "essay", kind="markdown"),
]


def sources(cells):
    return [c.source for c in restore(cells, ORIGINALS, ORIGINALS)]


def test_an_honest_submission_stays_as_it_is():
    assert sources(HONEST) == ["begin()", "solved", "score()", "because"]


@pytest.mark.parametrize(
    "tampered",
    [
        [c for c in HONEST if "score" not in c["source"]],
        HONEST[::-1],
        [cell("2.0", "test"), *HONEST[:2], HONEST[3]],
        [*HONEST[:2], cell("score()", "test", points=99, locked=False, solution=True), HONEST[3]],
        [*HONEST[:2], cell("score()", "test", kind="markdown"), HONEST[3]],
        [
            *HONEST[:2],
            {**HONEST[2], "metadata": {"tags": ["skip-execution"], "nbgrader": 7}},
            HONEST[3],
        ],
        [*HONEST, "not a cell", {"cell_type": "code"}, {"cell_type": "raw", "source": ""}, None],
    ],
    ids=["deleted", "reordered", "edited", "points", "type", "tags", "broken"],
)
def test_tests_are_as_released(tampered):
    restored = restore(tampered, ORIGINALS, ORIGINALS)
    graded = {c.metadata["nbgrader"].get("points"): c for c in restored if "nbgrader" in c.metadata}
    assert set(graded) == {2}
    released = [c for c in restored if "nbgrader" in c.metadata]
    assert [c.source for c in released] == ["begin()", "solved", "score()", "because"]
    assert [c.cell_type for c in released] == ["code", "code", "code", "markdown"]
    assert all("tags" not in c.metadata for c in restored)


def test_a_copied_test_is_only_a_cell_of_the_students_own():
    restored = restore([*HONEST, cell("2.0", "test")], ORIGINALS, ORIGINALS)
    assert sum(c.metadata.get("nbgrader", {}).get("grade", False) for c in restored) == 2
    assert "score()" in [c.source for c in restored]


def test_of_a_copied_answer_the_last_one_counts():
    copied = [*HONEST, cell("better", "task")]
    assert "better" in sources(copied)
    task = next(c for c in restore(copied, ORIGINALS, ORIGINALS) if c.id == "task")
    assert task.source == "better"


def test_cells_of_the_students_own_follow_what_they_followed():
    own = [cell("import a"), HONEST[0], HONEST[1], cell("helper"), *HONEST[2:]]
    assert sources(own) == ["import a", "begin()", "solved", "helper", "score()", "because"]


def test_a_deleted_answer_is_as_it_was_released():
    assert sources([HONEST[0]]) == ["begin()", "# your code", "score()", "…"]
