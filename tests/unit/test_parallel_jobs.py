"""What a worker gives back is believed only where it answers what it was asked."""

from __future__ import annotations

import json
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.grading.parallel import jobs, versions
from autograder.grading.parallel.jobs import Answer, Job, NotBelieved, believed, fill_in

NOTEBOOK = new_notebook(
    cells=[new_markdown_cell("Why?", id="why"), new_code_cell("1 + 1", id="sum")]
)
JOB = Job("small", "ann", None, {"one": NOTEBOOK}, {}, "v")
RIGHT = Answer("ann", {"one": [None, [new_output("stream", text="2")]]}, seconds=1.0)


def test_a_right_answer_is_believed() -> None:
    assert believed(RIGHT.packed(), JOB) == RIGHT
    refused = Answer("ann", refused="Not graded")
    assert believed(refused.packed(), JOB) == refused


def with_outputs(*outputs: Any) -> dict[str, Any]:
    return {"outputs": {"one": [None, list(outputs)]}}


@pytest.mark.parametrize(
    "change",
    [
        {"student": "bob"},
        {"student": None},
        {"seconds": -1},
        {"seconds": float("nan")},
        {"memory": "much"},
        {"log": "all well"},
        {"refused": ["not"]},
        {"score": 20},
        {"outputs": {}},
        {"outputs": []},
        {"outputs": {"one": [None, []], "two": []}},
        {"outputs": {"one": [None]}},
        {"outputs": {"one": [[], []]}},
        {"outputs": {"one": [None, None]}},
        {"outputs": {"one": [None, [], []]}},
        {"outputs": {"one": {"sum": []}}},
        with_outputs("2"),
        with_outputs({"output_type": "stream"}),
        with_outputs({"output_type": "stream", "name": "stdout", "text": 2}),
        with_outputs({"output_type": "grade", "points": 20}),
        with_outputs({"output_type": "execute_result", "data": {}, "execution_count": "1"}),
    ],
)
def test_another_answer_is_not(change: dict[str, Any]) -> None:
    given = json.dumps(json.loads(RIGHT.packed()) | change).encode()
    with pytest.raises(NotBelieved):
        believed(given, JOB)


@pytest.mark.parametrize("given", [b"", b"\xff", b"[]", b"[" * 100_000, b"{}", None, "text", 7])
def test_nor_is_what_is_no_answer(given: object) -> None:
    with pytest.raises(NotBelieved):
        believed(given, JOB)


def test_an_answer_too_long_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_ANSWER", 10)
    with pytest.raises(NotBelieved):
        believed(RIGHT.packed(), JOB)


def test_outputs_change_nothing_but_outputs() -> None:
    notebook = new_notebook(cells=[new_code_cell("1 + 1", id="sum")])
    before = jobs.shape(notebook)
    fill_in(notebook, [[{"output_type": "stream", "name": "stdout", "text": "2"}]])
    assert jobs.shape(notebook) == before
    assert notebook.cells[0].execution_count == 1
    notebook.cells[0].source = "2 + 2"
    assert jobs.shape(notebook) != before


def test_files_come_out_as_they_went_in(tmp_path: Any) -> None:
    there, back = tmp_path / "there", tmp_path / "back"
    (there / "sub").mkdir(parents=True)
    (there / "sub/a.bin").write_bytes(bytes(range(256)))
    (there / "b.ipynb").write_text("{}")
    (there / "link").symlink_to("/etc/passwd")
    job = Job("small", "ann", None, {}, jobs.files(there), "v")
    back.mkdir()
    Job.unpacked(job.packed()).lay_out(back)
    found = {str(p.relative_to(back)): p.read_bytes() for p in back.rglob("*") if p.is_file()}
    assert found == {"sub/a.bin": bytes(range(256))}


def test_other_versions_are_named() -> None:
    ours = versions.versions()
    assert versions.differences(ours, dict(ours)) == []
    (said,) = versions.differences(ours, ours | {"python": "3.99"})
    assert said.startswith("python 3.99 instead of 3.")
    (said,) = versions.differences(ours, {k: v for k, v in ours.items() if k != "docker"})
    assert "docker is missing" in said
