"""What the checks make of a daemon's answers, some of which are hard to get from a real one."""

from datetime import UTC, datetime

import pytest
from fake_docker import FakeClient, container, refusal

from autograder.checks import EngineFault, grade
from autograder.checks.references import full_name


def check(*boxes):
    """The checks of the first container; the task is worth one point."""
    client = FakeClient(*boxes)
    return client, grade("t", points=1, client=client).container(next(iter(client.boxes), "web"))


@pytest.fixture
def no_sleep(monkeypatch):
    monkeypatch.setattr("autograder.checks.lifecycle.time.sleep", lambda seconds: None)


@pytest.mark.parametrize(
    "state",
    [
        {"Status": "running", "Restarting": True},
        {"Status": "restarting", "Restarting": True},
        {"Status": "paused"},
        {"Status": "created"},
        {"Status": "exited"},
        {"Status": "dead"},
        {"Status": "removing"},
    ],
    ids=lambda state: state["Status"],
)
def test_only_running_is_running(state):
    _, box = check(container("web", **state))
    assert not box.is_running()


def test_old_container_is_looked_at_once(monkeypatch):
    monkeypatch.setattr("autograder.checks.lifecycle.time.sleep", pytest.fail)
    _, box = check(container("web"))
    assert box.is_running()


@pytest.mark.parametrize(
    ("state", "passed", "found"),
    [
        ({"Health": {"Status": "healthy"}}, True, ""),
        ({"Health": {"Status": "unhealthy"}}, False, "its health is 'unhealthy'"),
        ({"Health": {"Status": "starting"}}, False, "its health is 'starting'"),
        ({"Health": {"Status": "none"}}, False, "it has no health check"),
        ({}, False, "it has no health check"),
        ({"Status": "exited", "Health": {"Status": "healthy"}}, False, "it exited with code 0"),
    ],
)
def test_health_is_what_the_daemon_says_of_one_that_is_up(state, passed, found):
    _, box = check(container("web", **state))
    result = box.is_healthy(timeout=0)
    assert result.passed == passed
    assert found in result.found


@pytest.mark.usefixtures("no_sleep")
class TestYoungContainer:
    """By the daemon's clock it has run for 0.1 s; our own clock is years ahead or behind."""

    @pytest.fixture
    def young(self, monkeypatch):
        now = datetime.now(UTC)
        client, box = check(container("web", StartedAt=now.isoformat()))
        client.api.info = lambda: {"SystemTime": now.isoformat()}
        return client, box

    def test_that_goes_on_runs(self, young):
        assert young[1].is_running()

    def test_that_ends_does_not(self, young):
        client, box = young
        client.boxes["web"].append(container("web", Status="exited", ExitCode=1))
        assert "exited with code 1" in box.is_running().found

    def test_that_is_restarted_does_not(self, young):
        client, box = young
        again = container("web")
        again["RestartCount"] = 4
        client.boxes["web"].append(again)
        assert "4 times" in box.is_running().found

    def test_that_is_removed_does_not(self, young):
        client, box = young
        inspect = client.api.inspect_container

        def once(name):
            client.api.inspect_container = lambda name: client._inspect("none")
            return inspect(name)

        client.api.inspect_container = once
        assert "no container 'web'" in box.is_running().found


def test_restarted_container_must_stay_up_for_ten_seconds(monkeypatch):
    slept = []
    monkeypatch.setattr("autograder.checks.lifecycle.time.sleep", slept.append)
    now = datetime.now(UTC).isoformat()
    looping = container("web", StartedAt=now)
    looping["RestartCount"] = 1
    client, box = check(looping)
    client.api.info = lambda: {"SystemTime": now}
    box.is_running()
    assert slept == [pytest.approx(10, abs=1)]


def test_part_of_an_id_is_not_a_name():
    client, _ = check(container("other"))
    task = grade("t", points=1, client=client)
    client.boxes["db"] = client.boxes["other"]  # as the daemon answers for a container db12ab…
    assert not task.container("db").exists()
    client.boxes["0123456789ab"] = client.boxes["other"]
    assert task.container("0123456789ab").exists()


def test_near_name_is_told():
    client, _ = check(container("mariadb-basic", Status="exited"))
    result = grade("t", points=1, client=client).container("mariadb_basic").exists()
    assert "'mariadb-basic' (exited)" in result.found


def test_failed_start_is_not_created():
    _, box = check(container("web", Status="created", Error="port is already allocated"))
    result = box.is_created()
    assert not result
    assert "port is already allocated" in result.found


def test_log_lines_are_told():
    client, box = check(container("web", Status="exited", ExitCode=1))
    client.log = b"no password\n"
    result = box.is_running()
    assert "exited with code 1" in result.found
    assert "no password" in result.found
    assert "docker logs web" in result.hint


@pytest.mark.parametrize("status", [404, 501])
def test_log_that_cannot_be_read_is_no_fault(status):
    client, box = check(container("web", Status="exited"))
    client.log = refusal(status)
    assert not box.is_running()
    assert not box.log_contains("x", timeout=0)


@pytest.mark.parametrize("status", [500, 502, 503])
def test_daemon_that_fails_is_a_fault(status):
    client, box = check(container("web"))
    client.log = refusal(status, "boom")
    with pytest.raises(EngineFault, match="boom"):
        box.log_contains("x", timeout=0)


class TestGone:
    def test_needs_to_have_been_there(self):
        _, box = check()
        assert not box.is_gone()

    def test_passes_where_the_daemon_saw_it_go(self):
        client, box = check()
        client.event("create", "web")
        client.event("destroy", "web")
        assert box.is_gone()

    def test_is_not_deceived_by_a_longer_name(self):
        client, box = check()
        client.event("destroy", "web-2")
        assert not box.is_gone()

    def test_fails_where_it_was_made_again(self):
        client, box = check(container("web"))
        client.event("destroy", "web")
        assert not box.is_gone()

    def test_is_a_fault_where_the_daemon_may_have_forgotten(self):
        client, box = check()
        for _ in range(256):
            client.event("exec_start", "db")
        with pytest.raises(EngineFault, match="256"):
            box.is_gone()


def test_order_of_events():
    client, box = check(container("web"))
    for action in ("create", "start", "exec_start: sh", "kill", "die", "stop", "start"):
        client.event(action, "web")
    assert box.went_through("create", "start", "stop", "start")
    assert box.went_through("exec_start")
    assert not box.went_through("stop", "create")
    assert not box.went_through("start", "start", "start")


def test_started_after():
    older = container("db", StartedAt="2026-01-01T10:00:00.000001Z")
    newer = container("web", StartedAt="2026-01-01T10:00:00.000002Z")
    never = container("new", StartedAt="0001-01-01T00:00:00Z")
    task = grade("t", points=1, client=FakeClient(older, newer, never))
    assert task.container("web").was_started_after("db")
    assert not task.container("db").was_started_after("web")
    assert not task.container("web").was_started_after("web")
    assert not task.container("new").was_started_after("db")
    assert not task.container("web").was_started_after("none")


def test_environment():
    made = container("web")
    made["Config"]["Env"] = ["A=1", "B=x=y", "EMPTY=", "PATH=/bin"]
    _, box = check(made)
    assert box.has_env("A")
    assert box.has_env("A", "1")
    assert box.has_env("B", "x=y")
    assert box.has_env("EMPTY", "")
    assert not box.has_env("A", "2")
    assert not box.has_env("a")
    assert not box.has_env("EMPTY")
    assert not box.has_env("PAT")


def made_with_ports(asked, live, status="running", network="default"):
    made = container("web", Status=status)
    made["HostConfig"] = {"PortBindings": asked, "NetworkMode": network}
    made["NetworkSettings"]["Ports"] = live
    return check(made)[1]


def binding(port, address="127.0.0.1"):
    return [{"HostIp": address, "HostPort": port}]


def test_published_ports():
    box = made_with_ports({"80/tcp": binding("8080")}, {"80/tcp": binding("8080"), "443/tcp": None})
    assert box.publishes(80, 8080)
    assert box.publishes(80)
    assert not box.publishes(80, 808)
    assert not box.publishes(443)
    assert not box.publishes(80, 8080, protocol="udp")


def test_port_that_the_daemon_chose():
    box = made_with_ports({"80/tcp": binding("")}, {"80/tcp": binding("32768")})
    assert box.publishes(80)
    assert box.publishes(80, 32768)
    assert not box.publishes(80, 8080)


def test_range_of_ports():
    box = made_with_ports({"80/tcp": binding("8080-8090")}, {}, status="exited")
    assert box.publishes(80)
    assert not box.publishes(80, 8081)


def test_ports_the_wrong_way_round():
    box = made_with_ports({"8080/tcp": binding("80")}, {"8080/tcp": binding("80")})
    result = box.publishes(80, 8080)
    assert not result
    assert "wrong way round" in result.hint
    assert "8080:80" in result.hint


def test_ports_are_void_in_the_hosts_network():
    box = made_with_ports({"80/tcp": binding("8080")}, {}, network="host")
    assert not box.publishes(80, 8080)
    assert not box.accepts_connections(80, timeout=0)


@pytest.mark.parametrize(
    "spelling",
    [
        "mariadb",
        "mariadb:latest",
        "library/mariadb",
        "docker.io/library/mariadb:latest",
        "docker.io/mariadb",
        "index.docker.io/library/mariadb",
    ],
)
def test_spellings_of_one_image(spelling):
    assert full_name(spelling) == "mariadb:latest"


@pytest.mark.parametrize(
    "other",
    [
        "mariadb:11",
        "me/mariadb",
        "localhost:5000/mariadb",
        "mariadb2",
        "mariadb@sha256:" + "0" * 64,
    ],
)
def test_other_images(other):
    assert full_name(other) != "mariadb:latest"


def test_image_by_name_and_by_id():
    made = container("web")
    made["Config"]["Image"] = "sha256:1"
    _, box = check(made)
    assert box.runs_image("busybox")  # by its id
    assert not box.runs_image("debian")
    made["Image"] = "sha256:0"  # the tag has been moved since
    assert not box.runs_image("busybox")
    made["Config"]["Image"] = "busybox:latest"
    assert box.runs_image("docker.io/busybox")
