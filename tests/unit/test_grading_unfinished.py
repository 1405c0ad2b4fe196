"""What a killed grader has left half graded is graded again; all else is left alone."""

import os
from types import SimpleNamespace

import nbformat
import pytest
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory

from autograder.grading import unfinished

DEAD = "1-1-abcdef"  # process 1 was not started in the first tick
ALIVE = unfinished.new_name()


@pytest.fixture
def course(tmp_path):
    for name in ("first", "second"):
        write(tmp_path / f"source/containers/{name}.ipynb")
        write(tmp_path / f"submitted/ann/containers/{name}.ipynb")
    write(tmp_path / "submitted/ann/containers/my-own.ipynb")  # which nobody grades
    return tmp_path


def write(path, mark=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    notebook = nbformat.v4.new_notebook()
    if mark:
        notebook.metadata[unfinished.MARK] = mark
    nbformat.write(notebook, path)


def graded(course, **marks):
    for name, mark in marks.items():
        write(course / f"autograded/ann/containers/{name}.ipynb", mark)


def forget(course, notebook="*"):
    places = CourseDirectory(root=str(course), assignment_id="containers", notebook_id=notebook)
    converter = Autograde(coursedir=places)
    converter.init_notebooks()
    return unfinished.forget(converter)


def left(course):
    return sorted(path.stem for path in (course / "autograded").rglob("*.ipynb"))


@pytest.mark.parametrize("mark", [None, ALIVE], ids=["graded", "being graded by another"])
def test_what_is_whole_stays(course, mark):
    graded(course, first=None, second=mark)
    assert forget(course) == []
    assert left(course) == ["first", "second"]


def test_a_notebook_that_has_not_run_is_graded_again_with_its_submission(course):
    graded(course, first=None, second=DEAD)
    assert forget(course) == [str(course / "autograded/ann/containers")]
    assert left(course) == []


def test_a_submission_of_which_a_notebook_is_missing_is_graded_again(course):
    graded(course, first=None)
    assert len(forget(course)) == 1


def test_a_notebook_whose_writing_was_cut_off_is_graded_again(course):
    graded(course, first=None, second=None)
    path = course / "autograded/ann/containers/second.ipynb"
    os.truncate(path, path.stat().st_size // 2)
    assert len(forget(course)) == 1


def test_where_one_notebook_is_to_be_graded_the_others_stay(course):
    graded(course, first=DEAD, second=DEAD)
    assert forget(course, notebook="first") == [
        str(course / "autograded/ann/containers/first.ipynb")
    ]
    assert left(course) == ["second"]


def test_the_mark_is_in_the_notebook_until_it_has_run():
    notebook = SimpleNamespace(metadata={})
    unfinished.mark(notebook)
    assert not unfinished.is_left_behind(notebook.metadata[unfinished.MARK])
    unfinished.unmark(notebook)
    assert notebook.metadata == {}
