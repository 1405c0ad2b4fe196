"""What of a kernel's messages gets into a notebook, whatever they are."""

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.sandbox.shown import DEEPEST, NotShowable, clean, output, part

ODD = [None, 5, True, [], {}, "\ud800", {"a": float("nan")}, [[["b"]]]]


def deep(levels):
    return json.loads("[" * levels + "]" * levels)


@pytest.mark.parametrize("kind", ["stream", "display_data", "execute_result", "error"])
@pytest.mark.parametrize(
    "name", ["text", "name", "data", "metadata", "traceback", "execution_count"]
)
@pytest.mark.parametrize("thing", ODD, ids=repr)
def test_what_is_taken_can_be_written_and_read_again(kind, name, thing):
    content = {
        "name": "stdout", "text": "x", "data": {"text/plain": "x"}, "metadata": {},
        "ename": "E", "evalue": "v", "traceback": ["t"], "execution_count": 1,
    }  # fmt: skip
    try:
        node = output({"msg_type": kind, "content": content | {name: thing}})
    except NotShowable:
        return
    notebook = new_notebook(cells=[new_code_cell(outputs=[node])])
    nbformat.validate(notebook)
    assert nbformat.reads(nbformat.writes(notebook).encode().decode(), 4) == notebook


def test_a_usual_message_is_taken_as_it_is():
    message = {"msg_type": "stream", "content": {"name": "stderr", "text": "한글\n"}}
    assert output(message) == {"output_type": "stream", "name": "stderr", "text": "한글\n"}


def test_a_stream_that_is_none_is_not_taken():
    with pytest.raises(NotShowable):
        output({"msg_type": "stream", "content": {"name": '"><script>', "text": "x"}})


def test_data_have_a_bottom():
    assert clean(deep(DEEPEST)) == deep(DEEPEST)
    with pytest.raises(NotShowable):
        clean(deep(DEEPEST + 2))


def test_a_part_is_an_object():
    assert part({"content": [1]}, "content") == part({}, "content") == {}
