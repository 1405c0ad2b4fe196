"""Each check that tries an image in a container: what must pass, and what must fail."""

import io
import uuid

import inventory
import pytest

from autograder.checks import grade
from dockerlab import images

RUN = uuid.uuid4().hex[:6]
GOOD, BAD, NONE = f"try-good-{RUN}", f"try-bad-{RUN}", f"try-none-{RUN}"
RECIPES = {
    GOOD: b"""\
FROM busybox
ENV WORD=hello
RUN mkdir /site && echo 'a page' > /site/index.html
RUN printf '#!/bin/sh\\necho $WORD "$@"\\n' > /say && chmod 755 /say
HEALTHCHECK CMD wget -q -O /dev/null http://127.0.0.1:80/ || exit 1
ENTRYPOINT ["/say"]
CMD ["world"]
""",
    f"{GOOD}:web": b"""\
FROM busybox
RUN mkdir /site && echo 'a page' > /site/index.html
HEALTHCHECK CMD wget -q -O /dev/null http://127.0.0.1:80/ || exit 1
CMD ["httpd", "-f", "-p", "80", "-h", "/site"]
""",
    BAD: b'FROM busybox\nHEALTHCHECK CMD true\nCMD ["/no-such-program"]\n',
    f"{BAD}:user": b'FROM busybox\nUSER nosuchuser\nCMD ["echo", "hello"]\n',
    f"{BAD}:code": b"FROM busybox\nCMD echo hello; exit 3\n",
    f"{BAD}:long": b"FROM busybox\nCMD echo hello; sleep 100\n",
    f"{BAD}:nothing": b"FROM scratch\nLABEL a=b\n",
}


@pytest.fixture(scope="module", autouse=True)
def made(client, labels):
    images.ensure(client, ["busybox"])
    for name, recipe in RECIPES.items():
        client.images.build(
            fileobj=io.BytesIO(recipe), tag=name, labels=labels, rm=True, forcerm=True
        )


@pytest.fixture
def image(client):
    before = inventory.take(client)
    yield grade("t", points=1, client=client).image
    assert inventory.take(client) == before


def test_what_it_prints(image):
    assert image(GOOD).prints("hello world")
    assert image(GOOD).prints("hello you", command=["you"])
    assert image(GOOD).prints("bye you", command=["you"], environment={"WORD": "bye"})
    assert not image(GOOD).prints("hello you")
    assert not image(NONE).prints("hello")


@pytest.mark.parametrize(
    ("tag", "found"),
    [
        ("latest", "cannot be started"),
        ("user", "cannot be started"),
        ("code", "exit code 3"),
        ("long", "has not ended"),
    ],
)
def test_one_that_does_not_end_well_is_a_result(image, tag, found):
    result = image(f"{BAD}:{tag}").prints("hello", timeout=2)
    assert not result
    assert found in result.found


def test_what_it_serves(image):
    assert image(f"{GOOD}:web").would_serve("/", text="a page")
    assert not image(f"{GOOD}:web").would_serve("/", text="another page", timeout=3)
    assert not image(f"{GOOD}:web").would_serve("/", port=8080, timeout=1)
    assert not image(BAD).would_serve("/", timeout=1)
    assert "ended" in image(GOOD).would_serve("/", timeout=2).found
    assert not image(NONE).would_serve("/")


def test_whether_its_health_check_looks(image):
    assert image(f"{GOOD}:web").notices_a_missing_server()
    assert image(GOOD).notices_a_missing_server()
    assert not image(BAD).notices_a_missing_server()
    assert image("busybox").notices_a_missing_server().found == "no HEALTHCHECK"
    assert not image(NONE).notices_a_missing_server()


def test_what_a_file_of_it_says(image):
    assert image(GOOD).holds("/site/index.html", text="a page")
    assert not image(GOOD).holds("/site/index.html", text="another")
    assert not image(GOOD).holds("/site")
    assert not image(GOOD).holds("/nothing")
    assert not image(NONE).holds("/etc/passwd")
    assert image(GOOD).content("/site/index.html") == "a page\n"
    assert image(f"{BAD}:nothing").content("/x") is None
