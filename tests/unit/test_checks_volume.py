"""The checks of volumes and mounts, on answers of a daemon that is none."""

import pytest
from fake_docker import FakeClient, container

from autograder.checks import grade

ANONYMOUS = "0123456789abcdef" * 4


@pytest.fixture
def client():
    client = FakeClient()
    client.volumes = {"pages": {"index.html": b"hello, volume\n", "old/": b"", "old/a": b"1"}}
    return client


@pytest.fixture
def volume(client):
    return lambda name="pages": grade("t", points=1, client=client).volume(name)


def box(*mounts):
    inspected = container("web")
    inspected["Mounts"] = list(mounts)
    return grade("t", points=1, client=FakeClient(inspected)).container("web")


def mount(name="pages", at="/srv", kind="volume", writable=True, source="/var/x/_data"):
    found = {"Type": kind, "Source": source, "Destination": at, "RW": writable}
    return {**found, "Name": name} if kind == "volume" else found


def test_a_volume_exists(volume):
    assert volume().exists()


def test_a_missing_volume_is_told_with_its_neighbour(volume):
    assert not volume("page").exists()
    assert "'pages'" in volume("page").exists().found
    assert "'pages'" in volume("page").holds("index.html").found


def test_no_volumes_at_all(client, volume):
    client.volumes = {}
    assert volume().exists().found == "no volume 'pages'"


def test_a_file_is_held(volume):
    assert volume().holds("index.html")
    assert volume().holds("/index.html", text="volume", owner=0)
    assert volume().holds("old/a", text="1")


@pytest.mark.parametrize(
    ("path", "wanted", "told"),
    [
        ("index.html", {"text": "goodbye"}, "hello, volume"),
        ("index.html", {"owner": 1000}, "user 0"),
        ("index.htm", {}, "index.html, old/a"),
        ("old", {}, "no file"),
    ],
)
def test_a_file_that_is_not_as_wanted(volume, path, wanted, told):
    result = volume().holds(path, **wanted)
    assert not result
    assert told in result.found


def test_without_an_image_nobody_can_look(client, volume):
    client.images = {}
    assert "no image" in volume().holds("index.html").found


def test_a_mounted_volume():
    assert box(mount()).mounts("pages", "/srv")
    assert box(mount()).mounts("pages", "/srv/", read_only=False)
    assert box(mount(writable=False)).mounts("pages", "/srv", read_only=True)
    assert box(mount("other", "/"), mount()).mounts("pages", "/srv")


@pytest.mark.parametrize(
    ("there", "read_only", "told"),
    [
        ([], None, "nothing is mounted"),
        ([mount("other")], None, "-v other:/srv"),
        ([mount(at="/elsewhere")], None, "-v pages:/elsewhere"),
        ([mount(ANONYMOUS)], None, "-v /srv"),
        ([mount(kind="bind", source="/home/me/pages")], None, "-v /home/me/pages:/srv"),
        ([mount(kind="tmpfs", source="")], None, "--tmpfs /srv"),
        ([mount()], True, "-v pages:/srv"),
        ([mount(writable=False)], False, "-v pages:/srv:ro"),
    ],
)
def test_what_is_mounted_otherwise(there, read_only, told):
    result = box(*there).mounts("pages", "/srv", read_only=read_only)
    assert not result
    assert told in result.found
    assert "docker run" in result.hint or "-v pages:/srv" in result.hint


def test_a_folder_in_a_volumes_place_is_explained():
    there = mount(kind="bind", source="/pages")
    assert "slash" in box(there).mounts("pages", "/srv").hint


def test_a_missing_container_has_no_mounts():
    task = grade("t", points=1, client=FakeClient())
    assert "no container" in task.container("web").mounts("pages", "/srv").found
