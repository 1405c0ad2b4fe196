"""The score, and how a person reads the results."""

import ast
import math
import subprocess
import sys

import pytest
from fake_docker import FakeClient

from autograder.checks import Report, Result, Task, grade


@pytest.fixture
def task():
    return grade("a task", points=4, client=FakeClient())


def test_score_is_the_weighted_share(task):
    task.check("one", True)
    task.check("three", False, weight=3)
    assert task.score() == 1.0


def test_no_checks_earn_nothing(task):
    assert task.score() == 0.0


def test_checks_without_weight_earn_nothing(task):
    task.check("told only", True, weight=0)
    assert task.score() == 0.0


def test_more_checks_count_after_a_first_score(task):
    task.check("visible", True)
    assert task.score() == task.score() == 4.0
    task.check("hidden", False)
    assert task.score() == 2.0


@pytest.mark.parametrize("points", [0, 1, 0.1, 1 / 3, 2.345, 20, 7.0])
@pytest.mark.parametrize("passed", range(8))
def test_score_is_a_literal_that_nbgrader_takes_for_a_number(points, passed):
    task = grade("a task", points=points, client=FakeClient())
    for number in range(7):
        task.check(str(number), number < passed, weight=0.1)
    score = task.score()
    assert type(score) is float
    assert 0.0 <= score <= points
    assert math.copysign(1, score) == 1
    assert ast.literal_eval(repr(score)) == score
    assert score == pytest.approx(points * passed / 7, abs=0.00501)


@pytest.mark.parametrize("points", [0.1, 0.3, 1.15, 19.99, 20])
def test_all_passed_earns_full_points(points):
    task = grade("a task", points=points, client=FakeClient())
    for _ in range(7):
        task.check("passes", True, weight=0.1)
    assert task.score() == points


@pytest.mark.parametrize("weight", [-1, math.nan, math.inf])
def test_senseless_weights_are_refused(task, weight):
    with pytest.raises(ValueError, match="weight"):
        task.check("x", True, weight=weight)


@pytest.mark.parametrize("points", [-1, math.nan, math.inf])
def test_senseless_points_are_refused(points):
    with pytest.raises(ValueError, match="Points"):
        Task("x", points, FakeClient())


def test_table_escapes_what_a_student_or_a_log_says():
    bad = Result("<script>alert(1)</script>", False, "<b>", "\x1b[31m\n[passed] all\ud800", "&amp;")
    html = Report("<i>t", [bad], 0.0, 1.0)._repr_html_()
    text = repr(Report("<i>t", [bad], 0.0, 1.0))
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "<i>" not in html
    for shown in (html, text):
        shown.encode()
        assert "\x1b" not in shown
    assert not any(line.strip().startswith("[passed]") for line in text.splitlines())


def test_table_is_readable_without_colour():
    results = [Result("good", True), Result("bad", False, "a", "b", "try c")]
    report = Report("t", results, 1.0, 2.0)
    for shown in (report._repr_html_(), repr(report)):
        assert "1 of 2 points" in shown
        assert "passed" in shown
        assert "failed" in shown.lower()
        assert "try c" in shown


def test_long_texts_are_cut():
    report = repr(Report("t", [Result("x", False, found="y" * 100_000)], 0.0, 1.0))
    assert len(report) < 1000
    assert "…" in report


def test_nothing_is_written_to_stderr():
    program = (
        "from fake_docker import FakeClient\n"
        "from autograder.checks import grade\n"
        "task = grade('t', points=2, client=FakeClient())\n"
        "task.container('web').exists(); task.check('x', True)\n"
        "print(task.score())\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "always", "-c", program],
        cwd="tests/unit", capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    assert "[FAILED] container 'web' exists" in done.stdout
    assert done.stdout.endswith("\n1.0\n")
