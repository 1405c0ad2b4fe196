"""What the checks make of a container's command, host name, limits and restarts."""

import socket
import threading

import pytest
from fake_docker import FakeClient, container, refusal

from autograder.checks import grade, visits
from autograder.checks.options import MIB


def check(box):
    client = FakeClient(box)
    return client, grade("t", points=1, client=client).container("web")


def made_with(**host):
    box = container("web")
    box["HostConfig"] |= host
    return box


def test_entry_point_and_command_are_one_line():
    box = container("web")
    box |= {"Path": "sh", "Args": ["-c", "exit 3"]}
    _, checks = check(box)
    assert checks.has_command(["sh", "-c", "exit 3"])
    result = checks.has_command(["sh", "-c", "exit", "3"])
    assert not result
    assert result.found == "['sh', '-c', 'exit 3']"


@pytest.mark.parametrize(
    ("command", "passed"),
    [
        (["sleep", "60"], True),
        (["/bin/sleep", "60"], True),
        (["sh", "-c", "exec sleep 60"], True),
        (["sleep", "600"], False),
        (["sleep"], False),
        (["nosleep", "60"], False),
    ],
)
def test_a_program_runs_by_itself_or_in_a_shell(command, passed):
    box = container("web")
    box |= {"Path": command[0], "Args": command[1:]}
    assert check(box)[1].runs("sleep 60").passed == passed


def test_host_name_is_not_the_name():
    box = container("web")
    box["Config"]["Hostname"] = "0123456789ab"
    _, checks = check(box)
    assert checks.has_hostname("0123456789ab")
    assert checks.has_hostname("web").found == "--hostname 0123456789ab"


@pytest.mark.parametrize(
    ("memory", "bounds", "passed"),
    [
        (48 * MIB, (48,), True),
        (48_000_000, (48,), False),
        (0, (48,), False),
        (96 * MIB, (41, 128), True),
        (24 * MIB, (41, 128), False),
        (129 * MIB, (41, 128), False),
        (0, (41, 128), False),
    ],
)
def test_memory_is_counted_in_mib(memory, bounds, passed):
    _, checks = check(made_with(Memory=memory))
    assert checks.has_memory_limit(*bounds).passed == passed


@pytest.mark.parametrize(
    ("host", "passed"),
    [
        ({"NanoCpus": 250_000_000}, True),
        ({"CpuQuota": 25_000, "CpuPeriod": 100_000}, True),
        ({"CpuQuota": 25_000, "CpuPeriod": 0}, True),
        ({"CpuQuota": 12_500, "CpuPeriod": 50_000}, True),
        ({"NanoCpus": 500_000_000}, False),
        ({"NanoCpus": 0, "CpuQuota": -1}, False),
        ({"CpuShares": 256}, False),
    ],
)
def test_a_share_of_a_processor_can_be_said_in_two_ways(host, passed):
    _, checks = check(made_with(**host))
    assert checks.has_cpu_limit(0.25).passed == passed


@pytest.mark.parametrize(("limit", "passed"), [(20, True), (21, False), (0, False), (None, False)])
def test_processes_are_limited(limit, passed):
    _, checks = check(made_with(PidsLimit=limit))
    assert checks.has_process_limit(20).passed == passed


@pytest.mark.parametrize(("init", "passed"), [(True, True), (False, False), (None, False)])
def test_an_init_process(init, passed):
    _, checks = check(made_with(Init=init))
    assert checks.has_init().passed == passed


@pytest.mark.parametrize(
    ("told", "passed"),
    [
        ({"Test": ["CMD", "true"], "Interval": 10**9, "Retries": 30}, True),
        ({"Test": ["CMD", "true"], "Interval": 2 * 10**9, "Retries": 30}, False),
        ({"Test": ["CMD", "true"], "Interval": 10**9, "Retries": 3}, False),
        ({"Test": ["CMD", "true"]}, False),
        ({"Test": ["NONE"], "Interval": 10**9, "Retries": 30}, False),
        ({"Interval": 10**9, "Retries": 30}, False),
        (None, False),
    ],
)
def test_how_often_a_container_is_looked_at(told, passed):
    box = container("web")
    box["Config"]["Healthcheck"] = told
    _, checks = check(box)
    assert checks.has_health_check(every=1, retries=30).passed == passed


def test_a_health_check_without_words_has_the_daemons_own():
    box = container("web")
    box["Config"]["Healthcheck"] = {"Test": ["CMD", "true"]}
    _, checks = check(box)
    assert checks.has_health_check(every=30, retries=3)
    assert checks.has_health_check(every=1, retries=3).found == "every 30 s, 3 tries"


@pytest.mark.parametrize(
    ("told", "wanted", "passed"),
    [
        ({"Name": "unless-stopped", "MaximumRetryCount": 0}, ("unless-stopped", None), True),
        ({"Name": "always", "MaximumRetryCount": 0}, ("unless-stopped", None), False),
        ({"Name": "on-failure", "MaximumRetryCount": 4}, ("on-failure", 4), True),
        ({"Name": "on-failure", "MaximumRetryCount": 4}, ("on-failure", None), True),
        ({"Name": "on-failure", "MaximumRetryCount": 0}, ("on-failure", 4), False),
        ({"Name": "", "MaximumRetryCount": 0}, ("no", None), True),
        (None, ("always", None), False),
    ],
)
def test_restart_policy(told, wanted, passed):
    _, checks = check(made_with(RestartPolicy=told))
    assert checks.has_restart_policy(wanted[0], retries=wanted[1]).passed == passed


def test_what_is_not_there_has_nothing():
    checks = grade("t", points=1, client=FakeClient()).container("web")
    for result in (
        checks.has_command(["sh"]),
        checks.runs("sh"),
        checks.has_hostname("web"),
        checks.has_memory_limit(48),
        checks.has_cpu_limit(0.5),
        checks.has_process_limit(9),
        checks.has_init(),
        checks.has_health_check(every=1, retries=3),
        checks.has_restart_policy("no"),
        checks.can_be_restarted(),
        checks.tells_visitors(7000, "hello"),
    ):
        assert not result
        assert result.found == "no container 'web'"


def test_one_that_is_down_is_not_restarted():
    client, checks = check(container("web", Status="exited", ExitCode=1))
    client.api.restart = pytest.fail
    assert "exited with code 1" in checks.can_be_restarted().found


def test_a_restart_that_is_refused_is_told():
    client, checks = check(container("web"))

    def restart(box, timeout):
        raise refusal(409, "port is already allocated")

    client.api.restart = restart
    assert "port is already allocated" in checks.can_be_restarted().found


def test_one_that_ends_after_a_restart_has_not_come_up(monkeypatch):
    monkeypatch.setattr("autograder.checks.restarts.UP_AGAIN", 0)
    client, checks = check(container("web"))

    def restart(box, timeout):
        client.boxes["web"] = [container("web", Status="exited", ExitCode=1)]

    client.api.restart = restart
    assert "exited with code 1" in checks.can_be_restarted().found
    client.boxes["web"] = [container("web")]
    client.api.restart = lambda box, timeout: None
    assert checks.can_be_restarted()


class TestVisitors:
    """A real server, and a daemon that says that it is the container's."""

    @pytest.fixture
    def server(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.served = 0

            def serve():
                while True:
                    try:
                        visitor, _ = listener.accept()
                    except OSError:
                        return
                    with visitor:
                        self.served += 1
                        visitor.sendall(b"ruby-otter\n")

            threading.Thread(target=serve, daemon=True).start()
            yield listener.getsockname()[1]

    def box(self, port, **state):
        box = container("web", **state)
        box["NetworkSettings"]["Ports"] = {"7000/tcp": [{"HostIp": "", "HostPort": str(port)}]}
        return box

    @pytest.fixture(autouse=True)
    def hurry(self, monkeypatch):
        monkeypatch.setattr(visits, "SETTLED", 0)

    def test_each_is_told(self, server):
        _, checks = check(self.box(server))
        assert checks.tells_visitors(7000, "ruby-otter", at=server, count=3)
        assert self.served == 3

    def test_another_word(self, server):
        _, checks = check(self.box(server))
        result = checks.tells_visitors(7000, "jade-lynx")
        assert not result
        assert "'ruby-otter'" in result.found

    def test_another_port(self, server):
        _, checks = check(self.box(server))
        result = checks.tells_visitors(7000, "ruby-otter", at=server + 1, timeout=0)
        assert result.found == f"no port {server + 1} of the host leads to its 7000"

    def test_one_that_ends_is_started_again(self, server):
        client, checks = check(self.box(server))
        started = []
        client.api.start = started.append
        running = self.box(server)
        client.boxes["web"] = [running, running, self.box(server, Status="exited")]
        result = checks.tells_visitors(7000, "ruby-otter", count=2)
        assert "visitor 2 met nobody" in result.found
        assert started == [running["Id"]]
