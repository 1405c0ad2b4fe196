"""What the build of an image is given."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from dockerlab.images import build


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The machine's certificates: those that OpenSSL is told of."""
    file = tmp_path / "ca.pem"
    file.write_text("certificates")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return file


def names(folder: Path) -> set[str]:
    with tarfile.open(fileobj=build.context(folder)) as tar:
        return {name.removeprefix("./") for name in tar.getnames()} - {"."}


def test_a_recipe_that_uses_pip_gets_the_certificates_that_the_machine_trusts(
    tmp_path: Path, trusted: Path
) -> None:
    recipe = tmp_path / "recipe"
    recipe.mkdir()
    (recipe / "Dockerfile").write_text("FROM debian")
    assert names(recipe) == {"Dockerfile"}
    (recipe / "requirements.txt").write_text("checkov")
    assert names(recipe) == {"Dockerfile", "requirements.txt", "machine-ca.pem"}
    with tarfile.open(fileobj=build.context(recipe)) as tar:
        certificates = tar.extractfile("machine-ca.pem")
        assert certificates is not None
        assert certificates.read() == b"certificates"


def test_a_machine_without_such_a_file_builds_as_well(tmp_path: Path, trusted: Path) -> None:
    trusted.unlink()
    (tmp_path / "requirements.txt").write_text("checkov")
    assert "machine-ca.pem" not in names(tmp_path)
