"""What a command in a container prints is read whole, however it arrives."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading

import docker
import pytest

import dockerlab.engine  # noqa: F401 - it mends docker-py

SAID = b"all of it\n"
HEAD = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
FRAME = struct.pack(">BxxxL", 1, len(SAID)) + SAID


@pytest.fixture
def daemon(tmp_path):
    """A client of something that answers one request with head and stream, in one piece or two."""
    listener = socket.create_server(str(tmp_path / "docker.sock"), family=socket.AF_UNIX)

    def client(*pieces: bytes) -> docker.DockerClient:
        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                asked = b""
                while not asked.endswith(b"}"):  # the end of its body
                    asked += connection.recv(65536)
                for piece in pieces:
                    connection.sendall(piece)

        threading.Thread(target=answer, daemon=True).start()
        return docker.DockerClient(f"unix://{tmp_path}/docker.sock", version="1.41", timeout=5)

    with contextlib.closing(listener):
        yield client


@pytest.mark.parametrize("pieces", [(HEAD + FRAME,), (HEAD, FRAME), (HEAD + FRAME[:5], FRAME[5:])])
def test_output_that_comes_with_the_head_is_not_lost(daemon, pieces):
    with contextlib.closing(daemon(*pieces)) as client:
        assert client.api.exec_start("x") == SAID


def test_a_stream_is_read_whole_too(daemon):
    with contextlib.closing(daemon(HEAD + FRAME + FRAME)) as client:
        stream = client.api.exec_start("x", stream=True)
        assert b"".join(stream) == SAID + SAID
        stream._response.close()  # which docker-py leaves to the garbage collector


def test_docker_py_needs_it(daemon, monkeypatch):
    """Else all this could go: docker-py has learned to read streams whole."""
    from docker.transport import unixconn

    mended = unixconn.UnixHTTPConnection
    monkeypatch.setattr(unixconn, "UnixHTTPConnection", mended.__mro__[2])
    with contextlib.closing(daemon(HEAD + FRAME)) as client:
        assert client.api.exec_start("x") == b""
