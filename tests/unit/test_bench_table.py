"""How two ways are timed, and what their table says."""

import time

from bench.table import Comparison, compare, show


def test_both_ways_are_called_in_turn():
    calls = []
    compare("x", lambda: calls.append("ours"), lambda: calls.append("plain"), runs=4)
    assert calls.count("ours") == calls.count("plain") == 5
    assert calls[2:] == ["plain", "ours", "ours", "plain"] * 2


def test_ratio_of_medians():
    took = compare("x", lambda: time.sleep(0.03), lambda: time.sleep(0.01), runs=5, limit=1.3)
    assert 1.5 < took.ratio < 4.5
    assert not took.holds


def test_missed_promise_is_shown(capsys):
    show("Title", [Comparison("slow", 2.0, 1.0, 1.3), Comparison("told", 2.0, 1.0)], plain="plain")
    slow, told = [line for line in capsys.readouterr().out.splitlines() if "2.00 s" in line]
    assert "MISSED" in slow
    assert "MISSED" not in told
