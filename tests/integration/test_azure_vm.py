"""What lesson 12 uses on a real engine: Checkov in its container, and a door by ssh to volumes."""

from __future__ import annotations

import socket
from pathlib import Path

import docker
import pytest

from dockerlab import images, ssh
from dockerlab.azure import policies, template
from dockerlab.door import IMAGE, open_door
from dockerlab.errors import CommandFailed

KEY = "ssh-ed25519 " + "A" * 68 + " nana"


@pytest.fixture(scope="module", autouse=True)
def _images(client: docker.DockerClient) -> None:
    images.ensure(client, ["vm", "checkov", "busybox"])


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_checkov_minds_the_open_door_until_it_is_narrowed(
    client: docker.DockerClient, labels: dict[str, str]
) -> None:
    arm = template.load()

    def codes(**given: str) -> set[str]:
        resources = template.resolve(arm, {"sshPublicKey": KEY, **given})
        return {finding.code for finding in policies.check(client, resources, labels=labels)}

    assert codes() - codes(sshSource="203.0.113.7") == {"CKV_AZURE_10"}
    ours = {"label": [f"{key}={value}" for key, value in labels.items()]}
    assert client.api.containers(all=True, filters=ours) == []


def test_what_checkov_cannot_read_is_told(
    client: docker.DockerClient, labels: dict[str, str]
) -> None:
    with pytest.raises(CommandFailed):
        policies.check(client, [], labels=labels)


def test_the_door_opens_by_key_alone_to_what_others_serve(
    client: docker.DockerClient, labels: dict[str, str], tmp_path: Path, port: int
) -> None:
    ssh.ensure()
    public = ssh.make_key(tmp_path / "right.key", "ann")
    ssh.make_key(tmp_path / "wrong.key", "eve")
    volume = client.volumes.create("door-test-pages", labels=labels)
    box = open_door(
        client,
        name="door-test",
        user="ann",
        key=public,
        volumes={volume.name: "/pages"},
        port=port,
        labels=labels,
    )
    try:
        ann = ssh.Login(tmp_path, "right.key", "ann", port)
        assert ann.run("id -un").output.strip() == "ann"
        (tmp_path / "page.html").write_text("hello")
        assert ann.copy("page.html", "/pages/").succeeded
        beside = client.containers.run(
            "busybox",
            ["cat", "/pages/page.html"],
            volumes={volume.name: {"bind": "/pages", "mode": "ro"}},
            labels=labels,
            remove=True,
        )
        assert beside == b"hello"
        assert not ann.copy("page.html", "/etc/").succeeded

        stranger = ssh.Login(tmp_path, "wrong.key", "ann", port).run("id")
        assert (stranger.code, stranger.output) == (255, "")
        assert "Permission denied (publickey)" in stranger.complaint
        password = ann.run("id", "-oPubkeyAuthentication=no", "-oPreferredAuthentications=password")
        assert (password.code, password.output) == (255, "")

        (tmp_path / "right.key").chmod(0o644)
        refused = ann.run("id")
        assert refused.code == 255
        assert "too open" in refused.complaint
    finally:
        box.remove(force=True, v=True)
        volume.remove()
        client.images.remove(IMAGE, force=True)
