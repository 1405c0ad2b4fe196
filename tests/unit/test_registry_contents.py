"""What a registry holds, as data and as a picture; no registry needed."""

from __future__ import annotations

from dockerlab.explorers.registry_drawing import MOST, describe, svg, table
from dockerlab.registry import Blob, Contents, Manifest, Request, Tag, shared
from dockerlab.registry.contents import read_blobs, read_platform


def digest(number: int) -> str:
    return f"sha256:{number:064x}"


def manifest(number: int, *blobs: Blob, **more: tuple[Manifest, ...]) -> Manifest:
    return Manifest(digest(number), "application/json", 500, blobs, **more)


BASE, EXTRA = Blob(digest(1), 1000), Blob(digest(2), 50)
ONE = manifest(10, BASE, Blob(digest(3), 7, "config"))
TWO = manifest(20, BASE, EXTRA, Blob(digest(4), 8, "config"))
CONTENTS = Contents(
    ("team/empty", "team/hello"),
    (Tag("team/hello", "1", ONE), Tag("team/hello", "2", TWO), Tag("team/hello", "latest", TWO)),
)


def test_what_two_tags_share_is_counted_once() -> None:
    assert shared(ONE, TWO) == (BASE,)
    assert CONTENTS.manifests == (ONE, TWO)
    assert [blob.kind for blob in CONTENTS.blobs] == ["layer", "layer", "config", "config"]
    assert CONTENTS.size == 1000 + 50 + 7 + 8
    assert CONTENTS.named_size == 1007 + 1058 + 1058


def test_a_tag_is_found_by_its_whole_name() -> None:
    assert CONTENTS.find("team/hello:2") == Tag("team/hello", "2", TWO)
    assert CONTENTS.find("hello:2") is None


def test_an_index_weighs_what_it_lists() -> None:
    index = manifest(30, children=(ONE, TWO))
    assert index.is_index
    assert index.weight == 1000 + 50 + 7 + 8
    assert shared(index, ONE) == ONE.blobs


def test_a_manifest_is_read() -> None:
    told = {
        "config": {"digest": digest(3), "size": 7},
        "layers": [{"digest": digest(1), "size": 1000}],
    }
    assert read_blobs(told) == ONE.blobs
    assert read_blobs({"manifests": []}) == ()
    assert read_platform({"platform": {"os": "linux", "architecture": "arm64"}}) == "linux/arm64"
    assert read_platform({}) == ""


def test_the_picture_tells_what_is_shared_and_whose_the_rest_is() -> None:
    tags = CONTENTS.tags
    drawn = svg(CONTENTS, tags[1], tags[0])
    assert drawn.count("in both") == 1
    assert "▶ team/hello:2" in drawn
    assert "▷ team/hello:1" in drawn
    assert "share 1 of 3 blobs" in drawn
    assert "▶" not in svg(CONTENTS)


def test_many_tags_are_cut_and_counted() -> None:
    tags = tuple(Tag("many", f"{n:03}", manifest(n, BASE)) for n in range(MOST + 3))
    drawn = svg(Contents(("many",), tags))
    assert drawn.count(">many:0") == 2 * MOST  # each box has a title
    assert drawn.count("… and 3 more") == 2  # tags and manifests


def test_an_empty_registry_can_be_drawn() -> None:
    assert svg(Contents()).count(">none<") == 3
    assert describe(Contents()).startswith("0 repositories, 0 tags")


def test_names_and_answers_are_shown_as_text() -> None:
    odd = Contents(("a",), (Tag("a", "<b>", ONE),))
    assert "<b>" not in svg(odd, odd.tags[0])
    assert "&lt;i&gt;" in table([Request("GET", "/v2/<i>", 404)])
