"""One page about a class: figures that are right, and nothing in it that runs."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest

from autograder import mine
from autograder.grading.parallel.records import Record
from autograder.grading.reports import copies, figures, gathering
from autograder.grading.reports.gathering import ClassResult, Failure, Submission
from autograder.grading.reports.page import page

NASTY = "<script>alert(1)</script>\"'&"


def made(student, one, two, **more):
    points = {"one": one, "two": two}
    score = sum(p for p in points.values() if p is not None)
    return Submission(student, points=points, score=score, graded=True, **more)


@pytest.fixture
def result():
    failed = [Failure("one", "port 21432 is served", "Try: curl")]
    return ClassResult(
        "small",
        {"one": 4.0, "two": 2.0},
        [
            made("a", 4.0, 2.0),
            made("b", 4.0, 2.0, late=7200, penalty=1.0),
            made("c", 2.0, 0.0, failures=failed),
            made("d", 0.0, None, failures=[Failure("one", "port 21999 is served")]),
            made("e", 0.0, 0.0, stopped={"answer": "CellTimeout"}),
            made("f", 2.0, 1.0, record=Record("s", "t", seconds=9, cpu=5, memory=400_000_000)),
            Submission(NASTY, why=NASTY),
        ],
    )


def test_tasks_have_their_figures(result):
    one, two = figures.tasks(result)
    assert (one.difficulty, one.full, one.none, one.waiting) == (0.5, 2, 2, 0)
    assert (two.difficulty, two.full, two.none, two.waiting) == (0.5, 2, 2, 1)
    assert one.discrimination == pytest.approx(0.9, abs=0.1)
    assert figures.distribution(result) == [2, 0, 0, 1, 0, 1, 0, 0, 1, 1]


def test_the_commonest_failure_is_the_same_for_all_ports(result):
    ((failure, number),) = result.commonest()
    assert (failure.name, failure.hint, number) == ("port … is served", "Try: curl", 2)


def test_a_table_of_checks_is_read_as_it_is_written():
    from autograder.checks.results import Report, Result

    results = [
        Result("a", True),
        Result("b is so", False, "this", "that", "do it"),
        Result("c is so", False),
    ]
    assert list(gathering._failures("t", repr(Report("t", results, 1, 3)))) == [
        Failure("t", "b is so", "do it"),
        Failure("t", "c is so", ""),
    ]


def test_the_page_says_it_all_and_runs_nothing(result):
    class Reader(HTMLParser):
        def __init__(self):
            super().__init__()
            self.tags, self.text = set(), ""

        def handle_starttag(self, tag, attributes):
            self.tags.add(tag)
            assert not any(
                name.startswith("on") or name in ("href", "src") for name, _ in attributes
            )

        def handle_data(self, data):
            self.text += f" {data}"

    reader = Reader()
    made = page(result, [copies.Copy("a", "b", "port(21000) = 21432", "answer")], "today")
    reader.feed(made)
    assert "script" not in reader.tags
    assert "default-src 'none'" in made
    for words in ("6 graded", "1 not graded", "ran too long", "9 s", "400 MB", "2.0 h", "21432"):
        assert words in reader.text
    assert NASTY in reader.text


def test_a_class_without_a_grade_has_a_page():
    nobody = ClassResult("small", {}, [Submission("a", why="cut off")])
    assert "0 graded; 1 not graded" in page(nobody, [], "today")


def test_anothers_port_is_found_and_ones_own_is_not(monkeypatch, tmp_path):
    def port(student):
        monkeypatch.setenv(mine.VARIABLE, student)
        return mine.port(21000)

    monkeypatch.setenv(mine.VARIABLE, "me")
    anns, bobs = port("ann"), port("bob")
    monkeypatch.setenv(mine.VARIABLE, "me")
    source = tmp_path / "a.ipynb"
    code = "!docker ps\ntask.page(f'http://localhost:{mine.port(21000)}')\nmine.number('x', 1, 3)"
    source.write_text(json.dumps({"cells": [{"cell_type": "code", "source": [code]}]}))
    wanted = copies.asked([source])
    assert wanted == [("port", 21000)]
    ann = Submission("ann", answers={"answer": f"run(port={anns})"})
    bob = Submission("bob", answers={"answer": f"!docker run -p {anns}:80 nginx  # {bobs}"})
    (found,) = copies.copies([ann, bob], wanted)
    assert found == copies.Copy("bob", "ann", f"port(21000) = {anns}", "answer")
    assert mine.student() == "me"
