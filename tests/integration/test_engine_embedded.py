"""The embedded engine comes up, holds through trouble, and goes away without a trace.

Each test has an engine of its own, in a network namespace of its own: the course's engine, and
any other on this machine, is never touched.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import docker
import psutil
import pytest

from dockerlab import engine, images, paths
from dockerlab.commands import run
from dockerlab.engine import EmbeddedEngine, packages
from dockerlab.engine.firewall import BACKENDS
from dockerlab.errors import CommandFailed, EngineStartError
from dockerlab.wait import wait_for

COMMAND_TIMEOUT = 90  # seconds
START = """
import pathlib, sys
from dockerlab.engine import EmbeddedEngine
EmbeddedEngine(pathlib.Path(sys.argv[1]), private=True).up()
"""


@pytest.fixture(scope="module")
def busybox(client: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The image busybox, saved, for engines that have none."""
    images.ensure(client, ["busybox"])
    file = tmp_path_factory.mktemp("image") / "busybox.tar"
    with file.open("wb") as tar:
        tar.writelines(client.images.get("busybox").save(named="busybox:latest"))
    return file


@pytest.fixture
def home() -> Iterator[Path]:
    """A new engine's folder that has the programs already; its path is short, as sockets want."""
    packages.ensure(paths.home(), print)
    with tempfile.TemporaryDirectory(prefix="dlab-", dir="/var/tmp") as folder:
        new = Path(folder) / "home"
        new.mkdir()
        if (paths.home() / "prefix").exists():
            (new / "prefix").symlink_to(paths.home() / "prefix")
        try:
            yield new
        finally:
            EmbeddedEngine(new, private=True).down()


@pytest.fixture
def private(home: Path) -> EmbeddedEngine:
    return EmbeddedEngine(home, private=True)


@contextlib.contextmanager
def client_of(engine: EmbeddedEngine, image: Path | None = None) -> Iterator[docker.DockerClient]:
    with contextlib.closing(engine.endpoint.client(timeout=30)) as client:
        if image:
            client.images.load(image.read_bytes())
        yield client


def daemons(home: Path) -> list[psutil.Process]:
    """The processes whose command line speaks of a folder; not this test's own."""
    return [
        p
        for p in psutil.process_iter(["cmdline"])
        if p.pid != os.getpid() and any(f"{home}/" in word for word in p.info["cmdline"] or [])
    ]


def test_a_private_engine_runs_containers_on_its_own_network(
    private: EmbeddedEngine, busybox: Path
) -> None:
    private.up()
    with client_of(private, busybox) as client:
        said = client.containers.run("busybox", "cat /proc/1/comm", init=True, remove=True)
        assert said.split() == [b"docker-init"]
        addresses = client.containers.run("busybox", "ip -4 address show eth0", remove=True)
        assert b"inet 10.213.0." in addresses
    pid = private.status().pid
    assert not os.path.samefile(f"/proc/{pid}/ns/net", "/proc/self/ns/net")


def test_its_docker_command_has_compose_and_buildx(private: EmbeddedEngine) -> None:
    private.up()
    variables = private.environment()
    for plugin in ("compose", "buildx"):
        assert plugin in run(["docker", plugin, "version"], timeout=20, env=variables).lower()
    assert "Server" in run(["docker", "version"], timeout=20, env=variables)


def test_two_starts_at_once_give_one_engine(home: Path) -> None:
    starts = [subprocess.Popen([sys.executable, "-c", START, str(home)]) for _ in range(3)]
    assert [s.wait(COMMAND_TIMEOUT) for s in starts] == [0, 0, 0]
    assert len([p for p in daemons(home) if p.name() == "dockerd"]) == 1


def test_it_outlives_the_program_that_started_it(home: Path, private: EmbeddedEngine) -> None:
    command = [sys.executable, "-c", START, str(home)]
    starter = subprocess.Popen(command, start_new_session=True)
    assert starter.wait(COMMAND_TIMEOUT) == 0
    with contextlib.suppress(ProcessLookupError):
        os.killpg(starter.pid, signal.SIGHUP)  # as a closing terminal does
    pid = private.status().pid
    assert pid is not None
    assert os.getsid(pid) != starter.pid
    assert private.answers()


def test_a_stale_pid_file_and_socket_are_not_believed(private: EmbeddedEngine) -> None:
    bystander = subprocess.Popen(["sleep", "300"])
    try:
        private.run_folder.mkdir()
        (private.run_folder / "docker.pid").write_text(str(bystander.pid))
        (private.run_folder / "docker.sock").touch()
        assert private.pid() is None
        assert not private.answers()
        private.up()
        assert private.answers()
        private.down()
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait(10)


def test_it_comes_up_again_after_a_killed_daemon(private: EmbeddedEngine, busybox: Path) -> None:
    private.up()
    with client_of(private, busybox) as client:
        box = client.containers.run("busybox", "sleep 300", name="survivor", detach=True)
        inside = client.api.inspect_container(box.id)["State"]["Pid"]
    first = private.pid()
    assert first is not None
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: private.pid() is None, timeout=10, what="the daemon to die")
    private.up()
    assert private.pid() not in (None, first)
    wait_for(lambda: not psutil.pid_exists(inside), timeout=5, what="init to bury the dead")
    with client_of(private) as client:
        assert client.api.inspect_container("survivor")["State"]["Status"] == "exited"


def test_reset_forgets_all_but_the_programs(private: EmbeddedEngine, busybox: Path) -> None:
    private.up()
    with client_of(private, busybox) as client:
        assert client.images.list()
    private.reset()
    assert not private.data_root.exists()
    programs = (private.home / "prefix").exists()
    private.up()
    with client_of(private) as client:
        assert client.images.list() == []
    assert (private.home / "prefix").exists() == programs


def test_a_daemon_that_cannot_start_tells_why(private: EmbeddedEngine) -> None:
    private.data_root.write_text("not a folder")
    with pytest.raises(EngineStartError, match=r"did not start.*points to a file.*dockerd\.log"):
        private.up()
    private.data_root.unlink()
    private.up()
    assert private.answers()


def test_a_download_starts_anew_where_one_was_interrupted(tmp_path: Path) -> None:
    prefix = tmp_path / "prefix"
    for left in ("prefix.part/usr/bin/rubbish", "prefix.download/debs/tini_0_all.deb"):
        (tmp_path / left).parent.mkdir(parents=True)
        (tmp_path / left).write_text("cut o")
    packages._fetch(("tini",), prefix)
    assert "tini version" in run([str(prefix / "usr/bin/tini-static"), "--version"], timeout=20)
    assert not (prefix / "usr/bin/rubbish").exists()
    assert list(tmp_path.iterdir()) == [prefix]


def test_too_long_a_home_is_told(tmp_path: Path) -> None:
    with pytest.raises(EngineStartError, match="Name a shorter one: DOCKERLAB_HOME="):
        EmbeddedEngine(tmp_path / ("x" * 100), private=True).up()


@dataclass(frozen=True)
class Namespace:
    """A network namespace of the test's own: a machine's whole network, with nobody else in it."""

    name: str

    def run(self, *command: str, **variables: str) -> str:
        inside = ["nsenter", f"--net=/run/netns/{self.name}", *command]
        return run(inside, timeout=COMMAND_TIMEOUT, env=variables)

    def network(self) -> dict[str, list[str]]:
        """Its devices and addresses, rules of all kinds, and the forwarding switch."""
        shown = self.run("ip", "-oneline", "address")
        kinds = [f"{family}-{b}-save" for family in ("iptables", "ip6tables") for b in BACKENDS]
        return {
            "devices": sorted(re.findall(r"^\d+: ([^:@]+)", self.run("ip", "-o", "link"), re.M)),
            "addresses": sorted(re.findall(r"^\d+: (\S+ +inet \S+)", shown, re.M)),
            "rules": sorted(f"{kind}: {rule}" for kind in kinds for rule in self._rules(kind)),
            "forwarding": self.run("cat", "/proc/sys/net/ipv4/ip_forward").split(),
        }

    def _rules(self, save: str) -> list[str]:
        """Rules, chains, and policies, but for those that an untouched machine may have."""
        try:
            lines = self.run(save).splitlines()
        except CommandFailed:
            return []  # the kernel knows no such rules
        untouched = re.compile(r"#|\*|COMMIT|:[A-Z]+ ACCEPT")
        return [re.sub(r" \[\d+:\d+\]", "", x) for x in lines if not untouched.match(x)]


@pytest.fixture
def namespace() -> Iterator[Namespace]:
    name = f"dlab-test-{os.getpid()}"
    run(["ip", "netns", "add", name], timeout=20)
    try:
        space = Namespace(name)
        space.run("ip", "link", "set", "lo", "up")
        space.run("sh", "-c", "echo 0 >/proc/sys/net/ipv4/ip_forward")
        yield space
    finally:
        run(["ip", "netns", "delete", name], timeout=20)


@pytest.fixture
def foreign(namespace: Namespace, busybox: Path) -> Iterator[docker.DockerClient]:
    """Somebody else's engine in that namespace, set up as Docker is by default, at work."""
    programs = packages.ensure(paths.home(), print)
    with tempfile.TemporaryDirectory(prefix="dlab-", dir="/var/tmp") as folder:
        host = f"unix://{folder}/docker.sock"
        options = {"data-root": "data", "exec-root": "exec", "pidfile": "pid"}
        with Path(folder, "log").open("wb") as log:
            daemon = subprocess.Popen(
                [
                    "nsenter",
                    f"--net=/run/netns/{namespace.name}",
                    programs.which("dockerd"),
                    f"--host={host}",
                    *(f"--{option}={folder}/{file}" for option, file in options.items()),
                ],
                stdout=log,
                stderr=log,
                env={**os.environ, "PATH": os.pathsep.join(programs.path)},
            )
        try:
            wait_for(Path(folder, "docker.sock").exists, timeout=30, what="the foreign engine")
            with contextlib.closing(engine.Endpoint(host, "DOCKER_HOST").client(30)) as client:
                client.images.load(busybox.read_bytes())
                client.containers.run(
                    "busybox", "httpd -f -p 80", name="theirs", ports={80: 8080}, detach=True
                )
                yield client
                client.api.remove_container("theirs", force=True)
        finally:
            daemon.terminate()
            daemon.wait(30)
            EmbeddedEngine(Path(folder), private=True).trace.remove()


def cgroups(name: str) -> list[Path]:
    return [
        p
        for top in Path("/sys/fs/cgroup").glob("*")
        for p in (top / name, top)
        if p.name == name and p.exists()
    ]


def autograder_engine(namespace: Namespace, home: Path, command: str) -> str:
    """What a user of that machine types."""
    program = str(Path(sys.executable).with_name("autograder"))
    variables = {"DOCKERLAB_HOME": str(home), "DOCKER_HOST": "", "HOME": str(home)}
    return namespace.run(program, "engine", command, **variables)


def publish(client: docker.DockerClient, port: int) -> int:
    """Run a container that serves a port of the host, on a network of its own; return its pid."""
    client.networks.create("extra")
    box = client.containers.run(
        "busybox",
        "httpd -f -p 80",
        ports={80: port},
        network="extra",
        stop_signal="KILL",
        detach=True,
    )
    return int(client.api.inspect_container(box.id)["State"]["Pid"])


def assert_gone(engine: EmbeddedEngine, container: int) -> None:
    """Nothing of the engine, nor of a container of this pid, is left outside its folder."""
    assert daemons(engine.home) == []
    wait_for(lambda: not psutil.pid_exists(container), timeout=5, what="init to bury the dead")
    assert f" {engine.home}/" not in Path("/proc/self/mountinfo").read_text()
    assert cgroups_of(engine) == []


def cgroups_of(engine: EmbeddedEngine) -> list[Path]:
    name, top = engine.trace.cgroup.lstrip("/"), Path("/sys/fs/cgroup")
    return [folder for folder in (top / name, *top.glob(f"*/{name}")) if folder.exists()]


def test_down_leaves_nothing_and_touches_no_other_engine(
    home: Path, namespace: Namespace, foreign: docker.DockerClient, busybox: Path
) -> None:
    ours = EmbeddedEngine(home)
    before = namespace.network()
    theirs = foreign.api.inspect_container("theirs")["State"]
    assert before["rules"]

    assert ours.endpoint.host in autograder_engine(namespace, home, "up")
    with client_of(ours, busybox) as client:
        container = publish(client, 8081)
    for port in (8080, 8081):  # both engines' containers are reached from the host
        namespace.run("bash", "-c", f"exec 3<>/dev/tcp/127.0.0.1/{port}")
    during = namespace.network()
    for kind in ("devices", "addresses", "rules"):
        assert set(before[kind]) < set(during[kind])
    assert cgroups_of(ours)

    autograder_engine(namespace, home, "down")
    assert namespace.network() == before
    assert foreign.api.inspect_container("theirs")["State"] == theirs
    assert_gone(ours, container)


def test_down_cleans_up_after_a_killed_daemon(
    home: Path, namespace: Namespace, busybox: Path
) -> None:
    ours = EmbeddedEngine(home)
    before = namespace.network()
    assert before["forwarding"] == ["0"]

    autograder_engine(namespace, home, "up")
    with client_of(ours, busybox) as client:
        container = publish(client, 8080)
    during = namespace.network()
    assert during["forwarding"] == ["1"]
    assert set(before["rules"]) < set(during["rules"])
    daemon = ours.pid()
    assert daemon is not None
    os.kill(daemon, signal.SIGKILL)

    autograder_engine(namespace, home, "down")
    assert namespace.network() == before
    assert_gone(ours, container)


def test_status_tells_what_is_used_and_of_a_filter_that_cuts_it_off(
    home: Path, namespace: Namespace
) -> None:
    with pytest.raises(CommandFailed, match="autograder engine up"):
        autograder_engine(namespace, home, "status")
    autograder_engine(namespace, home, "up")
    said = autograder_engine(namespace, home, "status")
    assert "(embedded)" in said
    assert f"folder      {home}" in said
    assert "reach no network" not in said

    backend = json.loads((home / "run/network.json").read_text())["backend"]
    other = "nft" if backend == "legacy" else "legacy"
    namespace.run(f"iptables-{other}", "-P", "FORWARD", "DROP")
    assert "reach no network" in autograder_engine(namespace, home, "status")


def test_it_refuses_where_other_engines_hold_both_filters(home: Path, namespace: Namespace) -> None:
    for backend in BACKENDS:
        namespace.run(f"iptables-{backend}", "-t", "nat", "-N", "DOCKER")
    before = namespace.network()
    with pytest.raises(CommandFailed, match="would wipe them"):
        autograder_engine(namespace, home, "up")
    assert namespace.network() == before
    assert daemons(home) == []
