"""An assignment's needs are read, and what is not understood is told in a sentence."""

import pytest

from autograder.sandbox import Limits, Needs, SandboxUnavailable
from autograder.sandbox.limits import read


def needs(tmp_path, text):
    file = tmp_path / "needs.toml"
    file.write_text(text)
    return read(file)


def test_what_is_not_said_has_a_default(tmp_path):
    assert read(tmp_path / "none.toml") == Needs()
    told = needs(tmp_path, 'minutes = 5\nimages = ["nginx"]\n[limits]\nmemory = 100')
    assert told == Needs(minutes=5, images=("nginx",), limits=Limits(memory=100))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("minutes = ", "cannot be read"),
        ("hours = 1", "unknown setting: hours"),
        ("[limits]\nram = 1", "unknown setting: ram"),
        ('features = ["gpu"]', "unknown feature: gpu"),
        ("[limits]\nmemory = 0", "memory must be a number above 0"),
        ('[limits]\ncell = "long"', "cell must be a number above 0"),
    ],
)
def test_mistakes_are_told(tmp_path, text, message):
    with pytest.raises(SandboxUnavailable, match=message):
        needs(tmp_path, text)
