"""What a test cell's outputs are worth, and when nothing is worth anything."""

from types import SimpleNamespace

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgrader.preprocessors import Execute
from nbgrader.utils import determine_grade

from autograder.grading import ExecuteOnCleanEngine, NotGraded, execute
from dockerlab.errors import EngineNotFound

SCORE = new_output("execute_result", {"text/plain": "1.5"}, execution_count=1)
WARNING = new_output("stream", name="stderr", text="a warning")
FAULT = new_output("error", ename="EngineFault", evalue="no answer.", traceback=[])
MISTAKE = new_output("error", ename="NameError", evalue="no such name", traceback=[])


@pytest.fixture
def run(monkeypatch):
    """Preprocess a notebook whose cells, when they run, show these outputs."""
    engine = SimpleNamespace(close=lambda: None)
    monkeypatch.setattr(execute.engine, "connect", lambda **_: engine)
    monkeypatch.setattr(execute.inventory, "take", lambda _: "before")
    restored = []
    monkeypatch.setattr(execute.inventory, "restore", lambda *args: restored.append(args))
    monkeypatch.setattr(Execute, "preprocess", lambda self, nb, resources: (nb, resources))

    def run(cell):
        ExecuteOnCleanEngine().preprocess(new_notebook(cells=[cell]), {})
        assert restored == [(engine, "before")]
        return cell

    yield run
    assert len(restored) == 1


def cell(*outputs, **settings):
    """A cell that shows these outputs; a test worth 2 points, where nothing else is set."""
    about = {"grade_id": "c", "grade": True, "locked": True, "solution": False, "points": 2}
    return new_code_cell(outputs=list(outputs), metadata={"nbgrader": about | settings})


@pytest.mark.parametrize(
    ("outputs", "points"),
    [
        ([SCORE], 1.5),
        ([WARNING, SCORE], 1.5),  # 0 in stock nbgrader
        ([], 0),  # 2 in stock nbgrader
        ([WARNING], 0),
        ([MISTAKE], 0),
    ],
    ids=["a score", "a warning, then a score", "nothing", "a warning", "an error"],
)
def test_a_test_earns_what_it_says(run, outputs, points):
    assert determine_grade(run(cell(*outputs)))[0] == points


def test_an_engines_fault_gives_no_grade(run):
    with pytest.raises(NotGraded, match=r"engine failed: no answer\..* autograde .* again"):
        run(cell(FAULT))


def test_a_first_cell_that_fails_gives_no_grade(run):
    with pytest.raises(NotGraded, match="cell 'c' failed: no such name"):
        run(cell(MISTAKE, grade=False))


def test_a_students_cell_may_fail_and_may_say_nothing(run):
    answer = cell(MISTAKE, grade=False, solution=True, locked=False)
    assert run(answer).outputs == [MISTAKE]


def test_without_an_engine_there_is_no_grade(monkeypatch):
    def connect(**_):
        raise EngineNotFound("Start Docker.")

    monkeypatch.setattr(execute.engine, "connect", connect)
    with pytest.raises(NotGraded, match=r"Start Docker\."):
        ExecuteOnCleanEngine().preprocess(new_notebook(), {})
