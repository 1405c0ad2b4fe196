"""The relay leads to one process, and to no other that has put itself in its place."""

import os
import socket
import subprocess
import sys
import threading

import pytest

from autograder.sandbox.peer import Peer, listening, started
from autograder.sandbox.relay import Relay

ECHO = """
import socket, sys
s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen()
print("ready", flush=True)
while True:
    c, _ = s.accept()
    while d := c.recv(100): c.sendall(d.upper())
    c.close()
"""


@pytest.fixture
def echo(tmp_path):
    """A process that listens on a socket, and says back what it is told."""
    path = tmp_path / "echo"
    with subprocess.Popen([sys.executable, "-c", ECHO, path], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"ready\n"
        yield path, process
        process.kill()


def say(path, what):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        connection.connect(str(path))
        try:
            connection.sendall(what)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(100), b""))
        except (BrokenPipeError, ConnectionResetError):  # hung up on
            return b""


def test_who_listens_is_known(echo):
    path, process = echo
    connection, peer = listening(path, timeout=5)
    connection.close()
    assert peer == Peer(process.pid, started(process.pid))
    assert peer.is_alive()
    process.kill()
    process.wait()
    assert not peer.is_alive()


def test_it_leads_to_the_right_process(echo, tmp_path):
    path, process = echo
    relay = Relay(tmp_path / "relay", str(path), Peer(process.pid, started(process.pid)))
    assert say(relay.path, b"hello") == b"HELLO"
    assert oct(relay.path.stat().st_mode)[-3:] == "600"
    relay.close()
    assert not relay.path.exists()


def test_another_process_in_its_place_is_not_spoken_to(echo, tmp_path):
    path, process = echo
    relay = Relay(tmp_path / "relay", str(path), Peer(process.pid, started(process.pid)))
    path.unlink()
    heard = []
    with socket.socket(socket.AF_UNIX) as fake:
        fake.bind(str(path))
        fake.listen()

        def serve():
            connection, _ = fake.accept()
            heard.append(connection.recv(100))
            connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        assert say(relay.path, b"secret") == b""
        thread.join(5)
    assert heard == [b""]
    assert relay.refused == 1
    relay.close()


def test_when_nobody_listens_the_connection_is_closed(tmp_path):
    relay = Relay(tmp_path / "relay", str(tmp_path / "nobody"), Peer(os.getpid(), 0))
    assert say(relay.path, b"") == b""
    relay.close()
