"""`autograder lessons` as it is called, on a real engine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import docker
import nbformat

COMMAND = [str(Path(sys.executable).with_name("autograder")), "lessons"]
LESSON = "t07small"
NEEDS = f"""
from dockerlab.lesson import Lesson
lesson = Lesson("{LESSON}", images=["busybox"])
lesson.start()
"""
MAKE = 'lesson.client.containers.create("busybox", labels=lesson.labels)'
LACKS = "from dockerlab.gaps import lacking\nlacking('a comet', 'It shines.')"


def write(path: Path, **cells: str) -> Path:
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [
        nbformat.v4.new_code_cell(source, id=name.replace("_", "-"))
        for name, source in cells.items()
    ]
    nbformat.write(notebook, path)
    return path


def test_a_lesson_that_fails_is_named_and_the_next_is_run(
    client: docker.DockerClient, tmp_path: Path
) -> None:
    bad = write(
        tmp_path / f"01-{LESSON}.ipynb", needs=NEEDS, make=MAKE, bad="1 / 0", clean_up="1 / 0"
    )
    good = write(
        tmp_path / f"02-{LESSON}.ipynb",
        needs=NEEDS,
        make=MAKE,
        net=LACKS,
        clean_up="lesson.clean_up()",
    )

    done = subprocess.run(
        [*COMMAND, str(bad), str(good)],
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert done.returncode == 1, done.stderr
    assert f"01-{LESSON}: the cell bad failed: ZeroDivisionError: division by zero" in done.stdout
    assert f"02-{LESSON}: the cell net could not show all; not on this engine: a comet" in (
        done.stdout
    )
    assert "6 of 8" in done.stdout
    assert "Traceback" not in done.stderr
    # Although the first one's own clean-up failed, too.
    ours = {"label": f"dockerlab.lesson={LESSON}"}
    assert client.containers.list(all=True, filters=ours) == []


def test_a_lesson_that_passes_ends_with_status_0(tmp_path: Path) -> None:
    good = write(tmp_path / f"01-{LESSON}.ipynb", needs=NEEDS, clean_up="lesson.clean_up()")
    done = subprocess.run([*COMMAND, str(good)], check=False, capture_output=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
