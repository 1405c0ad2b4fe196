"""Checks that put a container on a network, restart one, or pull an image: on a real daemon."""

import io
import uuid

import pytest

from autograder.checks import grade
from dockerlab import images
from dockerlab.errors import RegistryError
from dockerlab.registry import Registry
from dockerlab.wait import wait_for

RUN = uuid.uuid4().hex[:6]
NET, WALL, WEB, STORE = (f"{name}-{RUN}" for name in ("net", "wall", "web", "store"))
SERVE = "mkdir /www; echo hello > /www/index.html; exec httpd -f -h /www"


@pytest.fixture(scope="module", autouse=True)
def made(client, labels):
    images.ensure(client, ["busybox", "nettools", "registry"])
    for network in (NET, WALL):
        client.networks.create(network, labels=labels, internal=network == WALL)
    options = {"labels": labels, "detach": True, "init": True}
    client.containers.run("busybox", ["sh", "-c", SERVE], name=WEB, network=NET, **options)
    client.containers.run(
        "registry", name=STORE, ports={"5000/tcp": ("127.0.0.1", None)}, labels=labels, detach=True
    )


@pytest.fixture
def task(client):
    return grade("t", points=1, client=client)


def test_a_newcomer_gets_a_page(task):
    assert task.network(NET).leads_to(f"http://{WEB}/", text="hello")
    assert not task.network(NET).leads_to(f"http://{WEB}/", text="goodbye", timeout=0)
    assert "esolv" in task.network(WALL).leads_to(f"http://{WEB}/", timeout=0).found
    assert f"{NET}'" in task.network(f"{NET}x").leads_to(f"http://{WEB}/").found


def test_how_a_request_ends(task, client):
    box = client.containers.get(WEB)
    address = box.attrs["NetworkSettings"]["Networks"][NET]["IPAddress"]
    assert task.network(NET).curl_ends_with(f"http://{WEB}/") == 0
    # An engine whose own name server does not answer lets curl wait in vain.
    assert task.network(NET).curl_ends_with("http://nobody-of-this-name/") in (6, 28)
    assert task.network(NET).curl_ends_with(f"http://{address}:81/") == 7
    assert task.network(WALL).curl_ends_with(f"http://{address}/") not in (0, None)
    assert task.network(f"none-{RUN}").curl_ends_with(f"http://{WEB}/") is None


def test_nothing_is_left_of_a_newcomer(task, client):
    task.network(NET).leads_to(f"http://{WEB}/")
    ours = {"label": "autograder=looks-around-on-a-network"}
    assert not client.api.containers(all=True, filters=ours)


def test_coming_back(task, client, labels):
    ended = client.containers.create("busybox", ["true"], name=f"ended-{RUN}", labels=labels)
    once = client.containers.run(
        "busybox",
        ["sh", "-c", "test ! -e /been || exit 1; touch /been; sleep 600"],
        name=f"once-{RUN}",
        init=True,
        labels=labels,
        detach=True,
    )
    assert task.container(WEB).comes_back()
    assert not task.container(ended.name).comes_back()
    wait_for(lambda: once.exec_run(["test", "-e", "/been"]).exit_code == 0, timeout=10)
    assert not task.container(once.name).comes_back()
    assert not task.container(f"none-{RUN}").comes_back()
    assert ended.attrs["State"]["Status"] == "created"


def test_seconds_between_two_starts(task):
    assert task.container(WEB).was_started_after(STORE)  # restarted by the test above
    assert not task.container(WEB).was_started_after(STORE, by=3600)


@pytest.fixture(scope="module")
def place(client):
    store = client.containers.get(STORE)
    place = f"127.0.0.1:{store.ports['5000/tcp'][0]['HostPort']}"

    def answers():
        try:
            return Registry(place).ask("GET", "").ok
        except RegistryError:
            return False

    wait_for(answers, timeout=30)
    return place


def test_what_a_registry_gives(task, client, labels, place):
    def build(word):
        recipe = f'FROM busybox\nRUN echo {word} > /w\nCMD ["cat", "/w"]\n'.encode()
        name = f"{place}/team/word:1"
        client.images.build(fileobj=io.BytesIO(recipe), tag=name, labels=labels, rm=True)
        return client.images.get(name)

    word = task.repository("team/word", at=place)
    assert not word.gives("1", "one")
    build("one")
    assert "no team/word:1" in word.gives("1", "one").found
    client.images.push(f"{place}/team/word", tag="1")
    assert word.gives("1", "one")
    assert "one" in word.gives("1", "two").found
    other = build("two")
    assert not word.gives("1", "two")
    assert client.images.get(f"{place}/team/word:1").id == other.id  # as the learner had it
    assert not task.repository("team/word", at="127.0.0.1:9").gives("1", "one")
    client.images.remove(other.id, force=True)
    assert word.gives("1", "one")
    client.images.remove(f"{place}/team/word:1")
