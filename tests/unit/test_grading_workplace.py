"""The next sandbox is opened while this one is in use, and none is left or used twice."""

import threading
from contextlib import ExitStack
from types import SimpleNamespace

import pytest

from autograder.grading.workplace import Prepared
from autograder.sandbox import Limits, SandboxFault
from dockerlab.wait import wait_for

SMALL, LARGE = Limits(memory=100), Limits(memory=200)


class Places:
    """Makes places that are no sandboxes, and notes what is done with them."""

    def __init__(self):
        self.made = []
        self.fault = None

    def __call__(self, limits, say):
        return Place(self, limits)

    @property
    def open(self):
        return [place.number for place in self.made if place.is_open]


class Place:
    def __init__(self, places, limits):
        self.places, self.limits, self.is_open, self.lives = places, limits, False, True
        self.box = SimpleNamespace(engine=SimpleNamespace(is_alive=lambda: self.lives))

    def __enter__(self):
        if self.places.fault:
            raise self.places.fault
        self.number = len(self.places.made)
        self.places.made.append(self)
        self.is_open = True
        self.thread = threading.current_thread()
        return self

    def __exit__(self, *error):
        self.is_open = False


@pytest.fixture
def places():
    return Places()


def use(prepared, limits=SMALL, *, more, meanwhile=lambda: None):
    with prepared.opened(limits, print, more=more) as place:
        meanwhile()
    return place.number


def test_the_next_is_opened_while_this_one_is_used(places):
    prepared = Prepared(places)
    with prepared.opened(SMALL, print, more=True) as first:
        wait_for(lambda: places.open == [0, 1], timeout=5)
    assert (first.number, places.open) == (0, [1])
    assert places.made[1].thread is not threading.current_thread()
    assert use(prepared, more=False) == 1
    assert places.open == []


def test_none_is_prepared_for_nobody(places):
    assert use(Prepared(places), more=False) == 0
    assert len(places.made) == 1


def test_one_that_nobody_has_asked_for_is_closed(places):
    prepared = Prepared(places, idle=0.05)
    use(prepared, more=True)
    wait_for(lambda: len(places.made) == 2 and not places.open, timeout=5)
    assert use(prepared, more=False) == 2


def test_one_for_another_assignment_is_closed(places):
    prepared = Prepared(places)
    use(prepared, more=True)
    assert use(prepared, LARGE, more=False) == 2
    assert places.open == []


def test_one_whose_engine_has_died_is_not_used(places):
    prepared = Prepared(places)

    def let_it_die():
        wait_for(lambda: len(places.made) == 2, timeout=5)
        places.made[1].lives = False

    use(prepared, more=True, meanwhile=let_it_die)
    assert use(prepared, more=False) == 2
    assert places.open == []


def test_one_that_could_not_be_opened_is_opened_when_it_is_needed(places):
    prepared = Prepared(places)

    def break_down():
        places.fault = SandboxFault("no disk")

    with prepared.opened(SMALL, print, more=False):
        break_down()
        prepared._prepare(SMALL)
    with pytest.raises(SandboxFault, match="no disk"):
        use(prepared, more=False)
    places.fault = None
    assert use(prepared, more=False) == 1


def test_threads_of_a_worker_share_the_next_one(places):
    prepared = Prepared(places)
    with ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(prepared.opened(SMALL, print, more=True))
        prepared.drop()
        assert len(places.open) == 3
    assert places.open == []
