"""Questions to predict what a cell will do, and the quiz at a lesson's end.

Live, a choice brings its reason. In a saved notebook the answer is folded up below the question.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Any

import ipywidgets as widgets

from dockerlab import paths
from dockerlab.frame import bundle, status

FRAME = "border-left:4px solid #0b5cad;padding:4px 14px;margin:4px 0;max-width:46em"


@dataclass(frozen=True)
class Question:
    """A question with one right choice.

    Args:
        text: the question.
        choices: what may be chosen.
        answer: the right one, as it stands among the choices.
        reason: why, told after any choice.

    Raises:
        ValueError: the answer is not among the choices.
    """

    text: str
    choices: Sequence[str]
    answer: str
    reason: str

    def __post_init__(self) -> None:
        if self.answer not in self.choices:
            raise ValueError(f"The answer {self.answer!r} is not among the choices.")

    def judge(self, choice: str) -> str:
        """What is said to a choice, as HTML."""
        if choice == self.answer:
            return f"✓ <b>Yes.</b> {_html(self.reason)}"
        return f"✗ <b>Not so:</b> it is “{_html(self.answer)}”. {_html(self.reason)}"

    def static(self, number: int | None = None) -> str:
        """The question with its answer folded up, as HTML."""
        choices = "".join(f"<li>{_html(choice)}</li>" for choice in self.choices)
        return (
            f'<div style="{FRAME}"><b>{_numbered(self, number)}</b><ul>{choices}</ul><details>'
            f"<summary>Show the answer</summary><p><b>{_html(self.answer)}</b>: "
            f"{_html(self.reason)}</p></details></div>"
        )

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        return bundle(ask(self), self.static(), f"Predict: {self.text}")


class Quiz:
    """Questions in a row; each tells its reason, and the last line counts.

    Args:
        questions: in their order.
    """

    def __init__(self, questions: Sequence[Question]) -> None:
        self.questions = tuple(questions)
        self._right: dict[int, bool] = {}
        self._count = widgets.HTML()

    @property
    def verdict(self) -> str:
        """How many first choices were right, once all questions have been answered."""
        asked, right = len(self.questions), sum(self._right.values())
        if len(self._right) < asked:
            return f"{len(self._right)} of {asked} answered"
        return f"{right} of {asked} right at the first try"

    def choose(self, number: int, choice: str) -> None:
        """Count a choice; only the first one for a question counts.

        Args:
            number: of the question, from 0.
            choice: one of its choices.
        """
        self._right.setdefault(number, choice == self.questions[number].answer)
        self._count.value = status(f"<b>{self.verdict}</b>")

    def view(self) -> widgets.VBox:
        """The live quiz."""
        asked = [
            ask(question, number + 1, partial(self.choose, number))
            for number, question in enumerate(self.questions)
        ]
        return widgets.VBox([*asked, self._count])

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        static = "".join(q.static(number) for number, q in enumerate(self.questions, 1))
        return bundle(self.view(), static, f"A quiz of {len(self.questions)} questions")


def ask(
    question: Question,
    number: int | None = None,
    chosen: Callable[[str], None] | None = None,
) -> widgets.VBox:
    """A question with a button for each choice.

    Args:
        question: to ask.
        number: written before it.
        chosen: called with each choice that is made.
    """
    reason = widgets.HTML()
    buttons = [
        widgets.Button(description=choice, tooltip=choice, layout={"width": "auto"})
        for choice in question.choices
    ]

    def clicked(button: widgets.Button) -> None:
        reason.value = status(question.judge(button.description))
        if chosen:
            chosen(button.description)

    for button in buttons:
        button.on_click(clicked)
    heading = widgets.HTML(
        "<style>.dl-question{border-left:4px solid #0b5cad;padding:4px 14px;margin:4px 0}"
        ".dl-question button{border-radius:6px}"
        ".dl-question button:focus-visible{outline:3px solid #f59e0b}</style>"
        f"<b>{_numbered(question, number)}</b>"
    )
    view = widgets.VBox([heading, widgets.HBox(buttons, layout={"flex_flow": "row wrap"}), reason])
    view.add_class("dl-question")
    return view


def predict(lesson: str, name: str) -> Question:
    """A question to ask before a cell is run.

    Args:
        lesson: its short name.
        name: the question's, in `questions/LESSON.toml`.

    Raises:
        KeyError: there is no such question.
    """
    return Question(**_read(lesson)["predict"][name])


def quiz(lesson: str) -> Quiz:
    """The quiz at the end of a lesson.

    Args:
        lesson: its short name.
    """
    return Quiz([Question(**each) for each in _read(lesson)["quiz"]])


def _read(lesson: str) -> dict[str, Any]:
    """A lesson's questions; they lie apart so that no cell gives an answer away."""
    path = paths.course() / "questions" / f"{lesson}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _numbered(question: Question, number: int | None) -> str:
    return f"{number}. {_html(question.text)}" if number else _html(question.text)


def _html(text: str) -> str:
    """Plain text as HTML; what stands in `backticks` is code."""
    return re.sub(r"`(.+?)`", r"<code>\1</code>", escape(text))
