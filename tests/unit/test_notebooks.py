"""Notebooks are canonical, and what makes them so keeps what matters."""

import json
from pathlib import Path

import pytest

from dockerlab.notebooks import WIDGET_VIEW, canonical, main

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted([*ROOT.glob("course/*.ipynb"), *ROOT.glob("source/*/*.ipynb")])

UNTIDY = {
    "cells": [
        {
            "cell_type": "code",
            "execution_count": 7,
            "id": "0a1b2c3d",
            "metadata": {"collapsed": True, "claims": ["C26"], "tags": ["x"]},
            "outputs": [
                {"name": "stdout", "output_type": "stream", "text": ["one\n"]},
                {"name": "stdout", "output_type": "stream", "text": ["two\n"]},
                {
                    "data": {WIDGET_VIEW: {"model_id": "gone"}, "text/plain": ["a picture"]},
                    "execution_count": 7,
                    "metadata": {"private": 1},
                    "output_type": "execute_result",
                },
            ],
            "source": ["print('é')"],
        },
        {"cell_type": "markdown", "id": "chosen", "metadata": {}, "source": ["text"]},
        {
            "cell_type": "markdown",
            "id": "chosen",
            "metadata": {"nbgrader": {"grade_id": "task-1"}},
            "source": ["text"],
        },
    ],
    "metadata": {"kernelspec": {"name": "python3", "display_name": "My venv"}, "widgets": {}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def test_there_are_notebooks() -> None:
    assert any(path.parent.name == "course" for path in NOTEBOOKS)


@pytest.mark.parametrize(
    "path", [p for p in NOTEBOOKS if p.parent.name == "course"], ids=lambda p: p.name
)
def test_the_lessons_are_canonical(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text == canonical(text), f"run: python -m dockerlab.notebooks {path.relative_to(ROOT)}"


def test_tidying_keeps_outputs_and_drops_what_is_private() -> None:
    code, first, second = json.loads(canonical(json.dumps(UNTIDY)))["cells"]
    assert code["id"] == "cell-001"
    assert code["execution_count"] == code["outputs"][1]["execution_count"] == 1
    assert code["metadata"] == {"claims": ["C26"], "tags": ["x"]}
    assert code["outputs"][0]["text"] == ["one\n", "two\n"]
    assert code["outputs"][1]["data"] == {"text/plain": ["a picture"]}
    assert code["outputs"][1]["metadata"] == {}
    assert (first["id"], second["id"]) == ("chosen", "task-1")


def test_a_notebook_that_was_not_run_has_no_counts() -> None:
    notebook = json.loads(json.dumps(UNTIDY))
    notebook["cells"][0]["outputs"] = []
    assert json.loads(canonical(json.dumps(notebook)))["cells"][0]["execution_count"] is None


def test_tidying_twice_changes_nothing() -> None:
    once = canonical(json.dumps(UNTIDY))
    assert canonical(once) == once


def test_check_tells_and_leaves_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "untidy.ipynb"
    path.write_text(json.dumps(UNTIDY))
    assert main(["--check", str(path)]) == 1
    assert "is not canonical" in capsys.readouterr().out
    assert path.read_text() == json.dumps(UNTIDY)
    assert main([str(path)]) == 0
    assert main(["--check", str(path)]) == 0


@pytest.mark.parametrize("text", ["no JSON", "[]", "{}", '{"cells": 3}'])
def test_what_is_no_notebook_gets_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    path = tmp_path / "broken.ipynb"
    path.write_text(text)
    assert main([str(path)]) == 1
    assert "not a notebook" in capsys.readouterr().err
    assert path.read_text() == text
