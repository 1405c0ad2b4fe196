"""What a test cell's outputs are worth, and when nothing is worth anything."""

from types import SimpleNamespace

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgrader.utils import determine_grade

from autograder.grading import JudgeFault, NotGraded, execute, workplace
from autograder.grading.execute import ExecuteInSandbox, Trial
from autograder.sandbox import Ending, Limits, Needs, Ran, SandboxFault, SandboxUnavailable

SCORE = new_output("execute_result", {"text/plain": "1.5"}, execution_count=1)
WARNING = new_output("stream", name="stderr", text="a warning")
FAULT = new_output("error", ename="EngineFault", evalue="no answer.", traceback=[])
ANN = "__import__('os').environ['DOCKER_LIVE_STUDENT'] = 'ann'"
MISTAKE = new_output("error", ename="NameError", evalue="no such name", traceback=[])


class Kernel:
    """Stands for either kernel: shows these outputs, and notes what it was asked."""

    def __init__(self, *outputs, ending=Ending.DONE):
        self.ran = Ran(ending, list(outputs))
        self.asked = []
        self.received = None

    def run(self, source, **limits):
        self.asked.append(source)
        return self.ran

    def is_alive(self):
        return self.ran.ending is not Ending.DIED

    def answers(self, names):
        return {name: {"value": 1} for name in names}

    def receive(self, answers):
        self.received = answers


def cell(source="task.score()", **settings):
    """A cell; a test worth 2 points, where nothing else is set."""
    about = {"grade_id": "c", "grade": True, "locked": True, "solution": False, "points": 2}
    return new_code_cell(source, metadata={"nbgrader": about | settings})


def answer(source="x = 1"):
    return cell(source, grade=False, solution=True, locked=False)


def run(*cells, judge=None, student=None, alive=True, limits=None):
    notebook = new_notebook(cells=list(cells))
    box = SimpleNamespace(
        kernel=student or Kernel(),
        engine=SimpleNamespace(is_alive=lambda: alive),
        hold_quota=lambda: None,
    )
    needs = Needs(limits=limits or Limits())
    Trial(notebook, needs, "ann", box, judge or Kernel(SCORE), lambda *_: None).run()
    return notebook.cells[-1]


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
def test_a_test_earns_what_it_says(outputs, points):
    assert determine_grade(run(cell(), judge=Kernel(*outputs)))[0] == points


def test_an_engines_fault_is_not_the_students():
    with pytest.raises(SandboxFault, match="no answer"):
        run(cell(), judge=Kernel(FAULT))


def test_an_engine_that_has_ended_says_nothing_of_the_student():
    with pytest.raises(SandboxFault, match="ended"):
        run(cell(), alive=False)


def test_a_first_cell_that_fails_is_not_the_students_fault():
    with pytest.raises(JudgeFault, match="cell 'c' failed: no such name"):
        run(cell(grade=False), judge=Kernel(MISTAKE))


def test_each_cell_runs_where_it_belongs():
    student, judge = Kernel(), Kernel(SCORE)
    run(cell("begin()", grade=False), answer("x = 1"), cell("test()"), student=student, judge=judge)
    assert student.asked == [ANN, "begin()", "x = 1"]
    assert judge.asked == [ANN, "begin()", "test()"]


def test_a_new_kernel_begins_as_the_first_did():
    student = Kernel(ending=Ending.DIED)
    run(cell("begin()", grade=False), answer("exit()"), answer("x = 2"), student=student)
    first, *others = student.asked
    assert first == ANN
    assert others == [ANN, "begin()", ANN, "begin()", "exit()", ANN, "begin()", "x = 2"]


def test_a_test_gets_the_answers_that_it_asks_for():
    judge = Kernel(SCORE)
    run(cell('check(answer("port"), answer("name"))'), judge=judge)
    assert judge.received == {"port": {"value": 1}, "name": {"value": 1}}


@pytest.mark.parametrize(
    ("ending", "name"),
    [
        (Ending.TIMEOUT, "CellTimeout"),
        (Ending.FLOOD, "TooMuchOutput"),
        (Ending.DIED, "KernelDied"),
    ],
)
def test_a_cell_that_was_stopped_says_so(ending, name):
    stopped = run(answer(), student=Kernel(ending=ending))
    assert stopped.outputs[-1].ename == name
    assert "costs no other task" in stopped.outputs[-1].evalue


def test_when_all_time_is_used_up_cells_are_not_run():
    student = Kernel()
    left_out = run(answer(), student=student, limits=Limits(total=0.1))
    assert left_out.outputs[-1].ename == "NotRun"
    assert student.asked == [ANN]


def test_a_students_cell_may_fail_and_may_say_nothing():
    assert run(answer(), student=Kernel(MISTAKE)).outputs == [MISTAKE]
    assert run(answer(), student=Kernel()).outputs == []


def test_without_a_sandbox_there_is_no_grade(monkeypatch):
    def refuse(say):
        raise SandboxUnavailable("No sandbox here.")

    monkeypatch.setattr(workplace, "SandboxHost", refuse)
    monkeypatch.setattr(execute, "source_folder", lambda *_: execute.Path("nowhere"))
    resources = {"nbgrader": {"assignment": "a", "student": "ann"}, "metadata": {"path": "."}}
    with pytest.raises(NotGraded, match=r"No sandbox here\. Mend that"):
        ExecuteInSandbox().preprocess(new_notebook(), resources)
