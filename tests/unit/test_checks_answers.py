"""Answers of students: of every type there is, and some that should not be."""

import pytest
from fake_docker import FakeClient, refusal

from autograder.checks import EngineFault, grade


@pytest.fixture
def task():
    return grade("a task", points=1, client=FakeClient())


class LiesAboutItsClass(type):
    __name__ = property(lambda cls: 1 / 0)

    def __eq__(cls, other):
        return True

    def __hash__(cls):
        return hash(str)


class Evil(metaclass=LiesAboutItsClass):
    __class__ = str

    def __eq__(self, other):
        return True

    def __bool__(self):
        raise SystemExit

    __str__ = __repr__ = __float__ = __hash__ = __bool__


class Text(str):
    __slots__ = ()

    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


ENDLESS = []
ENDLESS.append(ENDLESS)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("172.17.0.2", "172.17.0.2"),
        (" 172.17.0.2\n", "172.17.0.2"),
        (3306, 3306),
        (3306.0, 3306),
        ("3306", 3306),
        (" +3306 ", 3306),
        (3306, "3306"),
        (0.1 + 0.2, 0.3),
        (True, True),
        ([1, " a"], [1, "a"]),
        ((1, 2), [1, 2]),
        ({"b", "a"}, {"a", "b"}),
        ({"a": 1}, {"a": 1}),
    ],
)
def test_right_answers_pass(task, given, expected):
    assert task.equals("x", given, expected)
    assert task.equals("x", given, lambda: expected)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, None),
        (None, 3306),
        ("", "172.17.0.2"),
        ("172.17.0.20", "172.17.0.2"),
        (3307, 3306),
        (True, 1),
        (1, True),
        ("True", True),
        (10**18 + 1, 10**18),
        (str(10**18 + 1), 10**18),
        (float("nan"), 3306),
        (float("inf"), 3306),
        (10**400, 3306),
        (10**5000, 3306),
        (10**5000, 0.5),
        ("9" * 5000, 3306),
        (-(10**5000), "3306"),
        ("²", 2),
        ("", 0),
        ([1], [1, 2]),
        ([1], 1),
        ({"a": 1}, {"a": 2}),
        (b"3306", "3306"),
        (Evil(), "x"),
        (Evil, "x"),
        ([Evil()], ["x"]),
        ({"a": Evil()}, {"a": "x"}),
        (Text("no"), "yes"),
        (nested(5000), [[]]),
        (ENDLESS, []),
        (lambda: "x", "x"),
        (object(), "x"),
        ("\ud800", "x"),
    ],
    ids=lambda value: type.__name__ if isinstance(value, type) else str(type(value)),
)
def test_wrong_answers_fail_and_never_raise(task, given, expected):
    assert not task.equals("x", given, expected)
    assert task.score() == 0.0


def test_wrong_type_is_told(task):
    assert "type Evil; a text or a number is wanted" in task.equals("x", Evil(), "x").found


def test_right_answer_is_not_told(task):
    result = task.equals("x", "guess", "secret-value")
    assert "secret-value" not in repr(result)


def test_question_that_the_daemon_cannot_answer_fails(task):
    def ask():
        raise refusal(404, "No such container: shop")

    assert not task.equals("x", "anything", ask)
    assert not task.equals("x", "anything", lambda: {}["IPAddress"])


@pytest.mark.parametrize("error", [refusal(500, "boom"), ConnectionResetError(), TimeoutError()])
def test_question_at_which_the_daemon_fails_is_a_fault(task, error):
    def ask():
        raise error

    with pytest.raises(EngineFault):
        task.equals("x", "anything", ask)
