"""What refers to what, and the picture of it; no daemon needed."""

from __future__ import annotations

import itertools
import re
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from dockerlab.explorers.object_map_drawing import MOST, describe, svg
from dockerlab.object_map import Kind, ObjectMap, Thing, collect

LABEL = "dockerlab.lesson=test"
MINE = {"dockerlab.lesson": "test"}
LONG = "ab" * 32


def box(name: str, image: str, labels: dict[str, str] | None = None, **more: object) -> dict:
    return {
        "Id": f"id-{name}",
        "Names": [f"/{name}"],
        "ImageID": image,
        "State": "running",
        "Labels": labels,
        **more,
    }


@pytest.fixture
def objects() -> ObjectMap:
    """An engine with things of the lesson's and of others."""
    web = box(
        "web",
        "i1",
        MINE,
        NetworkSettings={"Networks": {"lan": {"NetworkID": "n1", "IPAddress": "10.0.0.2"}}},
        Mounts=[
            {"Type": "volume", "Name": LONG, "Destination": "/data"},
            {"Type": "bind", "Source": "/home", "Destination": "/home"},
        ],
    )
    guest = box("guest", "i2", NetworkSettings={"Networks": {"lan": {"NetworkID": ""}}})
    alone = box("alone", "i1", Mounts=[{"Type": "volume", "Name": "other", "Destination": "/x"}])
    images = [
        {"Id": "i1", "RepoTags": ["nginx:latest", "nginx:1"], "Size": 2e6, "Labels": None},
        {"Id": "i2", "RepoTags": ["busybox:latest"], "Size": 2e6, "Labels": None},
        {"Id": "sha256:0123456789abcdef", "RepoTags": [], "Size": 1e6, "Labels": MINE},
    ]
    networks = [
        {"Id": "n1", "Name": "lan", "Driver": "bridge", "Labels": MINE},
        {"Id": "n2", "Name": "host", "Driver": "host", "Labels": {}},
    ]
    volumes = [{"Name": n, "Driver": "local", "Labels": None} for n in (LONG, "other")]
    api = SimpleNamespace(
        containers=lambda *, all: [web, guest, alone],
        images=lambda: images,
        networks=lambda: networks,
        volumes=lambda: {"Volumes": volumes},
    )
    return collect(SimpleNamespace(api=api), LABEL)


def names(objects: ObjectMap, kind: Kind) -> list[str]:
    return [thing.name for thing in objects.of(kind)]


def test_all_is_collected_the_lessons_own_first(objects: ObjectMap) -> None:
    assert names(objects, Kind.CONTAINER) == ["web", "alone", "guest"]
    assert names(objects, Kind.IMAGE) == ["0123456789ab", "busybox", "nginx +1"]
    assert names(objects, Kind.NETWORK) == ["lan", "host"]
    assert names(objects, Kind.VOLUME) == [LONG[:12], "other"]
    told = {(link.container, link.kind, link.other, link.how) for link in objects.links}
    assert told == {
        ("id-web", Kind.IMAGE, "i1", ""),
        ("id-web", Kind.NETWORK, "n1", "10.0.0.2"),
        ("id-web", Kind.VOLUME, LONG, "/data"),
        ("id-guest", Kind.IMAGE, "i2", ""),
        ("id-guest", Kind.NETWORK, "n1", ""),  # by its name alone, as it has never run
        ("id-alone", Kind.IMAGE, "i1", ""),
        ("id-alone", Kind.VOLUME, "other", "/x"),
    }


def test_ours_is_what_is_ours_and_what_is_tied_to_it(objects: ObjectMap) -> None:
    ours = objects.ours()
    # guest is on the lesson's network; alone has only an image in common with web.
    assert names(ours, Kind.CONTAINER) == ["web", "guest"]
    assert names(ours, Kind.NETWORK) == ["lan"]
    assert names(ours, Kind.VOLUME) == [LONG[:12]]
    assert names(ours, Kind.IMAGE) == ["0123456789ab", "busybox", "nginx +1"]


def boxes(picture: str) -> list[tuple[float, float]]:
    root = ElementTree.fromstring(picture)  # noqa: S314  our own drawing
    rects = root.findall(".//{*}g/{*}rect")
    return [(float(r.attrib["x"]), float(r.attrib["y"])) for r in rects]


def test_the_picture_has_a_box_for_each_and_a_line_for_each_reference(objects: ObjectMap) -> None:
    picture = svg(objects)
    assert len(boxes(picture)) == len(set(boxes(picture))) == len(objects.things)
    assert picture.count('class="link') == len(objects.links)
    assert picture.count("★") == 3
    assert "3 images, 3 containers, 2 networks, 2 volumes; 7 references" in describe(objects)


@pytest.mark.parametrize("count", [0, 1, MOST, MOST + 1, 300])
def test_many_are_counted_and_none_overlap(count: int) -> None:
    things = tuple(
        Thing(kind, f"{kind}{n}", f"<{kind}> & a very, very long name {n}")
        for kind in Kind
        for n in range(count)
    )
    picture = svg(ObjectMap(things))
    drawn = boxes(picture)
    assert len(drawn) == 4 * min(count, MOST)
    for x in {x for x, _ in drawn}:
        ys = sorted(y for x2, y in drawn if x2 == x)
        assert all(b - a >= 38 for a, b in itertools.pairwise(ys))
    height = float(re.search(r'viewBox="0 0 \d+ (\d+)"', picture)[1])
    assert all(y + 38 <= height for _, y in drawn)
    assert picture.count(f"… and {count - MOST} more") == (4 if count > MOST else 0)
    assert picture.count(">none<") == (4 if count == 0 else 0)
