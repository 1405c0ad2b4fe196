"""The virtual machine boots, obeys its variables, and lets in only whom and where it should."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import uuid
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import docker
import pytest

from dockerlab import images, vm
from dockerlab.errors import CommandFailed

USER = "nana"

# docker-py leaves the socket of an exec to the garbage collector.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("key") / "key"
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(file)]
    subprocess.run(command, check=True, timeout=20)
    return file


@pytest.fixture(scope="module")
def machine(
    client: docker.DockerClient, labels: dict[str, str], key: Path
) -> Iterator[vm.VirtualMachine]:
    images.ensure(client, ["vm", "busybox"])
    machine = vm.boot(
        client,
        name=f"t{uuid.uuid4().hex[:10]}",
        labels=labels,
        memory=160,
        cpus=2,
        environment={
            "VM_HOSTNAME": "FirstVM-Linux",
            "VM_USER": USER,
            "VM_AUTHORIZED_KEYS": key.with_suffix(".pub").read_text(),
            "VM_DISK": "32M",
        },
        ports={f"{port}/tcp": ("127.0.0.1", None) for port in (22, 80, 443)},
    )
    yield machine
    machine.container.remove(force=True)


def port(machine: vm.VirtualMachine, inside: int) -> int:
    machine.container.reload()
    return int(machine.container.ports[f"{inside}/tcp"][0]["HostPort"])


def ssh(machine: vm.VirtualMachine, key: Path, *words: str) -> subprocess.CompletedProcess[str]:
    options = ["UserKnownHostsFile=/dev/null", "StrictHostKeyChecking=no", "LogLevel=ERROR"]
    return subprocess.run(
        [
            "ssh",
            *(f"-o{option}" for option in (*options, "BatchMode=yes", "IdentitiesOnly=yes")),
            *("-F", "/dev/null", "-i", str(key), "-p", str(port(machine, 22))),
            *words,
        ],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_it_is_a_machine_of_its_own_as_its_variables_say(
    client: docker.DockerClient, machine: vm.VirtualMachine
) -> None:
    assert machine.boot_seconds > 0.5
    assert machine.run("hostname") == "FirstVM-Linux\n"
    assert machine.run("nproc") == "2\n"
    assert machine.run("awk '$4 == \"vda\" { print $3 }' /proc/partitions") == "32768\n"
    total = int(machine.run("awk '/MemTotal/ { print $2 }' /proc/meminfo")) // 1024
    assert 90 < total < 160
    assert machine.run("uname -r").strip() != client.info()["KernelVersion"]


def test_a_failed_command_in_it_is_an_error_with_its_words(machine: vm.VirtualMachine) -> None:
    with pytest.raises(CommandFailed, match="nothing-here") as caught:
        machine.run("ls /nothing-here")
    assert caught.value.returncode == 1


def test_a_user_gets_in_by_the_key_and_by_no_other_way(
    machine: vm.VirtualMachine, key: Path, tmp_path: Path
) -> None:
    assert ssh(machine, key, f"{USER}@127.0.0.1", "id -un").stdout == f"{USER}\n"
    other = tmp_path / "other"
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(other)], check=True, timeout=20
    )
    refused = ssh(machine, other, f"{USER}@127.0.0.1", "id")
    assert refused.returncode == 255
    assert "Permission denied (publickey)" in refused.stderr  # a password is not even offered
    assert ssh(machine, key, "root@127.0.0.1", "id").returncode == 255


def test_a_copied_page_is_served(machine: vm.VirtualMachine, key: Path, tmp_path: Path) -> None:
    page = tmp_path / "mine.html"
    page.write_text("a page of mine")
    options = ("UserKnownHostsFile=/dev/null", "StrictHostKeyChecking=no", "IdentitiesOnly=yes")
    words = [f"-o{option}" for option in options]
    target = f"{USER}@127.0.0.1:/var/www/html/"
    command = ["scp", "-q", *words, "-F", "/dev/null", "-i", str(key)]
    command += ["-P", str(port(machine, 22)), str(page), target]
    subprocess.run(command, check=True, timeout=60, capture_output=True)
    connection = HTTPConnection("127.0.0.1", port(machine, 80), timeout=20)
    with contextlib.closing(connection):
        connection.request("GET", "/mine.html")
        assert connection.getresponse().read() == b"a page of mine"


def test_the_guest_cannot_call_out_and_other_ports_are_closed(machine: vm.VirtualMachine) -> None:
    with pytest.raises(CommandFailed):
        machine.run("nc -w 2 10.0.2.2 80 < /dev/null")  # the container, as the guest sees it
    machine.run("nc -l -p 8080 > /dev/null 2>&1 &")
    probe = ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080"]
    assert machine.container.exec_run(probe).exit_code != 0
    with socket.create_connection(("127.0.0.1", port(machine, 22)), timeout=20) as door:
        assert door.recv(4) == b"SSH-"


def test_an_exported_container_boots(client: docker.DockerClient, labels: dict[str, str]) -> None:
    images.ensure(client, ["vm", "busybox"])
    box = client.containers.create("busybox", "true", labels=labels)
    said = vm.boot_rootfs(
        client, b"".join(box.export()), "echo kernel $(uname -r) $((6 * 7))", labels=labels
    )
    line = next(line for line in said.splitlines() if line.startswith("kernel "))
    assert line.endswith(" 42")
    assert line.split()[1] != client.info()["KernelVersion"]


def test_a_machine_that_ends_says_why(client: docker.DockerClient, labels: dict[str, str]) -> None:
    images.ensure(client, ["vm"])
    with pytest.raises(CommandFailed, match="-m x: Parameter 'size'"):
        vm.boot(
            client, name=f"t{uuid.uuid4().hex[:10]}", labels=labels, environment={"VM_MEMORY": "x"}
        )
