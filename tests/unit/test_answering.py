"""Answers cross from the student's kernel to the test's as plain data, and nothing else."""

import ast
import json

import pytest

from autograder import answer, answering
from autograder.checks.answers import NotPlain
from autograder.role import VARIABLE


@pytest.fixture
def names(monkeypatch):
    """The variables of a notebook."""
    space = {}
    shell = type("Shell", (), {"user_ns": space})
    monkeypatch.setattr(answering, "get_ipython", lambda: shell)
    return space


@pytest.mark.parametrize(
    "value", ["text", 7, 1.5, True, None, [1, "a"], {"a": [1]}], ids=lambda v: type(v).__name__
)
def test_plain_values_come_as_they_are(names, value):
    names["x"] = value
    assert answer("x") == value


def test_what_both_kernels_say_is_the_same(names, monkeypatch):
    names |= {"x": (1, 2), "y": {1: "a"}, "z": object()}
    at_home = [answer(name) for name in "xyz"]
    told = {name: json.loads(answering.tell(name)) for name in "xyz"}
    monkeypatch.setenv(VARIABLE, "judge")
    answering.receive(json.dumps(told))
    assert [answer(name) for name in "xyz"] == at_home == [[1, 2], {"1": "a"}, NotPlain("object")]


def test_a_missing_answer_is_none(names, monkeypatch):
    assert answer("nothing") is None
    monkeypatch.setenv(VARIABLE, "judge")
    answering.receive("{}")
    assert answer("nothing") is None


class Text(str):
    __slots__ = ()


DEEP = json.loads("[" * 12 + "]" * 12)


@pytest.mark.parametrize(
    "value", [Text("a"), 10**5000, DEEP, print], ids=["text", "int", "deep", "f"]
)
def test_what_is_not_plain_says_so_and_is_not_called(names, value):
    names["x"] = value
    assert isinstance(answer("x"), NotPlain)


def test_an_answer_that_contains_itself(names):
    loop = []
    loop.append(loop)
    names["x"] = loop
    assert isinstance(answer("x"), NotPlain)


def test_what_is_told_is_ascii_that_python_reads_back(names):
    names["x"] = "한국어 \ud800"
    told = answering.tell("x")
    assert ast.literal_eval(repr(told)) == told
    assert told.isascii()
