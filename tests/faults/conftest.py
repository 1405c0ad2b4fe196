"""The engine is the one of the integration tests."""

from __future__ import annotations

from collections.abc import Iterator

import docker
import pytest

from dockerlab import engine


@pytest.fixture(scope="session")
def client() -> Iterator[docker.DockerClient]:
    """A client of the engine that a learner would use here."""
    client = engine.connect()
    yield client
    client.close()
