"""Values of a student's own: the same everywhere, and another student's are others."""

import pytest

from autograder import mine


@pytest.fixture
def belong(monkeypatch):
    return lambda student: monkeypatch.setenv(mine.VARIABLE, student)


def values():
    return mine.port(21000), mine.word("greeting"), mine.number("seats", 1, 10**9)


def test_they_are_the_same_on_any_machine(belong):
    belong("ann")
    assert (mine.port(21000), mine.word("greeting")) == (21051, "teal-gecko")


@pytest.mark.parametrize("student", ["Ann", "ann ", "kim", "김민지", "a/b", "x" * 300])
def test_another_student_has_others(belong, student):
    belong("ann")
    before = values()
    belong(student)
    assert all(one != other for one, other in zip(values(), before, strict=True))


def test_they_keep_to_their_bounds(belong):
    seen = set()
    for each in range(300):
        belong(str(each))
        seen.add(mine.number("die", 1, 6))
        assert 21000 <= mine.port(21000) <= 21999
        assert mine.choice("one", ["only"]) == "only"
    assert seen == {1, 2, 3, 4, 5, 6}


def test_at_home_the_id_is_the_one_that_nbgrader_submits_under(monkeypatch):
    monkeypatch.delenv(mine.VARIABLE, raising=False)
    monkeypatch.setenv("JUPYTERHUB_USER", "kim")
    assert mine.student() == "kim"
    monkeypatch.delenv("JUPYTERHUB_USER")
    monkeypatch.setenv("LOGNAME", "ann")
    assert mine.student() == "ann"
