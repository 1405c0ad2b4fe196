"""Explorers draw once for the several events of one command, and miss none."""

from __future__ import annotations

import threading

from dockerlab.explorers.events import Settled
from dockerlab.wait import wait_for


def test_several_events_in_a_row_are_one() -> None:
    acts: list[int] = []
    settled = Settled(lambda: acts.append(1), 0.3)
    for _ in range(5):
        settled.tell()
    wait_for(lambda: acts, timeout=10, what="it to act")
    settled.close()
    assert acts == [1]


def test_what_happens_meanwhile_is_not_lost() -> None:
    acts: list[int] = []
    begun, go_on = threading.Event(), threading.Event()

    def act() -> None:
        acts.append(1)
        begun.set()
        go_on.wait(10)

    settled = Settled(act, 0.01)
    settled.tell()
    assert begun.wait(10)
    settled.tell()  # while the first one acts
    go_on.set()
    wait_for(lambda: len(acts) == 2, timeout=10, what="it to act once more")


def test_closed_it_acts_no_more() -> None:
    acts: list[int] = []
    settled = Settled(lambda: acts.append(1), 0.05)
    settled.tell()
    settled.close()
    settled.tell()
    assert settled._due is not None
    settled._due.join(10)
    assert acts == []
