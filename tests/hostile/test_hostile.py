"""Nobody gets a point that they have not earned, no honest neighbour loses one, nothing stays."""

from __future__ import annotations

import attacked_class
import bank
import pytest
from attacked_class import AttackedClass

from autograder.sandbox import Ending, Limits, Sandbox, SandboxHost

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's
CASES = [
    pytest.param(case, id=case.name, marks=[pytest.mark.slow] if case.outcome.slow else [])
    for case in bank.cases()
]


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
        assert 20 < int(forked.outputs[-1].text.split()[-1]) < 100, forked
        assert box.engine.is_alive()


@pytest.fixture(scope="session")
def attacked(request, tmp_path_factory, limits_hold) -> AttackedClass:
    """The class of all cases that are to run, graded once."""
    chosen = [
        item.callspec.params["case"]
        for item in request.session.items
        if "case" in getattr(getattr(item, "callspec", None), "params", {})
    ]
    return attacked_class.attack(tmp_path_factory.mktemp("h"), {c.name: c for c in chosen}.values())


@pytest.mark.parametrize("case", CASES)
def test_an_attack_earns_nothing_and_costs_the_honest_part_nothing(attacked, case):
    outcome, reasons = case.outcome, attacked.reasons(case.name)
    assert attacked.points(case.name) == outcome.points, reasons
    for word in outcome.says:
        assert word in reasons
    shown = attacked.shown(case.name)
    for cell, words in outcome.shows.items():
        for word in words:
            assert word in shown[cell]
    for cell, words in outcome.hides.items():
        for word in words:
            assert word not in shown[cell]
    if outcome.points is None:
        assert not attacked.has_score(case.name)  # not even zero
    assert "Traceback" not in reasons
