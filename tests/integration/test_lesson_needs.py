"""What a lesson lacks is told in a sentence, before anything else happens."""

from __future__ import annotations

import socket

import docker
import pytest

from dockerlab.errors import LessonNotReady
from dockerlab.lesson import Lesson


def test_a_held_port_is_told_in_a_sentence() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        with pytest.raises(LessonNotReady, match=f"Port {port} is held by"):
            Lesson("t-port", ports=[port]).start()
    Lesson("t-port", ports=[port]).start().close()


def test_a_port_held_by_a_container_names_it(client: docker.DockerClient, lesson: Lesson) -> None:
    name = lesson.names[0]
    client.containers.run(
        "busybox", ["sleep", "60"], name=name, ports={"80/tcp": ("127.0.0.1", 0)}, detach=True
    )
    box = client.api.inspect_container(name)
    port = int(box["NetworkSettings"]["Ports"]["80/tcp"][0]["HostPort"])
    with pytest.raises(LessonNotReady, match=f"the container {name}"):
        Lesson("t-port", ports=[port]).start()


def test_an_unknown_image_is_told_in_a_sentence() -> None:
    with pytest.raises(LessonNotReady, match="no image 'nosuch'"):
        Lesson("t-image", images=["nosuch"]).start()
