"""Manifests against the schemas that the Kubernetes project publishes."""

import time
from pathlib import Path

import pytest

from dockerlab.kubernetes import problems

MANIFEST = Path(__file__).parents[2] / "course" / "swarm" / "deployment.yaml"


@pytest.fixture(scope="module")
def manifest() -> str:
    return MANIFEST.read_text(encoding="utf-8")


def test_the_lessons_own_keeps_the_schema_and_the_first_check_is_quick(manifest):
    began = time.process_time()
    assert problems(manifest) == []
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("replicas: 3", "replicas: three", "spec.replicas: 'three' is not of type"),
        ("replicas: 3", "replica: 3", "'replica' was unexpected"),
        ("apps/v1", "v1", "has no Deployment in v1"),
        ("kind: Deployment", "", "needs an `apiVersion` and a `kind`"),
        ("- containerPort", "containerPort", "spec.template.spec.containers.0.ports"),
        ("spec:", "spec: [", "This is no YAML"),
    ],
)
def test_a_mistake_is_told_with_its_place(manifest, right, wrong, told):
    assert right in manifest
    assert told in problems(manifest.replace(right, wrong, 1))[0]


def test_each_object_has_its_own_problem(manifest):
    both = manifest.replace("replicas: 3", "replicas: x").replace("- port: 80", "- port: http")
    assert len(problems(both)) == 2


@pytest.mark.parametrize("text", ["", "---\n---\n", "# nothing"])
def test_nothing_is_no_manifest(text):
    assert problems(text) == ["There is no object in it."]
