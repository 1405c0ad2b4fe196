"""Running lessons headless: what is counted, and how a failure is told. No daemon needed."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from rich.console import Console

from autograder import lessons
from autograder.cli.lessons import remarks, table
from autograder.lessons import Outcome
from dockerlab.errors import DockerLabError

Cell = tuple[str, str, list[str]]  # id, source, claims
LACKS = "from dockerlab.gaps import lacking\nlacking('IPVS', 'All nodes answer.')"


@pytest.fixture(autouse=True)
def _no_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Even where one runs: a lesson that fails would be tidied up there."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody.sock")


def write(folder: Path, *cells: Cell) -> Path:
    notebook = nbformat.v4.new_notebook()
    for name, source, claims in cells:
        cell = nbformat.v4.new_code_cell(source, id=name)
        cell.metadata["claims"] = claims
        notebook.cells.append(cell)
    text = nbformat.v4.new_markdown_cell("text", id="text")
    text.metadata["claims"] = ["C9"]
    notebook.cells.append(text)
    path = folder / "00-tiny.ipynb"
    nbformat.write(notebook, path)
    return path


def test_what_is_shown_and_what_is_lacking_is_counted(tmp_path: Path) -> None:
    path = write(tmp_path, ("one", "1", ["C1"]), ("net", LACKS, ["C2"]), ("clean-up", "2", []))
    before, seen = path.read_bytes(), []
    outcome = lessons.run(path, lambda *now: seen.append(now))
    assert (outcome.lesson, outcome.cells, outcome.all_cells) == ("00-tiny", 3, 3)
    assert outcome.claims == outcome.all_claims == {"C1", "C2", "C9"}
    assert outcome.gaps == (("net", "IPVS"),)
    assert not outcome.failed
    assert outcome.seconds > 0
    assert seen == [(0, 3, "one"), (1, 3, "net"), (2, 3, "clean-up"), (3, 3, "")]
    assert path.read_bytes() == before


def test_a_cell_that_fails_is_named_and_the_lesson_tidied_up(tmp_path: Path) -> None:
    tidy = "from pathlib import Path\nPath('tidied').touch()"
    outcome = lessons.run(
        write(
            tmp_path,
            ("one", "1", ["C1", "C2"]),
            ("bad", "raise ValueError('no\\nway')", ["C2"]),
            ("never", "from pathlib import Path\nPath('never').touch()", ["C3"]),
            ("clean-up", tidy, []),
        )
    )
    assert (outcome.failed, outcome.why) == ("bad", "ValueError: no")
    assert (outcome.cells, outcome.all_cells) == (1, 4)
    assert outcome.claims == {"C1", "C9"}  # a claim with a cell that was not run is not shown
    assert (tmp_path / "tidied").exists()
    assert not (tmp_path / "never").exists()


def test_a_dead_kernel_is_told(tmp_path: Path) -> None:
    die = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
    outcome = lessons.run(write(tmp_path, ("one", "1", []), ("dies", die, [])))
    assert (outcome.failed, outcome.why, outcome.cells) == ("dies", "the kernel died", 1)


def test_a_cell_that_never_ends_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lessons, "CELL_TIMEOUT", 2)
    outcome = lessons.run(write(tmp_path, ("long", "import time\ntime.sleep(60)", [])))
    assert (outcome.failed, outcome.why) == ("long", "it did not end within 2 s")


def test_what_is_no_notebook_is_told(tmp_path: Path) -> None:
    path = tmp_path / "00-tiny.ipynb"
    path.write_text("nothing")
    assert lessons.run(path).failed == "(the file)"


def test_lessons_are_found_by_number_name_and_file(tmp_path: Path) -> None:
    every = lessons.find()
    assert every == sorted(every)
    assert len(every) >= 7
    by_number, by_name = lessons.find(["07", "containers"])
    assert (by_number.stem, by_name.stem) == ("07-registry", "04-containers")
    file = write(tmp_path)
    assert lessons.find([str(file)]) == [file.resolve()]
    with pytest.raises(DockerLabError, match=r"no lesson 'nix'\. The course has: 01-"):
        lessons.find(["nix"])


def test_the_table_adds_up_and_a_claim_counts_once() -> None:
    some = frozenset({"C1", "C2"})
    outcomes = [
        Outcome("01-one", 61, 5, 5, some, some, (("net", "IPVS"), ("hub", "a [way] out"))),
        Outcome("02-two", 4, 1, 3, frozenset(), frozenset({"C2", "C3"}), failed="b", why="[no]"),
    ]
    console = Console(width=120, record=True)
    console.print(table(outcomes))
    for line in remarks(outcomes):
        console.print(line, soft_wrap=True)
    told = console.export_text()
    assert "2 lessons, 1 failed" in told
    for row in ("1:05", "6 of 8", "2 of 3", "1:01", "02-two failed"):
        assert row in told
    assert "02-two: the cell b failed: [no]" in told
    assert "01-one: the cell hub could not show all; not on this engine: a [way] out" in told
