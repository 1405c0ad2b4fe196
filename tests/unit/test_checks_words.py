"""Words that stand in a command or on a page, and such as only look like them."""

import pytest

from autograder.checks.words import hold, say


@pytest.mark.parametrize(
    "told",
    ["rye", "Today: rye!", "<b>rye</b>", "a\nrye\nb", "it is called_rye_", "rye-bread", "빵rye은"],
)
def test_a_text_that_is_said(told):
    assert say(told, "rye")


@pytest.mark.parametrize("told", ["", "Rye", "ryes", "fryer", "rye2", "3rye", "r ye"])
def test_a_text_that_is_not_said(told):
    assert not say(told, "rye")


def test_any_text_will_do():
    assert say("", "")
    assert say("rye", "")


def test_a_number_is_no_part_of_another():
    assert say("uid=42(ann)", "42")
    assert not say("uid=421", "42")


def test_a_text_with_signs():
    assert say("corner: 18 cents", ": 18 cents")
    assert say("corner: 18", "corner: ")
    assert not say("corner: 18 cents", ": 18 cent")
    assert say("a.b (c)", "a.b (c)")
    assert not say("axb (c)", "a.b (c)")


@pytest.mark.parametrize(
    "command",
    [["sleep", "60"], ["sleep 60"], ["/bin/sh", "-c", "exec sleep 60"], ["/bin/sleep", "60"]],
)
def test_a_command_that_is_run(command):
    assert hold(command, "sleep 60")


@pytest.mark.parametrize("command", [[], ["sleep", "600"], ["nosleep", "60"], ["sleep", "6", "0"]])
def test_a_command_that_is_not_run(command):
    assert not hold(command, "sleep 60")
