"""Layers are read from small tars of all layouts, and tell what they do to the files below them."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Callable, Sequence

import pytest

from dockerlab.errors import DockerLabError
from dockerlab.explorers import layer_drawing as draw
from dockerlab.layers import Change, Image, Kind, Layer, compare, group, leftovers, read_tar

FOLDER = object()
A, C, D = Kind.ADDED, Kind.CHANGED, Kind.DELETED
BASE = {"etc": FOLDER, "etc/os": "debian", "etc/motd": "hello", "var/log/a": "1", "var/log/b": "2"}


def tar(files: dict[str, object]) -> bytes:
    """A tar of these files: text, FOLDER, or ("link", target)."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            data = content if isinstance(content, bytes) else b""
            if content is FOLDER:
                member.type = tarfile.DIRTYPE
            elif isinstance(content, tuple):
                member.type, member.linkname = tarfile.SYMTYPE, content[1]
            elif isinstance(content, str):
                data = content.encode()
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return made.getvalue()


def config(layers: int) -> bytes:
    steps = [{"created_by": f"/bin/sh -c step {n}"} for n in range(1, layers + 1)]
    history = [*steps[:1], {"created_by": "CMD", "empty_layer": True}, *steps[1:]]
    digests = [f"sha256:{n}" for n in range(1, layers + 1)]
    return json.dumps({"rootfs": {"diff_ids": digests}, "history": history}).encode()


def older(layers: Sequence[bytes]) -> bytes:
    """As engines before 25 save: a folder for each layer, the manifest last; twins are links."""
    paths = [f"{number}/layer.tar" for number in range(len(layers))]
    files: dict[str, object] = {}
    for number, path in enumerate(paths):
        first = layers.index(layers[number])
        files[f"{number}/json"] = "{}"
        files[path] = layers[number] if first == number else ("link", f"../{paths[first]}")
    files["c.json"] = config(len(layers))
    files["manifest.json"] = json.dumps([{"Config": "c.json", "Layers": paths}])
    return tar(files)


def newer(layers: Sequence[bytes], pack: Callable[[bytes], bytes] = bytes) -> bytes:
    """As OCI has it: blobs in no particular order."""
    paths = [f"blobs/sha256/{9 - number}" for number in range(len(layers))]
    blobs = {path: pack(layer) for path, layer in zip(paths, layers, strict=True)}
    manifest = json.dumps([{"Config": "blobs/sha256/0", "Layers": paths}])
    return tar(
        {"oci-layout": "{}", "blobs/sha256/0": config(len(layers))}
        | dict(sorted(blobs.items()))
        | {"manifest.json": manifest}
    )


def image(*layers: dict[str, object]) -> Image:
    return read_tar(io.BytesIO(newer([tar(layer) for layer in layers])), "mine")


def changes(layer: Layer) -> dict[str, Kind]:
    return {change.path: change.kind for change in layer.changes}


@pytest.mark.parametrize(
    "layout", [older, newer, lambda layers: newer(layers, gzip.compress)], ids=["old", "oci", "gz"]
)
def test_each_layout_tells_the_same(layout: Callable[[Sequence[bytes]], bytes]) -> None:
    top = tar({"etc/motd": "good day", "etc/.wh.os": ""})
    layers = read_tar(io.BytesIO(layout([tar(BASE), top, top])), "mine").layers
    assert [layer.digest for layer in layers] == ["sha256:1", "sha256:2", "sha256:3"]
    assert [layer.instruction for layer in layers] == ["RUN step 1", "RUN step 2", "RUN step 3"]
    assert [layer.size for layer in layers] == [13, 8, 8]
    assert changes(layers[0]) == dict.fromkeys(("/etc/motd", "/etc/os", "/var/log/a"), A) | {
        "/var/log/b": A
    }
    assert changes(layers[1]) == {"/etc/motd": C, "/etc/os": D}
    assert changes(layers[2]) == {"/etc/motd": C}


def test_it_need_not_be_a_file_that_can_be_rewound() -> None:
    class Pipe(io.BytesIO):
        def seek(self, *_: object) -> int:
            raise io.UnsupportedOperation

        def tell(self) -> int:
            raise io.UnsupportedOperation

    assert read_tar(Pipe(newer([tar(BASE)])), "mine").size == 13


@pytest.mark.parametrize(
    ("top", "does"),
    [
        pytest.param({".wh.var": ""}, {"/var/log/a": D, "/var/log/b": D}, id="a folder goes"),
        pytest.param(
            {"var/log/c": "3", "var/log/.wh..wh..opq": ""},
            {"/var/log/a": D, "/var/log/b": D, "/var/log/c": A},
            id="an opaque folder hides the old, not the new",
        ),
        pytest.param(
            {"var/log/.wh..wh..opq": "", "var/log/a": "new"},
            {"/var/log/a": C, "/var/log/b": D},
            id="a file of an opaque folder comes back",
        ),
        pytest.param(
            {"var": "a file now"}, {"/var": A, "/var/log/a": D, "/var/log/b": D}, id="folder→file"
        ),
        pytest.param(
            {"etc/os/x": "1"}, {"/etc/os": D, "/etc/os/x": A}, id="a file makes way for a folder"
        ),
        pytest.param({"etc": FOLDER}, {}, id="a folder alone is no change"),
        pytest.param({".wh.nothing": "", ".wh..wh.plnk": FOLDER}, {}, id="nothing to hide"),
        pytest.param({"./etc/os": ("link", "x")}, {"/etc/os": C}, id="a link in a file's place"),
        pytest.param({}, {}, id="empty"),
    ],
)
def test_what_a_layer_does_to_those_below(top: dict[str, object], does: dict[str, Kind]) -> None:
    assert changes(image(BASE, top).layers[1]) == does


def test_what_a_container_sees() -> None:
    made = image(BASE, {"etc/motd": "good day", ".wh.var": ""}, {"var/log/a": "again"})
    assert made.files == {"/etc/os": 6, "/etc/motd": 8, "/var/log/a": 5}
    assert [(n, c.kind) for n, c in made.history("var/log/a")] == [(1, A), (2, D), (3, A)]
    assert {c.path for _, c in made.search("log/")} == {"/var/log/a", "/var/log/b"}


def test_what_two_images_share() -> None:
    one = Image("one", tuple(Layer(digest, "", 10, ()) for digest in "abc"))
    other = Image("other", tuple(Layer(digest, "", 10, ()) for digest in "abxc"))
    both = compare(one, other)
    assert (both.shared, both.shared_size, both.size) == (2, 20, 50)
    assert compare(one, one).size == one.size


def test_what_one_drags_along() -> None:
    def made(*paths: str) -> Image:
        base = Layer("base", "", 0, (Change("/bin/sh", A, 9),))
        top = Layer(str(paths), "", 0, tuple(Change(p, A, len(p)) for p in paths))
        return Image("x", (base, top))

    fat = made("/bin/mg", "/var/log/dpkg.log", "/var/cache/apt/x.bin", "/root/.history")
    rest = leftovers(fat, made("/bin/mg"))
    assert [c.path for c in rest] == ["/var/cache/apt/x.bin", "/var/log/dpkg.log", "/root/.history"]
    assert group(rest, 1) == {"/var": (2, 37), "/root": (1, 14)}


def test_an_image_without_layers_or_history() -> None:
    empty = json.dumps({"rootfs": {"diff_ids": []}})
    manifest = json.dumps([{"Config": "c", "Layers": None}])
    made = read_tar(io.BytesIO(tar({"c": empty, "manifest.json": manifest})), "empty")
    assert (made.size, made.files, made.layers) == (0, {}, ())


@pytest.mark.parametrize(
    "content",
    [
        b"no tar",
        b"",
        tar({"a": "b"}),
        tar({"manifest.json": "[]"}),
        tar({"manifest.json": "{"}),
        newer([tar(BASE)])[:-9000],
    ],
)
def test_what_is_no_image_is_told(content: bytes) -> None:
    with pytest.raises(DockerLabError, match="not the tar of an image"):
        read_tar(io.BytesIO(content), "mine")


def test_a_layer_that_cannot_be_unpacked_says_so() -> None:
    zstd = b"\x28\xb5\x2f\xfd" + bytes(600)
    layer = read_tar(io.BytesIO(newer([zstd])), "mine").layers[0]
    assert "zstd" in layer.note
    assert layer.note in draw.table(layer)


def test_the_picture_names_layers_files_and_what_is_shared() -> None:
    made = image(BASE, {"etc/<x>": "1"})
    drawn = draw.svg(made, 2, "other", compare(made, image(BASE)))
    assert drawn.startswith("<svg")
    assert drawn.count('class="shared"') == 1
    assert "1 shared with other" in drawn
    assert "A  /etc/&lt;x&gt;  (1 B)" in drawn
    assert "layer 1 adds" in draw.found(made, "motd")
    assert "no layer" in draw.found(made, "nowhere")
    assert "no files" in draw.table(made.layers[1], "nowhere")
