"""The checks of an image: answers that must pass, and answers that must not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from fake_docker import refusal

from autograder.checks import Image, grade


def image(layers: list[str], size: float = 5, **config: Any) -> dict[str, Any]:
    """What `docker image inspect` says; the size is in MB."""
    return {
        "Id": "".join(layers),
        "Size": int(size * 1e6),
        "Config": config or None,
        "RootFS": {"Type": "layers", "Layers": layers},
    }


IMAGES = {
    "web": image(
        ["a", "b"],
        ExposedPorts={"80/tcp": {}, "53/udp": {}},
        Labels={"author": "me"},
        User="1000:1000",
        Entrypoint=["/start.sh"],
        Cmd=["nginx", "-g", "daemon off;"],
    ),
    "web:2": image(["a", "c"]),
    "other": image(["x", "b"], size=80, User="0"),
    "empty": image([]),
}
STEPS = ["CMD [nginx]", "RUN /bin/sh -c apt-get   update && apt-get install nginx # buildkit"]


def inspect(reference: str) -> dict[str, Any]:
    if reference not in IMAGES:
        raise refusal(404)
    return IMAGES[reference]


def of(reference: str) -> Image:
    api = SimpleNamespace(
        inspect_image=inspect,
        images=lambda: [{"RepoTags": ["web:latest"]}, {"RepoTags": None}],
        history=lambda image: [{"CreatedBy": step} for step in STEPS],
    )
    return grade("t", points=1, client=SimpleNamespace(api=api)).image(reference)


@pytest.mark.parametrize(
    ("check", "arguments"),
    [
        ("has_label", ("author",)),
        ("has_label", ("author", "me")),
        ("exposes", (80,)),
        ("runs", ("start.sh",)),
        ("runs", ("nginx -g",)),
        ("runs", ("/start.sh nginx",)),
        ("runs_as", ("1000",)),
        ("is_smaller_than", (5.1,)),
        ("has_step", ("apt-get update",)),
        ("shares_layers_with", ("web:2", 1)),
        ("shares_layers_with", ("web",)),
    ],
)
def test_right(check: str, arguments: tuple[Any, ...]) -> None:
    assert getattr(of("web"), check)(*arguments)


@pytest.mark.parametrize(
    ("check", "arguments", "found"),
    [
        ("has_label", ("Author",), "no label Author"),
        ("has_label", ("author", "you"), "author=me"),
        ("exposes", (8080,), "53/udp, 80/tcp"),
        ("exposes", (53,), "53/udp, 80/tcp"),
        ("runs", ("start",), "/start.sh nginx -g daemon off;"),
        ("runs", ("nginx off",), "/start.sh nginx -g daemon off;"),
        ("runs_as", ("root",), "1000"),
        ("runs_as", ("100",), "1000"),
        ("is_smaller_than", (5,), "5.0 MB"),
        ("has_step", ("yum",), "2 steps, the last is: CMD [nginx]"),
        ("shares_layers_with", ("web:2",), "1 shared, then 1 of their own"),
        ("shares_layers_with", ("other", 2), "0 shared, then 2 of their own"),
        ("shares_layers_with", ("none", 9), "no image 'none'"),
    ],
)
def test_wrong(check: str, arguments: tuple[Any, ...], found: str) -> None:
    result = getattr(of("web"), check)(*arguments)
    assert not result
    assert result.found == found
    assert result.hint


def test_root_has_three_spellings() -> None:
    assert of("other").runs_as("root")
    assert of("web:2").runs_as("root")
    assert of("web:2").runs_as("0")


@pytest.mark.parametrize(
    ("check", "arguments"),
    [
        ("has_label", ("author",)),
        ("exposes", (80,)),
        ("runs", ("nginx",)),
        ("runs_as", ("root",)),
        ("is_smaller_than", (1000,)),
        ("has_step", ("",)),
        ("shares_layers_with", ("web", 99)),
    ],
)
def test_what_is_not_there_passes_no_check(check: str, arguments: tuple[Any, ...]) -> None:
    result = getattr(of("nothing"), check)(*arguments)
    assert not result
    assert result.found == "no image 'nothing'"
    assert result.hint == "Build it: docker build -t nothing ."
    assert "one called 'web'" in getattr(of("webb"), check)(*arguments).found


def test_images_without_layers_or_settings_are_judged_too() -> None:
    assert not of("empty").shares_layers_with("empty")
    assert not of("empty").runs("sh")
    assert not of("empty").exposes(80)
