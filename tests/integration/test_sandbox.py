"""A sandbox: an engine in which all that the course teaches works, within real limits."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from autograder.sandbox import Ending, Limits, Sandbox, SandboxHost, counting
from dockerlab.wait import wait_for

MB = 1_000_000
LIMITS = Limits(cell=60, memory=1200, processes=200, disk=300)


@pytest.fixture(scope="module")
def host(client):
    with SandboxHost() as host:
        yield host


@pytest.fixture(scope="module")
def box(host):
    with Sandbox(LIMITS, host=host) as box:
        yield box


FILL = "!dd if=/dev/zero of=big bs=1M count=1000 2>&1; rm -f big"


def say(box, source, timeout=60):
    """What a cell prints."""
    ran = box.kernel.run(source, timeout=timeout, limit=MB)
    assert ran.ending is Ending.DONE
    return "".join(o.get("text") or o.get("evalue", "") for o in ran.outputs)


def test_a_new_sandbox_takes_no_room_and_has_all_images(client, host):
    with Sandbox(LIMITS, host=host) as box:
        assert host.store.written(box.name) < 50 * MB
        with contextlib.closing(box.engine.client()) as inner:
            theirs = {i["Id"] for i in inner.api.images()}
        ours = {client.api.inspect_image(i)["Id"] for i in ("busybox", "nginx", "mariadb")}
        assert ours <= theirs


def test_a_page_is_at_the_same_address_as_at_home(box):
    say(box, "!docker run -d --name web -p 8080:80 nginx")
    fetch = "import requests; print(requests.get('http://localhost:8080', timeout=5).text)"
    wait_for(lambda: "Welcome to nginx!" in say(box, fetch), timeout=30, what="the page")


def test_build_pull_and_compose_work(box):
    say(box, "open('Dockerfile', 'w').write('FROM busybox\\nRUN echo built > /here\\n')")
    say(box, "!docker build -q -t mine .")
    assert "built" in say(box, "!docker run --rm mine cat /here")
    assert "Downloaded newer image" in say(box, "!docker rmi -f httpd; docker pull httpd")
    say(box, "open('compose.yaml', 'w').write('services: {one: {image: nginx}}')")
    assert "Started" in say(box, "!docker compose up -d 2>&1")
    say(box, "!docker compose down -t 0")


def test_a_swarm_with_an_overlay_network_works(box):
    say(box, "!docker swarm init --advertise-addr 127.0.0.1")
    say(box, "!docker network create -d overlay --attachable over")
    create = "!docker service create -d --no-resolve-image --network over --endpoint-mode dnsrr"
    say(box, f"{create} --name web --replicas 2 nginx")
    ask = "!docker run --rm --network over busybox nslookup tasks.web 2>&1"
    wait_for(lambda: "10.0." in say(box, ask), timeout=40, interval=1, what="the tasks")
    say(box, "!docker swarm leave --force")


def test_limits_of_inner_containers_are_real(box):
    grow = "x=$(yes | head -c 200000000); echo survived"
    assert "survived" not in say(box, f"!docker run --name big -m 32m busybox sh -c '{grow}'")
    with contextlib.closing(box.engine.client()) as inner:
        assert inner.containers.get("big").attrs["State"]["OOMKilled"]
    forks = "for i in 1 2 3 4 5 6; do sleep 5 & done; echo all"
    assert "all" not in say(box, f"!docker run --rm --pids-limit 4 busybox sh -c '{forks}' 2>&1")


@pytest.fixture
def counted_as_before(box, host):
    """As by kernels before 6.7, which may lose count."""
    store = host.store

    def limit():
        store._btrfs("qgroup", "limit", "-e", str(LIMITS.disk * MB), str(store.mount / box.name))

    store._btrfs("quota", "disable", str(store.mount))
    store._btrfs("quota", "enable", str(store.mount))
    store._btrfs("quota", "rescan", "-w", str(store.mount))
    limit()
    yield
    store._counting.begin()
    limit()


@pytest.mark.skipif(not counting.SIMPLE.exists(), reason="a kernel before 6.7")
def test_each_block_counts_for_the_disk_that_has_written_it(host):
    assert (host.store._counting._told / "mode").read_text() == "squota\n"


def test_a_quota_holds_though_btrfs_had_lost_count(box, host, counted_as_before):
    told = host.store._counting._told
    lost, threshold = told / "inconsistent", told / "drop_subtree_threshold"
    threshold.write_text("0")  # every removal of a disk ends the counting
    host.store.snapshot(host.golden, "removed", MB)
    host.store.delete("removed")
    wait_for(lambda: lost.read_text() != "0\n", timeout=60, interval=1, what="it to lose count")
    assert "quota exceeded" not in say(box, FILL)
    box.hold_quota()
    assert "quota exceeded" in say(box, FILL)


def test_the_sandboxs_own_limits_are_real(box):
    eater = box.kernel.run("x = bytearray(3_000_000_000)", timeout=60, limit=MB)
    assert eater.ending is Ending.DIED
    box.hold_quota()
    assert "quota exceeded" in say(box, FILL)
    bomb = (
        "import os, time\n"
        "born = []\n"
        "try:\n"
        "    while True:\n"
        "        pid = os.fork()\n"
        "        if pid == 0:\n"
        "            time.sleep(30); os._exit(0)\n"
        "        born.append(pid)\n"
        "except OSError as error:\n"
        "    for pid in born: os.kill(pid, 9); os.waitpid(pid, 0)\n"
        "    print(len(born), error)\n"
    )
    # Python's warning about the forks may come before or after that.
    count, why = re.search(r"^(\d+) (.*)", say(box, bomb), re.MULTILINE).groups()
    assert int(count) < LIMITS.processes
    assert "temporarily unavailable" in why


def test_it_leads_nowhere(box):
    tries = (
        "import socket\n"
        "for to in ('198.51.100.1', '127.0.0.1'):\n"
        "    try: socket.create_connection((to, 22), 3); print('open')\n"
        "    except OSError as error: print(error)\n"
        "print(sorted(name for _, name in socket.if_nameindex() if 'veth' not in name))"
    )
    said = say(box, tries)
    assert "open" not in said
    assert "eth0" not in said


def test_a_hung_a_dead_and_a_loud_cell_are_followed_by_the_next_ones(host):
    with Sandbox(LIMITS, host=host) as box:

        def ends(source):
            return box.kernel.run(source, timeout=3, limit=MB).ending

        assert ends("while True: pass") is Ending.TIMEOUT
        assert say(box, "print('next')") == "next\n"
        deaf = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
        assert ends(deaf) is Ending.TIMEOUT
        assert say(box, "print('next')") == "next\n"
        assert ends("import os; os._exit(1)") is Ending.DIED
        assert say(box, "print('next')") == "next\n"
        assert ends("for _ in range(5000): print('x' * 1000, flush=True)") is Ending.FLOOD
        assert ends("while True: print('x' * 1000)") in (Ending.FLOOD, Ending.TIMEOUT)
        assert ends("print('x' * 20_000_000)") in (Ending.FLOOD, Ending.TIMEOUT)
        assert say(box, "print('next')") == "next\n"


def test_answers_come_as_data(box):
    say(box, "x = {'a': (1, 2)}; y = open; z = None")
    told = box.kernel.answers(["x", "y", "z", "none"])
    assert told == {
        "x": {"value": {"a": [1, 2]}},
        "y": {"type": "builtin_function_or_method"},
        "z": {"value": None},
    } or told["y"]["type"] in ("function", "method")


def test_nothing_is_left_of_it(client, host):
    with Sandbox(LIMITS, host=host) as box:
        say(box, "!docker run -d --restart always busybox sleep 1000")
        daemon = box.engine.daemon
    assert not daemon.is_alive()
    assert box.name not in host.store.names()
    label = {"label": f"dockerlab.sandbox={box.name}"}
    assert client.api.containers(all=True, filters=label) == []


MAKER = """
import sys
from autograder.sandbox import Sandbox
with Sandbox() as box:
    print(box.name, flush=True)
    sys.stdin.read()
"""


def test_when_its_maker_is_killed_it_ends_and_the_next_one_tidies_up(client, host):
    with subprocess.Popen(
        [sys.executable, "-c", MAKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as maker:
        name = maker.stdout.readline().strip()
        os.kill(maker.pid, signal.SIGKILL)
    label = {"label": f"dockerlab.sandbox={name}"}
    wait_for(
        lambda: not client.api.containers(filters=label), timeout=20, what="the sandbox to end"
    )
    with SandboxHost() as again:
        assert name not in again.store.names()


def test_what_is_written_is_counted(host):
    with Sandbox(LIMITS, host=host) as box:
        say(box, "open('file', 'wb').write(b'x' * 50_000_000); None")
        deadline = time.monotonic() + 20
        while host.store.written(box.name) < 50 * MB and time.monotonic() < deadline:
            time.sleep(0.5)
        assert 50 * MB <= host.store.written(box.name) < 80 * MB
