"""A container's directories are found in `inspect`, or in its own mount table."""

from types import SimpleNamespace

import pytest

from dockerlab.layers import Overlay, overlay
from dockerlab.layers.overlay import of_mount

MOUNTS = """\
proc /proc proc rw 0 0
overlay / overlay rw,relatime,lowerdir=/s/3/fs:/s/1/fs,upperdir=/s/4/fs,workdir=/s/4/work 0 0
overlay /other overlay rw,lowerdir=/x,upperdir=/y 0 0
"""


def test_a_storage_driver_tells():
    data = {"LowerDir": "/o/2-init/diff:/o/1/diff", "UpperDir": "/o/2/diff", "MergedDir": "/o/2/m"}
    told = {"GraphDriver": {"Name": "overlay2", "Data": data}}
    client = SimpleNamespace(api=SimpleNamespace(inspect_container=lambda _: told))
    assert overlay(client, "x") == Overlay(("/o/2-init/diff", "/o/1/diff"), "/o/2/diff", "/o/2/m")


@pytest.mark.parametrize(
    "told", [{}, {"GraphDriver": None}, {"GraphDriver": {"Name": "vfs", "Data": None}}]
)
def test_elsewhere_the_container_tells(told):
    ran = SimpleNamespace(output=MOUNTS.encode())
    client = SimpleNamespace(
        api=SimpleNamespace(inspect_container=lambda _: told),
        containers=SimpleNamespace(get=lambda _: SimpleNamespace(exec_run=lambda _: ran)),
    )
    assert overlay(client, "x") == Overlay(("/s/3/fs", "/s/1/fs"), "/s/4/fs")


def test_a_root_that_is_no_overlay():
    assert of_mount("/dev/vda1 / ext4 rw,relatime 0 0\n") is None
    assert of_mount("overlay / overlay ro,lowerdir=/a:/b 0 0\n") is None
    assert of_mount("") is None
