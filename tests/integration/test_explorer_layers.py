"""The explorer of lesson 03 reads real images, and shows what the daemon has."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator

import docker
import pytest

from dockerlab.explorers import LayerExplorer
from dockerlab.images import pullable
from dockerlab.layers import Kind, compare, leftovers, look, outline, overlay, read
from dockerlab.lesson import Lesson

WORD = f"t{uuid.uuid4().hex[:10]}"
CHILD, SIBLING = f"{WORD}-child", f"{WORD}-sibling"
RECIPES = {
    CHILD: "FROM busybox\nRUN echo hello > /hello; rm /bin/vi; rm -r /root\nENV A=1\n"
    "RUN mkdir /root; echo 12345 > /root/file; echo x >> /etc/group\n",
    SIBLING: "FROM busybox\nRUN echo hello > /hello\n",
}


@pytest.fixture(scope="module")
def lesson() -> Iterator[Lesson]:
    lesson = Lesson(WORD, images=["busybox"])
    client = lesson.start()
    for name, recipe in RECIPES.items():
        client.images.build(
            fileobj=io.BytesIO(recipe.encode()),
            tag=name,
            labels=lesson.labels,
            rm=True,
            forcerm=True,
        )
    yield lesson
    lesson.clean_up()


def test_layers_are_those_that_the_daemon_lists(
    client: docker.DockerClient, lesson: Lesson
) -> None:
    made = read(client, CHILD)
    assert list(made.digests) == client.images.get(CHILD).attrs["RootFS"]["Layers"]
    assert [layer.instruction.split(maxsplit=1)[0] for layer in made.layers[-2:]] == ["RUN", "RUN"]
    first, second = ({c.path: c.kind for c in layer.changes} for layer in made.layers[-2:])
    assert first["/hello"] is Kind.ADDED
    assert first["/bin/vi"] is Kind.DELETED
    assert second == {"/root/file": Kind.ADDED, "/etc/group": Kind.CHANGED}


def test_its_files_are_those_that_a_container_sees(
    client: docker.DockerClient, lesson: Lesson
) -> None:
    listed = client.containers.run(
        CHILD,
        ["find", "/bin", "/root", "/hello", "!", "-type", "d"],
        labels=lesson.labels,
        remove=True,
    )
    seen = {f for f in read(client, CHILD).files if f.startswith(("/bin/", "/root/", "/hello"))}
    assert seen == set(listed.decode().split())


def test_what_is_shared_lies_on_the_disk_once(client: docker.DockerClient, lesson: Lesson) -> None:
    made, base = read(client, CHILD), outline(client, "busybox")
    both = compare(made, base)
    assert both.shared == len(base.digests)
    # The daemon counts the names in symbolic links as well; busybox has hundreds.
    assert both.shared_size == pytest.approx(base.size, rel=0.01)
    assert both.size == pytest.approx(made.size, rel=0.01)
    dragged = {c.path for c in leftovers(made, read(client, SIBLING))}
    assert dragged == {"/root/file", "/etc/group"}


def test_an_image_that_is_not_there(client: docker.DockerClient, lesson: Lesson) -> None:
    with pytest.raises(docker.errors.ImageNotFound):
        read(client, f"{WORD}-none")


def test_clicks_and_words(lesson: Lesson) -> None:
    explorer = LayerExplorer(lesson, CHILD, "busybox")
    assert "also <code>busybox</code>'s" in explorer._said.value
    assert "/root/file" in explorer._files.value
    buttons = [line.children[0] for line in explorer._stack.children]
    assert [b.description for b in buttons] == ["3", "2", "1"]
    buttons[1].click()
    assert explorer.chosen == 2
    assert "/bin/vi" in explorer._files.value
    explorer._filter.value = "hello"
    assert "/hello" in explorer._files.value
    assert "/bin/vi" not in explorer._files.value
    explorer._search.value = "/bin/vi"
    assert "layer 1 adds" in explorer._found.value
    assert "layer 2 deletes" in explorer._found.value
    explorer._images.value = f"{SIBLING}:latest"
    assert explorer.image.name == f"{SIBLING}:latest"
    assert len(explorer._stack.children) == 2


def test_trouble_is_shown_and_the_list_can_be_had_anew(
    client: docker.DockerClient, lesson: Lesson
) -> None:
    explorer = LayerExplorer(lesson, SIBLING)
    client.images.get("busybox").tag(f"{WORD}-new", "1")
    explorer._refresh.click()
    assert explorer._images.value == f"{SIBLING}:latest"
    client.images.remove(f"{WORD}-new:1")
    explorer._images.value = f"{WORD}-new:1"
    assert "cannot be read" in explorer._said.value
    assert "No such image" in explorer._said.value
    assert explorer.image.name == SIBLING
    picture = explorer._repr_mimebundle_()["image/svg+xml"]
    assert picture.startswith("<svg")
    assert SIBLING in picture


def test_what_a_container_writes_lies_in_its_upper_folder(
    client: docker.DockerClient, lesson: Lesson
) -> None:
    """Where the engine shows its folders; the container's mount table tells the same ones."""
    box = client.containers.run("busybox", ["sleep", "60"], labels=lesson.labels, detach=True)
    box.exec_run(["sh", "-c", "echo x > /new; rm /bin/vi"])
    places = overlay(client, box.id)
    assert places is not None
    assert look(client, places.upper, lesson.labels) == [
        "folder /bin",
        "whiteout /bin/vi",
        "file /new",
    ]
    assert look(client, f"{places.upper}/none\0", lesson.labels) is None
    box.remove(force=True)


def test_an_image_to_pull_is_not_here_and_can_be_pulled(client: docker.DockerClient) -> None:
    """The course's registry, or Docker Hub, is in reach wherever the tests can run."""
    before = {image.id for image in client.images.list()}
    name = pullable(client)
    assert name is not None
    assert pullable(client) == name
    assert {image.id for image in client.images.list()} == before
    client.images.pull(*name.rsplit(":", 1))
    client.images.remove(name)
