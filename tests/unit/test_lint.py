"""The linter is there, and finds what it should."""

from __future__ import annotations

import pytest

from dockerlab import lint as module
from dockerlab.errors import ToolMissing
from dockerlab.lint import lint


def test_findings_say_where_and_what() -> None:
    found = lint("FROM debian:latest\nADD page.html /\nRUN cd /tmp\n")
    assert [(each.line, each.code) for each in found][:2] == [(1, "DL3007"), (2, "DL3020")]
    assert "line 2: error DL3020: Use COPY instead of ADD" in str(found[1])
    assert {"SC2164"} <= {each.code for each in found}, "the shell in RUN is looked at, too"


def test_a_good_one_has_none() -> None:
    assert lint('FROM debian:trixie\nCOPY page.html /\nCMD ["cat", "/page.html"]\n') == []


def test_what_cannot_be_read_is_a_finding() -> None:
    (found,) = lint("FROM busybox\nRUM echo\n")
    assert (found.line, found.level) == (2, "error")


def test_without_the_program_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.shutil, "which", lambda *_, **__: None)
    with pytest.raises(ToolMissing, match="hadolint"):
        lint("FROM busybox\n")
