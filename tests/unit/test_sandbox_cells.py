"""A student's kernel may say what it likes; a cell ends, and shows what a notebook can hold."""

import queue

import pytest

from autograder.sandbox.cells import Ending, ask, execute


class Client:
    """A kernel's client that is told these messages, and then nothing more."""

    def __init__(self, *messages):
        self.messages = list(messages)

    def execute(self, source, **_):
        return "cell"

    def get_iopub_msg(self, timeout):
        if not self.messages:
            raise queue.Empty
        message = self.messages.pop(0)
        if isinstance(message, Exception):
            raise message
        return message

    get_shell_msg = get_iopub_msg


def say(kind, content, parent=None):
    parent = {"msg_id": "cell"} if parent is None else parent
    return {"msg_type": kind, "parent_header": parent, "content": content}


IDLE = say("status", {"execution_state": "idle"})


def run(*messages, limit=1e6):
    return execute(Client(*messages), "", timeout=5, limit=limit, is_alive=lambda: False)


@pytest.mark.parametrize(
    "odd",
    [
        say("stream", None),
        say("stream", [1]),
        say("status", "idle"),
        say("stream", {"name": "stdout", "text": "of another cell"}, parent=[]),
        say("stream", {"name": "stdout", "text": "of another cell"}, parent={"msg_id": "b"}),
        say("display_data", {"data": {}, "metadata": {}, "transient": 5}),
        say("update_display_data", {"transient": {"display_id": []}}),
        say(["stream"], {"name": "stdout", "text": "a"}),
        ValueError("not signed"),
    ],
    ids=repr,
)
def test_what_is_no_message_is_passed_over(odd):
    ran = run(odd, say("stream", {"name": "stdout", "text": "seen"}), IDLE)
    assert ran.ending is Ending.DONE
    assert [o.text for o in ran.outputs if o.output_type == "stream"] == ["seen"]


def test_what_is_shown_can_be_updated():
    shown = {"data": {"text/plain": "1 %"}, "metadata": {}, "transient": {"display_id": "a"}}
    update = shown | {"data": {"text/plain": "99 %"}}
    ran = run(say("display_data", shown), say("update_display_data", update), IDLE)
    assert [o.data for o in ran.outputs] == [{"text/plain": "99 %"}]


def test_too_much_output_ends_a_cell():
    line = say("stream", {"name": "stdout", "text": "x" * 600})
    assert run(line, line, IDLE, limit=1000).ending is Ending.FLOOD


def test_a_kernel_that_is_gone_ends_a_cell():
    assert run().ending is Ending.DIED


@pytest.mark.parametrize("content", [None, {"user_expressions": 5}, {"user_expressions": {"a": 5}}])
def test_an_answer_of_another_form_is_none(content):
    client = Client(say("execute_reply", content))
    assert ask(client, {"a": "1"}, timeout=1) == {}
