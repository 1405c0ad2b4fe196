"""Each check of an image against a real daemon: what must pass, and what must fail."""

import io
import uuid

import docker
import inventory
import pytest

from autograder.checks import grade
from dockerlab import images
from dockerlab.cleanup import clean_up

RUN = uuid.uuid4().hex[:6]
CHILD, NAMESAKE, NONE = f"child-{RUN}", f"child-{RUN}:other", f"none-{RUN}"
RECIPE = b"FROM busybox\nRUN echo hello > /hello\nRUN dd if=/dev/zero of=/zeros bs=1M count=2\n"


@pytest.fixture(scope="module", autouse=True)
def child(client, labels):
    images.ensure(client, ["busybox", "debian"])
    made, _ = client.images.build(
        fileobj=io.BytesIO(RECIPE), tag=CHILD, labels=labels, rm=True, forcerm=True
    )
    made.tag(*NAMESAKE.split(":"))


@pytest.fixture
def image(client):
    return grade("t", points=1, client=client).image


def test_two_names_of_one_image(image):
    assert image(NAMESAKE).is_same_as(CHILD)
    assert not image(CHILD).is_same_as("busybox")
    assert not image(NONE).is_same_as(f"{NONE}-2")


def test_what_it_is_based_on(image):
    assert image(CHILD).is_based_on("busybox")
    assert image(CHILD).is_based_on("busybox", layers=2)
    assert not image(CHILD).is_based_on("busybox", layers=1)
    assert not image(CHILD).is_based_on("debian")
    assert not image("busybox").is_based_on("busybox")
    assert not image(NONE).is_based_on("busybox")
    assert not image(CHILD).is_based_on(NONE)


def test_what_it_adds(image):
    assert image(CHILD).adds_at_most(3_000_000, "busybox")
    too_much = image(CHILD).adds_at_most(1_000_000, "busybox")
    assert not too_much
    assert too_much.found == "2.1 MB"
    assert not image(NONE).adds_at_most(1, "busybox")


def test_its_files(client, image):
    before = inventory.take(client)
    assert image(CHILD).has_file("/hello")
    assert not image("busybox").has_file("/hello")
    assert not image(NONE).has_file("/hello")
    assert inventory.take(client) == before


def test_images_go_after_those_that_are_based_on_them(client):
    """The daemon lists the newest first; a parent that was tagged anew is no exception."""
    lesson = f"stack-{RUN}"
    label = {"dockerlab.lesson": lesson}
    base = "busybox"
    for name in ("a", "b", "c"):
        box = client.containers.create(base, labels=label)
        base = box.commit(f"{lesson}-{name}").id
        box.remove()
    client.images.get("busybox").tag(f"{lesson}-name", "mine")
    removed = clean_up(client, lesson, image_names=[f"{lesson}-name", f"{lesson}-absent"])
    assert removed == [
        f"image {lesson}-{name}" for name in ("a:latest", "b:latest", "c:latest", "name:mine")
    ]
    assert client.images.get("busybox")
    with pytest.raises(docker.errors.ImageNotFound):
        client.images.get(f"{lesson}-name:mine")
