"""Ten honest submissions of the assignment `containers`, and what each is worth."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from autograder.grading import bank
from autograder.grading.demo import DemoClass

TASKS = ("database", "states", "page", "second", "look")


@dataclass(frozen=True)
class Submission:
    """What a student hands in.

    Attributes:
        solved: the tasks that are solved as in the instructor's version.
        points: of each task that earns any.
        own: what the student has written instead, by task.
    """

    solved: tuple[str, ...] = ()
    points: dict[str, float] = field(default_factory=dict)
    own: dict[str, str] = field(default_factory=dict)

    @property
    def grades(self) -> dict[str, float]:
        """The points of every graded cell; nobody has written the explanation."""
        tests = {f"test-{task}": self.points.get(task, 0.0) for task in TASKS}
        return {**tests, "explain": 0.0}


STATES_BY_COMMAND = """\
!docker create --name shelf busybox sleep 1000
!docker run --name errand busybox sh -c "exit 3"
"""
OTHER_EXIT_CODE = """\
client.containers.create("busybox", ["sleep", "1000"], name="shelf")
client.containers.run("busybox", ["sh", "-c", "exit 4"], name="errand", detach=True).wait()
"""
TWO_ANSWERS = """\
shop_address = client.containers.get("shop").attrs["NetworkSettings"]["IPAddress"]
first_process = None
errand_code = client.containers.get("errand").attrs["State"]["ExitCode"]
"""
PAGE_AS_IT_CAME = "!docker run -d --name shop -p 8080:80 httpd"

SUBMISSIONS = {
    "ann": Submission(("states",), {"states": 3}),
    "bea": Submission(("page",), {"page": 4}),
    "cho": Submission(TASKS, {"database": 4, "states": 3, "page": 4, "second": 3, "look": 3}),
    "dan": Submission(),
    "eva": Submission(("page", "second"), {"page": 4, "second": 3}),
    "fay": Submission(points={"states": 3}, own={"states": STATES_BY_COMMAND}),
    "gus": Submission(points={"page": 2}, own={"page": PAGE_AS_IT_CAME}),
    "hui": Submission(("second",), {"second": 2.4}),
    "ida": Submission(points={"states": 2}, own={"states": OTHER_EXIT_CODE}),
    "jon": Submission(
        ("states", "page"), {"states": 3, "page": 4, "look": 2}, own={"look": TWO_ANSWERS}
    ),
}


def hand_in(course: DemoClass, students: Iterable[str]) -> None:
    """Put submissions where collecting would have put them.

    Args:
        course: with the students' version generated.
        students: whose.
    """
    source = bank.read(course.root, "source", course.assignment)
    for student in students:
        submission = SUBMISSIONS[student]
        notebook = bank.read(course.root, "release", course.assignment)
        bank.solve(notebook, source, submission.solved)
        for name, answer in submission.own.items():
            bank.cell_of(notebook, name)["source"] = answer
        folder = course.root / f"submitted/{student}/containers"
        folder.mkdir(parents=True)
        (folder / "containers.ipynb").write_text(json.dumps(notebook))
        (folder / "thoughts.txt").write_text(f"{student}'s own notes")
