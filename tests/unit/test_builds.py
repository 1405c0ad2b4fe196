"""What is made of BuildKit's account of a build; recorded from real ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from dockerlab.builds.build import Build, account, describes, run
from dockerlab.builds.cache import Record
from dockerlab.builds.dockerfile import parse, stage_names
from dockerlab.builds.picture import svg
from dockerlab.builds.progress import Vertex, read

RECORDED = Path(__file__).parent / "recorded_builds"
TWO_STAGES = """\
FROM debian AS make
RUN echo "compiling ..." && sleep 0.3 && head -c 3000000 /dev/urandom > /big

FROM busybox
COPY --from=make /big /big
COPY page.html /site/
CMD ["cat", "/site/page.html"]
"""
BIG = 'mount / from exec /bin/sh -c echo "compiling ..." && sleep 0.3 && head -c 3000000 '
CACHE = [
    Record("a", BIG + "/dev/urandom > /big", 7, "2026-11-24T10:00:00Z"),
    Record("b", BIG + "/dev/urandom > /big", 3000000, "2026-11-24T11:00:00Z"),
    Record("c", "[stage-1 3/3] COPY page.html /site/", 6, "2026-11-24T11:00:00Z"),
    Record("d", "local source for context", 6, "2026-11-24T11:00:00Z"),
]


def build(name: str, dockerfile: str = TWO_STAGES) -> Build:
    return account(dockerfile, read((RECORDED / f"{name}.txt").read_text()), CACHE)


def test_a_first_build_builds_all() -> None:
    first = build("first")
    assert first.ok
    assert first.states() == ["base", "built", "base", "built", "built", "setting"]
    compiling, copying = first.steps[1], first.steps[4]
    assert compiling.log == "compiling ...\n"
    assert compiling.seconds == pytest.approx(1.9, abs=0.1)
    assert (compiling.size, copying.size) == (3_000_000, 6)
    assert first.steps[3].size is None, "no record tells"
    assert first.sent == 39


def test_after_a_change_the_steps_above_come_from_the_cache() -> None:
    """This one is recorded with an object a line, as newer versions of buildx write it."""
    changed = build("changed")
    assert changed.states() == ["base", "cached", "base", "cached", "built", "setting"]
    assert changed.steps[1].seconds == 0
    assert changed.states("COPY") == ["cached", "built"]
    assert "(before: 2.7 s)" in svg(changed, build("first"))


def test_a_failed_step_ends_the_build() -> None:
    text = "FROM busybox\nRUN echo one\nRUN ls /none\nRUN echo never\nEXPOSE 80\n"
    failed = build("failed", text)
    assert not failed.ok
    assert failed.states() == ["base", "built", "failed", "not run", "not run"]
    assert failed.error.endswith(
        '"/bin/sh -c ls /none" did not complete successfully: exit code: 1'
    )
    assert ">>> RUN ls /none" in failed.excerpt
    shown = repr(failed)
    assert "ls: /none: No such file or directory" in shown
    assert shown.endswith(failed.error)


def test_a_syntax_error_runs_nothing() -> None:
    wrong = build("syntax", "FROM busybox\nRUM echo one\n")
    assert wrong.states() == ["not run", "not run"]
    assert wrong.error == (
        "dockerfile parse error on line 2: unknown instruction: RUM (did you mean RUN?)"
    )
    assert ">>> RUM" in wrong.excerpt


def test_what_is_shown_is_escaped() -> None:
    text = "FROM busybox\nRUN echo '<script>'\n"
    shown = account(text, read("ERROR: <b>"))._repr_html_()
    assert "<script>" not in shown
    assert "<b>" not in shown.replace("<b>failed</b>", "")


@pytest.mark.parametrize("said", ["", "no json at all\n", '{"vertexes": [', '{"vertexes":null}\n'])
def test_a_stream_that_is_cut_off_is_read_as_far_as_it_goes(said: str) -> None:
    progress = read(said)
    assert progress.vertices == []
    assert account("", progress).steps == ()


def test_instructions_are_numbered_as_buildkit_does() -> None:
    text = """\
# syntax=docker/dockerfile:1
ARG VERSION=1
FROM --platform=$BUILDPLATFORM debian AS Make
RUN apt-get update \\
    # a comment between
 && apt-get install -y make
ENV a=b
COPY <<EOF /note
RUN is text here
EOF

FROM make
WORKDIR /site
FROM scratch
add a.tar /
"""
    found = [(each.keyword, each.line, each.stage, each.step) for each in parse(text)]
    assert found == [
        ("ARG", 2, 0, None),
        ("FROM", 3, 0, 1),
        ("RUN", 4, 0, 2),
        ("ENV", 7, 0, None),
        ("COPY", 8, 0, 3),
        ("FROM", 12, 1, None),
        ("WORKDIR", 13, 1, 1),
        ("FROM", 14, 2, None),
        ("ADD", 15, 2, 1),
    ]
    assert parse(text)[2].text == "RUN apt-get update && apt-get install -y make"
    assert stage_names(parse(text)) == ["make", "stage-1", "stage-2"]


@pytest.mark.parametrize(
    ("description", "name", "same"),
    [
        ("mount / from exec /bin/sh -c make all", "[2/3] RUN make all", True),
        ("mount / from exec /bin/sh -c make all", "[2/3] RUN --network=host make all", True),
        ("mount / from exec /bin/sh -c make all", "[2/3] RUN all", False),
        ("mount / from exec bash -c remake", "[2/3] RUN make", False),
        ("[2/3] COPY a /", "[two 4/5] COPY a /", True),
        ("[2/3] COPY a /", "[2/3] COPY a /b", False),
        ("local source for context", "[internal] load build context", False),
    ],
)
def test_a_record_of_the_cache_is_known_by_what_made_it(
    description: str, name: str, same: bool
) -> None:
    assert describes(Record("x", description, 1, ""), Vertex(name)) is same


def test_only_builds_are_run(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="docker rmi"):
        run("docker rmi everything", tmp_path, {})
