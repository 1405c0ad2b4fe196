"""The doctor says what is wrong and the one thing to do, and never starts anything."""

from __future__ import annotations

import ast
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder import doctor
from autograder.cli.doctor import doctor as command

LESSONS = sorted(Path(__file__).parents[2].glob("course/[0-9][0-9]-*.ipynb"))
LAB = 8888


@pytest.fixture
def no_daemon(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """DOCKER_HOST names a socket that nobody listens on."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody.sock")


@pytest.fixture
def listener() -> Iterator[int]:
    """A port of this machine that a program holds: this one."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.mark.usefixtures("no_daemon")
def test_without_a_daemon_it_goes_on_and_ends_with_1() -> None:
    result = CliRunner().invoke(command, ["--json"])
    findings = {f["topic"]: f for f in json.loads(result.stdout)}
    assert result.exit_code == 1
    assert not findings["engine"]["ok"]
    assert "nobody.sock" in findings["engine"]["found"]
    assert findings["architecture"]["ok"]
    assert "images" not in findings


@pytest.mark.usefixtures("no_daemon")
def test_lines_name_the_remedy() -> None:
    result = CliRunner().invoke(command)
    assert "WRONG engine" in result.output
    assert "→" in result.output
    assert "to mend" in result.output


def test_a_held_port_names_its_holder(monkeypatch: pytest.MonkeyPatch, listener: int) -> None:
    monkeypatch.setattr(doctor, "PORTS", {listener: "a test"})
    (finding,) = doctor._ports(None)
    assert not finding.ok
    assert "python" in finding.found or "pytest" in finding.found
    assert finding.advice


def test_a_free_port_is_well(monkeypatch: pytest.MonkeyPatch, listener: int) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        free = unused.getsockname()[1]
    assert free != listener
    monkeypatch.setattr(doctor, "PORTS", {free: "a test"})
    (finding,) = doctor._ports(None)
    assert finding.ok


def test_a_full_disk_says_how_much_to_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "DISK_NEEDED", 10**18)
    finding = doctor._disk()
    assert not finding.ok
    assert "GB more" in finding.advice


def test_a_package_that_is_too_old_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        doctor.importlib.metadata, "requires", lambda _: ["pytest>=999", "no-such-package-here>=1"]
    )
    finding = doctor._packages()
    assert not finding.ok
    assert "pytest is" in finding.found
    assert "no-such-package-here is missing" in finding.found


def test_a_missing_extension_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "EXTENSIONS", ("@nobody/nothing",))
    (finding,) = doctor._extensions()
    assert not finding.ok
    assert finding.found == "missing"


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_it_looks_at_the_ports_that_lessons_publish(lesson: Path) -> None:
    cells = json.loads(lesson.read_text(encoding="utf-8"))["cells"]
    (needs,) = ("".join(cell["source"]) for cell in cells if cell["id"] == "needs")
    published = _published(ast.parse(needs))
    assert published <= doctor.PORTS.keys()
    assert LAB not in published, "JupyterLab has this one"


def _published(needs: ast.Module) -> set[int]:
    """What a lesson's first cell names as its ports, by numbers or by constants of its own."""
    constants = {
        node.targets[0].id: node.value.value
        for node in ast.walk(needs)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }
    lists = [
        ast.Expression(node.value)
        for node in ast.walk(needs)
        if isinstance(node, ast.keyword) and node.arg == "ports"
    ]
    # The course's own code, with nothing to call.
    return {port for each in lists for port in eval(compile(each, "needs", "eval"), constants)}  # noqa: S307
