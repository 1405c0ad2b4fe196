"""Nobody gets a point that they have not earned, no honest neighbour loses one, nothing stays."""

from __future__ import annotations

import dataclasses

import attacked_class
import bank
import pages
import pytest
from attacked_class import HONEST_POINTS, AttackedClass

from autograder.sandbox import Ending, Limits, Sandbox, SandboxHost

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's
CASES = [pytest.param(case, id=case.name) for case in bank.cases()]
BOUNDED = Limits(memory=300, processes=100, disk=100)
FORKS = """
import os, time
n = 0
try:
    while n < 300:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        n += 1
except OSError:
    pass
print(n)
"""
WRITES = """
n = 0
try:
    with open("/home/student/big", "wb", buffering=0) as file:
        while n < 300:
            n += file.write(bytes(1_000_000)) / 1e6
except OSError:
    pass
print(n)
"""
EATS = "eaten = [bytearray(b'x' * 10_000_000) for _ in range(100)]"


@pytest.fixture(scope="session")
def limits_hold():
    """Seen before any attack is let loose: what a sandbox may use has an end."""
    with SandboxHost() as host, Sandbox(BOUNDED, host=host) as box:
        assert box.lacks().keys() <= {"ipvs"}
        ate = box.kernel.run(EATS, timeout=60, limit=1e6)
        assert ate.ending is Ending.DIED
        wrote = box.kernel.run(WRITES, timeout=60, limit=1e6)
        assert 50 < float(wrote.outputs[0].text) <= 101
        forked = box.kernel.run(FORKS, timeout=60, limit=1e6)
        # Python's warning about the forks may come before or after that.
        printed = [o.text for o in forked.outputs if o.get("name") == "stdout"]
        assert 20 < int("".join(printed)) < 100, forked
        assert box.engine.is_alive()


@pytest.fixture(scope="session")
def attacked(request, tmp_path_factory, limits_hold) -> AttackedClass:
    """The class of all cases that are to run, graded once."""
    params = [getattr(getattr(i, "callspec", None), "params", {}) for i in request.session.items]
    # Other tests' cases are also called so.
    chosen = {p["case"].name: p["case"] for p in params if isinstance(p.get("case"), bank.Case)}
    return attacked_class.attack(tmp_path_factory.mktemp("h"), chosen.values())


@pytest.mark.parametrize("case", CASES)
def test_an_attack_earns_nothing_and_costs_the_honest_part_nothing(attacked, case):
    outcome, reasons = case.outcome, attacked.reasons(case.name)
    points = attacked.points(case.name)
    assert outcome.allows(points), (points, reasons)
    if points == outcome.points:
        for word in outcome.says:
            assert word in reasons
    shown = attacked.shown(case.name)
    for cell, words in outcome.shows.items():
        for word in words:
            assert word in shown[cell]
    for cell, words in outcome.hides.items():
        for word in words:
            assert word not in shown[cell]
    if points is None:
        assert not attacked.has_score(case.name)  # not even zero
    assert "Traceback" not in reasons


@pytest.mark.parametrize("student", HONEST_POINTS)
def test_honest_neighbours_have_exactly_their_points(attacked, student):
    assert attacked.points(student) == dict.fromkeys(bank.TESTS, 0.0) | HONEST_POINTS[student]


def test_the_grader_stays_small_whatever_it_is_told(attacked):
    assert attacked.memory < 1.5e9


def test_the_machine_is_as_it_was(attacked):
    before, after = attacked.before, attacked.after
    for one in dataclasses.fields(before):
        assert getattr(after, one.name) == getattr(before, one.name), one.name
    assert list((attacked.root / "tmp").iterdir()) == []
    assert attacked.callers == 0  # at this machine's loopback


def test_the_grade_book_holds_this_class_and_nothing_else(attacked):
    before, after = attacked.book
    assert after == before
    with attacked.gradebook() as book:
        assert {student.id for student in book.students} == {*attacked.students, "somebody"}
        for submission in book.assignment_submissions(bank.ASSIGNMENT):
            assert submission.score <= submission.max_score == 20


def test_secrets_are_in_no_output_and_on_no_page(attacked):
    for student in attacked.students:
        shown = "\n".join(attacked.shown(student).values())
        for place, secret in attacked.secrets.items():
            assert secret not in shown, (student, place)
            # A neighbour's own page has what they have written, of course.
            if (student, place) != ("ann", "a neighbour"):
                assert secret not in attacked.feedback(student), (student, place)


def test_feedback_tells_the_verdicts_of_hidden_tests_and_not_their_source(attacked):
    page = attacked.feedback("kim")
    assert "test that are hidden" not in page
    assert "# … tests that are hidden" in page
    assert "exec_prints" not in page
    assert "container &#39;errand&#39; has exited with code 3" in page or "✓ passed" in page


def test_there_is_a_page_for_all_that_is_graded(attacked):
    for student in attacked.students:
        assert bool(attacked.feedback(student)) == (attacked.graded(student) is not None), student


@pytest.mark.parametrize("page", ["feedback", "formgrader"])
def test_what_a_student_shows_does_not_run_in_a_readers_browser(attacked, page):
    if not attacked.graded("scripts"):
        pytest.fail("the case `scripts` has not been graded")
    text = attacked.feedback("scripts") if page == "feedback" else attacked.formgrader("scripts")
    live = pages.live(text)
    assert [found for found in live if "hostile" in found] == []
    assert "<b>bold</b>" in text  # harmless HTML is shown
    assert "<table" in text  # and so are our own results,
    assert "<b>2. Two states: 3 of 3 points</b>" in text
    for tag in ("table", "caption", "tbody", "tr", "td"):  # none of them shown as text
        assert f"&lt;{tag}" not in text
    assert "✗ failed" in text
    assert "hint:" in text
