"""`make lab` fetches images while a lesson waits for its own: each is made once."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from dockerlab.images import image, prefetch
from dockerlab.wait import wait_for


def test_an_image_is_made_by_one_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKERLAB_HOME", str(tmp_path))
    told: list[str] = []
    done: list[str] = []

    def second() -> None:
        with prefetch._alone(image("nginx"), lambda name, doing: told.append(f"{name}: {doing}")):
            done.append("second")

    waiting = threading.Thread(target=second)
    with prefetch._alone(image("nginx"), lambda name, doing: told.append(doing)):
        assert told == []
        waiting.start()
        wait_for(lambda: told, timeout=10, what="the second to be told")
        with prefetch._alone(image("httpd"), lambda name, doing: told.append(doing)):
            done.append("first")  # another image is free
    waiting.join(10)
    assert told == ["nginx: another process is at it"]
    assert done == ["first", "second"]
