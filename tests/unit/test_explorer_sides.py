"""Counting processes and drawing both sides; no daemon needed."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

from dockerlab import families
from dockerlab.explorers.sides import Side, count_processes, memory_of
from dockerlab.explorers.sides_drawing import svg

MACHINE = Side("virtual machine", 4.0, 200_000_000, 7_000_000, 12_000_000, "6.12", "aaaa", 4, 54, 1)
CONTAINER = Side("container", 0.25, 1_000_000, 7_000_000, 0, "6.1", "bbbb", 1, 0, 1)


def test_the_session_that_asks_is_not_counted() -> None:
    listing = """158 159
PID   USER     COMMAND
    1 root     init
    2 root     [kthreadd]
    3 root     [kworker/0:0-eve]
  151 root     /usr/sbin/dropbear -F
  158 root     /usr/sbin/dropbear -F -2 8
  159 root     {ps} sh -c echo $PPID $$; exec ps
"""
    assert count_processes(listing) == (2, 2)


class _Box:
    """A container whose engine tells this of its memory."""

    def __init__(self, told: dict[str, object]) -> None:
        self._told = told

    def stats(self, *, stream: bool) -> dict[str, object]:
        return {"memory_stats": self._told}


def test_memory_that_the_kernel_could_drop_is_not_counted_under_either_cgroup_version() -> None:
    for key in ("total_inactive_file", "inactive_file"):
        assert memory_of(_Box({"usage": 1000, "stats": {key: 300}})) == 700
    assert memory_of(_Box({})) == 0  # an engine without a memory controller


def test_bars_are_as_long_as_what_they_stand_for() -> None:
    root = ET.fromstring(svg(MACHINE, CONTAINER))  # noqa: S314 - our own text
    bars = [
        r for r in root.iter() if r.get("class") in ("machine", "container") and r.get("x") != "16"
    ]
    widths = {
        kind: [
            float(b.get("width", 0)) for b in bars if b.get("class") == kind and b.get("rx") == "3"
        ]
        for kind in ("machine", "container")
    }
    times = widths["machine"][0], widths["container"][0]
    assert times[0] == 16 * times[1]
    assert len(widths["machine"]) == len(widths["container"]) == 5


def test_the_words_tell_what_the_bars_show() -> None:
    drawn = svg(MACHINE, CONTAINER)
    for words in (
        "4.00 s",
        "0.25 s",
        "200.0 MB",
        "+ 12.0 MB of kernel",
        "1 program",
        "not the same",
    ):
        assert words in drawn
    assert "kernel: the same" in svg(MACHINE, replace(CONTAINER, boot_id="aaaa"))


def test_each_family_is_drawn_within_the_picture_and_no_two_overlap() -> None:
    ET.fromstring(families.svg())  # noqa: S314 - our own text
    places = [(families.COLUMNS[column], y) for _, _, column, y in families.BOXES]
    for i, (x, y) in enumerate(places):
        assert families.BOX_WIDTH / 2 < x < families.WIDTH - families.BOX_WIDTH / 2
        assert families.BOX_HEIGHT / 2 < y < families.HEIGHT - families.BOX_HEIGHT / 2
        for other_x, other_y in places[:i]:
            apart_x = abs(x - other_x) >= families.BOX_WIDTH
            assert apart_x or abs(y - other_y) >= families.BOX_HEIGHT
    assert {name for arrow in families.ARROWS for name in arrow} <= {b[0] for b in families.BOXES}
