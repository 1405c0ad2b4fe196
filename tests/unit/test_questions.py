"""Questions judge choices, and stand in a saved notebook without a kernel."""

import tomllib
from pathlib import Path

import pytest

from dockerlab import paths
from dockerlab.questions import Question, Quiz, ask, predict, quiz

SKY = Question("Which colour?", choices=["blue", "green"], answer="blue", reason="Of the <air>.")


def test_an_answer_must_be_among_the_choices() -> None:
    with pytest.raises(ValueError, match="red"):
        Question("Which colour?", choices=["blue"], answer="red", reason="")


def test_any_choice_brings_the_reason() -> None:
    assert "Yes" in SKY.judge("blue")
    assert "Not so" in SKY.judge("green")
    assert all("Of the &lt;air&gt;." in SKY.judge(choice) for choice in SKY.choices)


def test_a_click_shows_the_reason_not_before() -> None:
    _, choices, reason = ask(SKY).children
    assert reason.value == ""
    choices.children[1].click()
    assert "Not so" in reason.value


def test_a_saved_notebook_folds_the_answer_up() -> None:
    bundle = SKY._repr_mimebundle_()
    assert "<details>" in str(bundle["text/html"])
    assert "Which colour?" in str(bundle["text/plain"])


def test_a_quiz_counts_first_choices() -> None:
    asked = Quiz([SKY, SKY])
    asked.choose(0, "green")
    asked.choose(0, "blue")
    assert asked.verdict == "1 of 2 answered"
    asked.choose(1, "blue")
    assert asked.verdict == "1 of 2 right at the first try"


def test_a_click_in_a_quiz_counts() -> None:
    asked = Quiz([SKY])
    question, count = asked.view().children
    question.children[1].children[0].click()
    assert "1 of 1 right" in count.value


@pytest.mark.parametrize("path", sorted((paths.course() / "questions").glob("*.toml")))
def test_a_lessons_questions_can_be_asked(path: Path) -> None:
    lesson = path.stem
    names = tomllib.loads(path.read_text(encoding="utf-8"))["predict"]
    assert all(predict(lesson, name).reason for name in names)
    assert len(quiz(lesson).questions) == 5
    notebook = next(paths.course().glob(f"*-{lesson}.ipynb")).read_text(encoding="utf-8")
    assert all(f'lesson.predict(\\"{name}\\")' in notebook for name in names)


def test_backticks_become_code_and_the_rest_is_escaped() -> None:
    question = Question("`a` <b>", choices=["x"], answer="x", reason="")
    assert "<code>a</code> &lt;b&gt;" in question.static()
