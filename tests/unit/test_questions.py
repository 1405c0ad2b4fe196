"""Questions judge choices, and stand in a saved notebook without a kernel."""

import pytest

from dockerlab.questions import Question, Quiz, ask

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
    quiz = Quiz([SKY, SKY])
    quiz.choose(0, "green")
    quiz.choose(0, "blue")
    assert quiz.verdict == "1 of 2 answered"
    quiz.choose(1, "blue")
    assert quiz.verdict == "1 of 2 right at the first try"


def test_a_click_in_a_quiz_counts() -> None:
    quiz = Quiz([SKY])
    question, count = quiz.view().children
    question.children[1].children[0].click()
    assert "1 of 1 right" in count.value
