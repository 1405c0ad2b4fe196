"""Each check against a real daemon: answers that must pass, and answers that must fail."""

import time
import uuid

import docker
import pytest

from autograder.checks import grade
from autograder.checks.history import begin_history
from dockerlab import images

RUN = uuid.uuid4().hex[:6]
TALK = ["sh", "-c", "echo out; echo err >&2; sleep 600"]


@pytest.fixture(scope="module")
def make(client, labels):
    """Makes containers whose names nobody else uses."""
    images.ensure(client, ["busybox", "httpd"])
    begin_history(client)

    def make(name, image="busybox", command=None, start=True, **options):
        box = client.containers.create(
            image, command, name=f"{name}-{RUN}", labels=labels, stop_signal="SIGKILL", **options
        )
        if start:
            box.start()
        return box

    return make


@pytest.fixture
def task(client):
    return grade("t", points=1, client=client)


@pytest.fixture
def of(task):
    """The checks of a container."""
    return lambda box: task.container(box if isinstance(box, str) else box.name)


@pytest.fixture(scope="module")
def up(make):
    return make(
        "up", command=TALK, environment={"TOKEN": "42"}, ports={"9/udp": None, "7/tcp": None}
    )


@pytest.fixture(scope="module")
def web(make):
    return make("web", "httpd", ports={"80/tcp": ("127.0.0.1", None)})


@pytest.fixture(scope="module")
def ended(make):
    box = make("ended", command=["sh", "-c", "echo the reason; exit 3"])
    box.wait(timeout=30)
    return box


@pytest.fixture(scope="module")
def shelf(make):
    return make("shelf", command=["sleep", "600"], start=False)


def test_states(of, up, ended, shelf):
    running, exited, created, missing = of(up), of(ended), of(shelf), of(f"none-{RUN}")
    assert [bool(box.exists()) for box in (running, exited, created, missing)] == [1, 1, 1, 0]
    assert [bool(box.is_running()) for box in (running, exited, created, missing)] == [1, 0, 0, 0]
    assert [bool(box.is_created()) for box in (running, exited, created, missing)] == [0, 0, 1, 0]
    assert exited.has_exited()
    assert exited.has_exited(3)
    assert not exited.has_exited(0)
    assert not created.has_exited()
    assert not missing.has_exited()
    assert not running.has_exited(timeout=0.5)


def test_hint_tells_the_end(of, ended):
    result = of(ended).is_running()
    assert "exited with code 3" in result.found
    assert "the reason" in result.found
    assert f"docker logs {ended.name}" in result.hint


def test_container_that_dies_within_two_seconds_is_not_running(of, make):
    assert not of(make("dying", command=["sleep", "1"])).is_running()


def test_container_that_is_restarted_again_and_again_is_not_running(of, make):
    box = make("loop", command=["sleep", "0.3"], restart_policy={"Name": "always"})
    assert not of(box).is_running()
    box.remove(force=True)


def test_container_that_has_been_up_is_not_waited_for(of, up):
    of(up).is_running()
    before = time.monotonic()
    assert of(up).is_running()
    assert time.monotonic() - before < 1


def test_paused_is_not_running(of, make):
    box = make("paused", command=["sleep", "600"])
    box.pause()
    assert "paused" in of(box).is_running().found
    assert not of(box).exec_prints(["true"], "")
    assert not of(box).accepts_connections(80)
    box.unpause()
    assert of(box).is_running()


def test_end_is_waited_for(of, make):
    assert of(make("soon", command=["sh", "-c", "sleep 1; exit 4"])).has_exited(4)


def test_failed_start_is_not_created(of, make):
    box = make("wrong", command=["no-such-program"], start=False)
    with pytest.raises(docker.errors.APIError):
        box.start()
    assert not of(box).is_created()
    assert not of(box).is_running()
    assert "no-such-program" in of(box).is_running().found


def test_image(client, of, up, labels):
    assert of(up).runs_image("busybox")
    assert of(up).runs_image("docker.io/library/busybox:latest")
    assert of(up).runs_image(up.attrs["Image"])
    assert not of(up).runs_image("httpd")
    assert not of(up).runs_image("busybox:1")
    assert not of(f"none-{RUN}").runs_image("busybox")
    assert client.images.get("busybox").tag("busybox-check", RUN)
    try:
        assert of(up).runs_image(f"busybox-check:{RUN}")
        client.images.get("httpd").tag("busybox-check", RUN)
        assert not of(up).runs_image(f"busybox-check:{RUN}")
    finally:
        client.images.remove(f"busybox-check:{RUN}")


def test_image_exists(task):
    assert task.image("busybox").exists()
    assert not task.image(f"none-{RUN}").exists()
    assert not task.image("Not A Name").exists()


def test_settings(of, up, labels):
    (key, value), *_ = labels.items()
    assert of(up).has_env("TOKEN")
    assert of(up).has_env("TOKEN", "42")
    assert not of(up).has_env("TOKEN", "4")
    assert not of(up).has_env("TOKE")
    assert of(up).has_label(key)
    assert of(up).has_label(key, value)
    assert not of(up).has_label(key, "other")
    assert not of(up).has_label(f"{key}.other")


def test_ports(client, of, up, web, ended):
    web.reload()
    port = int(web.ports["80/tcp"][0]["HostPort"])
    assert of(web).publishes(80)
    assert of(web).publishes(80, port)
    assert not of(web).publishes(80, port + 1)
    assert not of(web).publishes(port, 80)
    assert of(up).publishes(9, protocol="udp")
    assert not of(up).publishes(9)
    assert not of(ended).publishes(80)


def test_ports_the_wrong_way_round(of, make):
    box = make("turned", start=False, ports={"8080/tcp": 80})
    result = of(box).publishes(80, 8080)
    assert not result
    assert "wrong way round" in result.hint


def test_listening(of, web, up, ended):
    assert of(web).accepts_connections(80)
    assert not of(web).accepts_connections(81, timeout=1)
    assert not of(up).accepts_connections(80, timeout=1)
    assert not of(ended).accepts_connections(80)


def test_server_that_starts_slowly_is_waited_for(of, make):
    box = make("slow", command=["sh", "-c", "sleep 2; httpd -f -p 5000"])
    assert of(box).accepts_connections(5000, timeout=20)


def test_server_for_itself_only_does_not_count(of, make):
    box = make("shy", command=["httpd", "-f", "-p", "127.0.0.2:5000"])
    assert of(box).exec_prints(["cat", "/proc/net/tcp"], ":1388")
    assert not of(box).accepts_connections(5000, timeout=1)


def test_server_of_the_host_does_not_count(of, make, web):
    box = make("guest", command=["sleep", "600"], network_mode="host")
    web.reload()
    port = int(web.ports["80/tcp"][0]["HostPort"])
    assert not of(box).accepts_connections(port, timeout=1)


def test_pages(task, of, web, up, ended):
    web.reload()
    port = web.ports["80/tcp"][0]["HostPort"]
    assert of(web).serves(text="It works!")
    assert of(web).serves("/none", status=404)
    assert not of(web).serves("/none", timeout=1)
    assert not of(web).serves(text="Welcome to nginx!", timeout=1)
    assert not of(up).serves()
    assert not of(ended).serves()
    assert task.serves(f"http://127.0.0.1:{port}/", text="It works!")


def test_another_server_does_not_answer_for_a_container(of, make, web):
    """Both are asked at once; only one of them is the one that the task names."""
    silent = make("silent", command=["sleep", "600"], ports={"80/tcp": ("127.0.0.1", None)})
    assert of(web).serves(text="It works!")
    assert not of(silent).serves(text="It works!", timeout=1)


def test_logs(of, up, ended, make):
    assert of(up).log_contains("out")
    assert of(up).log_contains("err")
    assert not of(up).log_contains("other", timeout=0.5)
    assert of(ended).log_contains("the reason")
    assert not of(f"none-{RUN}").log_contains("x")
    mute = make("mute", command=["echo", "hi"], log_config={"type": "none"})
    mute.wait(timeout=30)
    assert not of(mute).log_contains("hi")
    assert "exited with code 0" in of(mute).is_running().found


def test_exec(of, up, ended):
    assert of(up).exec_prints(["echo", "hello"], "hello")
    assert not of(up).exec_prints(["echo", "hello"], "goodbye", timeout=1)
    assert not of(up).exec_prints(["sh", "-c", "echo hello; exit 1"], "hello", timeout=1)
    assert not of(up).exec_prints(["no-such-program"], "")
    assert not of(ended).exec_prints(["echo", "hello"], "hello")
    assert not of(f"none-{RUN}").exec_prints(["echo", "hello"], "hello")


@pytest.mark.parametrize("command", [["sleep", "600"], ["yes"]], ids=" ".join)
def test_command_that_does_not_end_fails_in_time(of, up, command):
    before = time.monotonic()
    result = of(up).exec_prints(command, "y", timeout=1)
    up.exec_run(["killall", "yes"])  # the daemon has no way to end it: it would keep a core busy
    assert not result
    assert "did not end" in result.found
    assert time.monotonic() - before < 5


def test_gone(of, make):
    box = make("gone", command=["true"])
    assert not of(box).is_gone()
    box.remove(force=True)
    assert of(box).is_gone()
    assert not of(box.name[:-1]).is_gone()
    assert not of(f"none-{RUN}").is_gone()
    again = make("gone", command=["true"])
    assert not of(again).is_gone()


def test_gone_before_the_beginning_does_not_count(client, of, make):
    box = make("earlier", start=False)
    box.remove()
    assert of(box).is_gone()
    begin_history(client)
    assert not of(box).is_gone()


def test_history(of, make):
    box = make("history", command=["sleep", "600"])
    box.restart(timeout=5)
    assert of(box).went_through("create", "start", "die", "start")
    assert of(box).went_through("restart")
    assert not of(box).went_through("start", "create")
    assert not of(box).went_through("pause")
    later = make("later", command=["sleep", "600"])
    assert of(later).was_started_after(box.name)
    assert not of(box).was_started_after(later.name)
    box.restart(timeout=5)
    assert of(box).was_started_after(later.name)


def test_part_of_an_id_is_not_a_name(of, up):
    assert not of(up.id[:4]).exists()
    assert of(up.id[:12]).exists()
