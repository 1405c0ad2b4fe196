"""Reading the tar that `docker save` writes, in one go and without keeping it.

Three layouts occur, and `manifest.json` tells the layers' order in each:

- of older engines: a folder `ID/layer.tar` for each layer, some a link to another's;
- of newer engines: OCI's `blobs/sha256/…`, the layers as plain tars;
- of engines with containerd's image store: the same, with the layers compressed.
"""

from __future__ import annotations

import io
import json
import posixpath
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import IO, Any, cast

import docker

from dockerlab.errors import DockerLabError
from dockerlab.layers.model import Entry, Image, Layer, Stack, absolute

BIGGEST_TEXT = 8_000_000  # bytes; manifests and configurations are far smaller
BLOCK = 1 << 20  # bytes read at once; tarfile's own 10 kB take three times as long
ZSTD = b"\x28\xb5\x2f\xfd"


def read(client: docker.DockerClient, name: str) -> Image:
    """Read a local image's layers. It takes about a second for each 100 MB.

    Args:
        client: of the engine that has it.
        name: the image's, or its id.

    Raises:
        docker.errors.ImageNotFound: the engine has no such image.
        docker.errors.APIError: the daemon has trouble.
        DockerLabError: the tar is not one of an image.
    """
    wanted = client.api.inspect_image(name)["Id"]  # `save` itself would break off half-way
    stream = client.api.get_image(wanted)
    try:
        return read_tar(_as_file(stream), name)
    finally:
        stream.close()


def read_tar(tar: IO[bytes], name: str) -> Image:
    """Read the layers of the one image in a tar of `docker save`.

    Args:
        tar: read from where it stands to its end; it need not be seekable.
        name: to call the image by.

    Raises:
        DockerLabError: it is not the tar of an image, or of several.
    """
    texts: dict[str, bytes] = {}
    contents: dict[str, _Content] = {}
    links: dict[str, str] = {}
    try:
        with tarfile.open(fileobj=tar, mode="r|", bufsize=BLOCK) as outer:
            for member in outer:
                path = member.name.removeprefix("./")
                if member.issym():
                    links[path] = posixpath.normpath(
                        posixpath.join(posixpath.dirname(path), member.linkname)
                    )
                elif member.islnk():
                    links[path] = posixpath.normpath(member.linkname)
                elif file := outer.extractfile(member):
                    _sort(path, member.size, file, texts, contents)
        return _assemble(name, texts, contents, links)
    except (tarfile.TarError, EOFError, KeyError, TypeError, ValueError) as error:
        raise DockerLabError(f"This is not the tar of an image: {error}") from error


@dataclass(frozen=True)
class _Content:
    entries: tuple[Entry, ...]
    note: str = ""


def _sort(
    path: str,
    size: int,
    file: IO[bytes],
    texts: dict[str, bytes],
    contents: dict[str, _Content],
) -> None:
    """Keep a member that is text, and the list of files of one that is a layer."""
    start = file.read(512)
    if start[:1] in (b"{", b"[") and size <= BIGGEST_TEXT:
        texts[path] = start + file.read()
    elif start.startswith(ZSTD):
        contents[path] = _Content((), "its files are packed with zstd, which is not read here")
    elif start.startswith(b"\x1f\x8b") or start[257:262] == b"ustar" or not start.strip(b"\0"):
        rest = iter(partial(file.read, BLOCK), b"")
        contents[path] = _Content(tuple(_entries(_as_file(chain([start], rest)))))


def _entries(file: IO[bytes]) -> Iterator[Entry]:
    """What a layer's tar lists, compressed or not."""
    with tarfile.open(fileobj=file, mode="r|*", bufsize=BLOCK) as inner:
        for member in inner:
            yield Entry(absolute(member.name), member.size, member.isdir())
            inner.members = []  # type: ignore[attr-defined]  # or it keeps them all


def _assemble(
    name: str, texts: dict[str, bytes], contents: dict[str, _Content], links: dict[str, str]
) -> Image:
    manifests = json.loads(texts["manifest.json"])
    if len(manifests) != 1:
        raise ValueError(f"{len(manifests)} images are in it")
    config = json.loads(texts[manifests[0]["Config"]])
    digests = config["rootfs"]["diff_ids"]
    instructions = _instructions(config.get("history") or [], len(digests))
    stack, layers = Stack(), []
    for digest, path, instruction in zip(
        digests, manifests[0]["Layers"] or [], instructions, strict=True
    ):
        content = contents[links.get(path, path)]
        layers.append(
            Layer(
                digest,
                instruction,
                sum(entry.size for entry in content.entries),
                stack.put(content.entries),
                content.note,
            )
        )
    return Image(name, tuple(layers))


def _instructions(history: list[dict[str, Any]], layers: int) -> list[str]:
    """The instruction of each layer; of one that settings alone have come from, none is told."""
    made = [step for step in history if not step.get("empty_layer")]
    if len(made) != layers:
        return [""] * layers
    return [plain(step.get("created_by") or step.get("comment") or "") for step in made]


def plain(created_by: str) -> str:
    """An instruction as its Dockerfile has it, of a history's "/bin/sh -c #(nop) …".

    >>> plain("/bin/sh -c #(nop) COPY file:12ab in / ")
    'COPY file:12ab in /'
    >>> plain("/bin/sh -c apt-get update")
    'RUN apt-get update'
    """
    text = created_by.removesuffix("# buildkit").strip()
    shell = "/bin/sh -c "
    if text.startswith(f"{shell}#(nop)"):
        return text.removeprefix(f"{shell}#(nop)").strip()
    if text.startswith(f"RUN {shell}"):
        return "RUN " + text.removeprefix(f"RUN {shell}")
    return "RUN " + text.removeprefix(shell) if text.startswith(shell) else text


def _as_file(chunks: Iterable[bytes]) -> IO[bytes]:
    return cast(IO[bytes], io.BufferedReader(_Chunks(chunks), BLOCK))


class _Chunks(io.RawIOBase):
    """A stream of chunks as a file."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            try:
                self._rest = memoryview(next(self._chunks))
            except StopIteration:
                return 0
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count
