"""The folders of a container's root, as the kernel's table of mounts tells them; and pictures."""

from xml.etree import ElementTree

import pytest

from dockerlab.explorers.places import NOWHERE, Found, Place
from dockerlab.explorers.places_drawing import svg
from dockerlab.explorers.states import State
from dockerlab.peek import shortened
from dockerlab.write_layer import Overlay, from_mounts


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            "rw,relatime,lowerdir=/l/A:/l/B,upperdir=/u/diff,workdir=/w",
            Overlay(("/l/A", "/l/B"), "/u/diff", ""),
        ),
        (
            "rw,lowerdir+=/l/A,lowerdir+=/l/B,upperdir=/u/fs,workdir=/w",
            Overlay(("/l/A", "/l/B"), "/u/fs", ""),
        ),
        ("ro,lowerdir=/l/A:/l/B", None),
    ],
)
def test_the_table_of_an_overlay(options: str, expected: Overlay | None) -> None:
    table = f"proc /proc proc rw 0 0\noverlay / overlay {options} 0 0\n"
    assert from_mounts(table) == expected


@pytest.mark.parametrize(
    "table", ["", "/dev/sda1 / ext4 rw 0 0\n", "overlay /x overlay upperdir=/u 0 0\n", "odd\n\n"]
)
def test_other_roots_are_no_overlay(table: str) -> None:
    assert from_mounts(table) is None


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/var/lib/docker/volumes/rows/_data", "$ROOT/volumes/rows/_data"),
        (f"/var/lib/docker/overlay2/{'0a' * 32}/diff", "$ROOT/overlay2/0a0a0a…/diff"),
        ("/var/lib/docker/containerd/daemon/snapshots/7/fs", "$ROOT/…/snapshots/7/fs"),
        ("/var/lib/docker-2/volumes", "…/lib/docker-2/volumes"),
        ("/home/me/course/lesson-volumes/pages", "…/course/lesson-volumes/pages"),
        ("/data", "/data"),
        ("", ""),
    ],
)
def test_a_shortened_folder(path: str, shown: str) -> None:
    assert shortened(path, "/var/lib/docker") == shown


def test_the_picture_tells_full_empty_lost_and_absent_by_words() -> None:
    before = {place: Found("/x", 65536) for place in Place}
    now = {
        Place.VOLUME: Found("/var/lib/docker/volumes/<v>/_data", 131072),
        Place.BIND: Found("/home/me/notes", None),
        Place.TMPFS: Found("", None),
        Place.LAYER: NOWHERE,
    }
    before[Place.BIND] = Found("/home/me/notes", None)
    picture = ElementTree.fromstring(  # noqa: S314  our own drawing
        svg("box", State.REMOVED, now, before, "/var/lib/docker")
    )
    label = picture.attrib["aria-label"]
    assert label == (
        "Container box: removed. named volume: ✓ 128 KiB; bind mount: empty; tmpfs: ✗ lost; "
        "write layer: ✗ lost."
    )
    assert "$ROOT/volumes/<v>/_data" in list(picture.itertext())
