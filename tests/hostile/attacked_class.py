"""A class of attackers with honest students among them, graded by stock nbgrader commands."""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bank
import host
from bank import ASSIGNMENT, REPO, Case
from nbgrader.api import Gradebook

from autograder.sandbox import outer
from dockerlab import engine

# Before all attackers, among them, and after them, in the order of nbgrader: by their names.
HONEST = {"ann": ["states", "database"], "kim": ["states"], "zoe": ["states", "page", "second"]}
HONEST_POINTS = {
    "ann": {"test-database": 4.0, "test-states": 3.0},
    "kim": {"test-states": 3.0},
    "zoe": {"test-states": 3.0, "test-page": 4.0, "test-second": 3.0},
}
AT_ONCE = 4  # commands: a sandbox waits about as long as it works
PORT = 48431  # of a server on this machine's loopback, which nobody may reach
NEEDS = """
minutes = 45
images = ["mariadb", "busybox", "httpd", "nginx"]

[limits]
cell = 15
total = 60
memory = 700
processes = 200
disk = 400
"""
# What is as in the course, but gives up sooner.
CONFIG = """
from autograder.sandbox import kernel
kernel.START_TIMEOUT = 8
"""


FORMGRADER = """
import os, sys
root, student, assignment = sys.argv[1:]
os.chdir(root)
from nbconvert.exporters import HTMLExporter
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension
app = FormgradeExtension()
app.load_config_file()
app.update_config(app.build_extra_config())
told = dict(assignment_id=assignment, notebook_id=assignment, submission_id="1", index=0, total=1,
            base_url="", student=student, last_name="", first_name="", notebook_path="")
page, _ = HTMLExporter(config=app.config).from_filename(
    f"autograded/{student}/{assignment}/{assignment}.ipynb", resources=told)
print(page)
"""


def canary() -> str:
    """A secret that must be seen nowhere."""
    return f"canary-{secrets.token_hex(4)}"


@dataclass
class AttackedClass:
    """What came of a class.

    Attributes:
        root: the course's folder.
        secrets: canaries, by where they were put.
        said: nbgrader's log of autograding.
        seconds: that autograding took.
        memory: bytes that the grader had at most.
        before: the machine before it.
        after: the machine after it.
        book: the grade book's rows that no student may change, before and after.
        callers: connections to the server on this machine's loopback.
        students: their ids.
    """

    root: Path
    secrets: dict[str, str] = field(default_factory=dict)
    said: str = ""
    seconds: float = 0
    memory: int = 0
    before: Any = None
    after: Any = None
    book: list[Any] = field(default_factory=list)
    callers: int = 0
    students: list[str] = field(default_factory=list)

    def points(self, student: str) -> dict[str, float] | None:
        """What a student has earned; None where there is no graded notebook."""
        if self.graded(student) is None:
            return None
        with self.gradebook() as book:
            (notebook,) = book.find_submission(ASSIGNMENT, student).notebooks
            return {grade.name: grade.score for grade in notebook.grades}

    def has_score(self, student: str) -> bool:
        """Whether the grade book has any score of a student's, be it a zero."""
        with self.gradebook() as book:
            submission = book.find_submission(ASSIGNMENT, student)
            return any(
                grade.auto_score is not None or grade.manual_score is not None
                for notebook in submission.notebooks
                for grade in notebook.grades
            )

    def graded(self, student: str) -> dict[str, Any] | None:
        """A student's graded notebook."""
        file = self.root / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        return json.loads(file.read_text()) if file.exists() else None

    def shown(self, student: str) -> dict[str, str]:
        """What each code cell of a graded notebook shows, in all of its forms."""
        cells = (self.graded(student) or {"cells": []})["cells"]
        return {c["id"]: "\n".join(map(_text, c["outputs"])) for c in cells if "outputs" in c}

    def reasons(self, student: str) -> str:
        """What nbgrader's log complains about a submission, up to the next one's start."""
        lines, ours = [], False
        for line in self.said.splitlines():
            if found := re.search(r"submitted/([^/]+)/" + ASSIGNMENT, line):
                ours = found[1] == student
            if ours and re.match(r"\[AutogradeApp \| (WARNING|ERROR)\]|Traceback|\w+Error", line):
                lines.append(line)
        return "\n".join(lines)

    def gradebook(self) -> Gradebook:
        """nbgrader's grade book, to be closed after use."""
        return Gradebook(f"sqlite:///{self.root / 'gradebook.db'}", "docker-live")

    def feedback(self, student: str) -> str:
        """A student's feedback page."""
        page = self.root / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html"
        return page.read_text() if page.exists() else ""

    def formgrader(self, student: str) -> str:
        """The page on which formgrader shows a submission, made as formgrader makes it."""
        made = subprocess.run(
            [sys.executable, "-c", FORMGRADER, str(self.root), student, ASSIGNMENT],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert made.returncode == 0, made.stderr
        return made.stdout

    def for_all(self, command: str) -> str:
        """Do it for the whole class, by several commands at once, and return what they say."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            said = pool.map(
                lambda some: self.nbgrader(command, ASSIGNMENT, "--force", f"--student={some}"),
                shares(self.students, AT_ONCE),
            )
            return "".join(said)

    def nbgrader(self, *command: str) -> str:
        """Run a stock command as an instructor would, and return what it says."""
        with tempfile.TemporaryFile("w+", errors="replace") as log:
            subprocess.run(
                [str(Path(sys.executable).with_name("nbgrader")), *command],
                cwd=self.root,
                env=os.environ
                | {
                    "HOSTILE_SECRET": self.secrets["the grader's environment"],
                    "TMPDIR": str(self.root / "tmp"),
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                timeout=3000,
                check=False,
            )
            log.seek(0)
            return log.read()


def shares(students: list[str], count: int) -> list[str]:
    """Patterns of names, each of about as many students; every student is in one.

    Args:
        students: their ids.
        count: how many patterns there can be.
    """
    letters = sorted({student[0] for student in students})
    size = len(students) / count
    groups: list[list[str]] = [[] for _ in range(count)]
    before = 0
    for letter in letters:
        groups[min(int(before / size), count - 1)].append(letter)
        before += sum(student.startswith(letter) for student in students)
    return [f"[{''.join(group)}]*" for group in groups if group]


def attack(root: Path, cases: Iterable[Case]) -> AttackedClass:
    """Let a class be graded, with these cases and the honest students in it.

    Args:
        root: an empty folder.
        cases: the attackers.
    """
    made = AttackedClass(
        root,
        {
            place: canary()
            for place in (
                "a file",
                "the grader's environment",
                "a hidden test",
                "the grade book",
                "a neighbour",
            )
        },
    )
    _set_up(made)
    for case in cases:
        case.hand_in(root / "submitted")
    made.students = sorted(folder.name for folder in (root / "submitted").iterdir())
    client = engine.connect()
    with contextlib.closing(client), _loopback_server(made):
        made.before = host.look(client)
        made.book.append(_rows(made))
        began, since = time.monotonic(), int(time.time())
        made.said = made.for_all("autograde")
        made.seconds = time.monotonic() - began
        made.memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
        made.for_all("generate_feedback")
        boxes = frozenset(
            event["Actor"]["ID"]
            for event in client.events(
                since=since,
                until=int(time.time()) + 1,
                decode=True,
                filters={"type": "container", "label": outer.LABEL},
            )
        )
        made.book.append(_rows(made))
        made.after = host.look(client, boxes)
    return made


def _set_up(made: AttackedClass) -> None:
    root = made.root
    (root / "tmp").mkdir()
    shutil.copytree(REPO / "source", root / "source")
    shutil.copytree(REPO / "release", root / "release")
    config = (REPO / "nbgrader_config.py").read_text() + CONFIG
    (root / "nbgrader_config.py").write_text(config)
    (root / "source" / ASSIGNMENT / "needs.toml").write_text(NEEDS)
    source = root / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    mark = "### BEGIN HIDDEN TESTS"
    text = source.read_text()
    assert mark in text
    source.write_text(text.replace(mark, f"{mark}\\n# {made.secrets['a hidden test']}"))
    secret = root / "secret"
    secret.write_text(made.secrets["a file"])
    os.environ["HOSTILE_SECRET_FILE"] = str(secret)
    made.nbgrader("generate_assignment", ASSIGNMENT, "--force")
    with made.gradebook() as book:
        book.add_student("somebody", last_name=made.secrets["the grade book"])
    for student, answers in HONEST.items():
        folder = root / "submitted" / student / ASSIGNMENT
        folder.mkdir(parents=True)
        notebook = bank.solved(answers)
        if student == "ann":
            bank.cell_of(notebook, "look")["source"] = f"# {made.secrets['a neighbour']}"
        bank.write(folder, notebook)


def _rows(made: AttackedClass) -> list[Any]:
    """What in the grade book is not of any submission."""
    with made.gradebook() as book:
        (notebook,) = book.find_assignment(ASSIGNMENT).notebooks
        return [
            [(cell.name, cell.max_score) for cell in notebook.grade_cells],
            [(cell.name, cell.source, cell.locked) for cell in notebook.source_cells],
            [one.name for one in book.assignments],
        ]


@contextlib.contextmanager
def _loopback_server(made: AttackedClass) -> Iterator[None]:
    server = socket.create_server(("127.0.0.1", PORT))

    def count() -> None:
        with contextlib.suppress(OSError):
            while True:
                server.accept()[0].close()
                made.callers += 1

    threading.Thread(target=count, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()


def _text(output: dict[str, Any]) -> str:
    shown = [
        output.get("text"),
        *output.get("data", {}).values(),
        output.get("ename"),
        output.get("evalue"),
        *output.get("traceback", []),
    ]
    return "\n".join("".join(one) if isinstance(one, list) else str(one) for one in shown if one)
