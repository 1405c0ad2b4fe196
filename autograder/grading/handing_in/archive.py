"""Reads what was downloaded from an LMS, a zip or a folder, and trusts nothing in it."""

from __future__ import annotations

import stat
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO

from dockerlab.errors import DockerLabError

MOST_FILES = 100_000  # in one download
MOST_OF_ONE = 50_000_000  # bytes of one file
MOST_BYTES = 2_000_000_000  # of one download, unpacked
MOST_RATIO = 300  # of a file's size to its packed size, where it is not small
SMALL = 5_000_000  # bytes: a file of that size is no bomb
CHUNK = 1 << 20
EXTENDED_TIME = 0x5455  # header of the extra field with a time in UTC
NOISE = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", ".ipynb_checkpoints")


class BadArchive(DockerLabError):
    """What was downloaded cannot be read, or is made to do harm."""


@dataclass(frozen=True)
class Found:
    """A file in a download.

    Attributes:
        path: its place there.
        content: of it.
        time: when it was written, as the download tells.
    """

    path: PurePosixPath
    content: bytes
    time: datetime


def read(source: Path | IO[bytes], name: str = "") -> Iterator[Found | tuple[str, str]]:
    """Read a download, file by file.

    Args:
        source: a zip, or a folder.
        name: what the download is called in messages.

    Yields:
        Files that can be trusted to be files below the download, and the path of each other one
        with the reason why it is refused.

    Raises:
        BadArchive: nothing of it can be read, or it is a bomb.
    """
    name = name or str(source)
    if isinstance(source, Path) and source.is_dir():
        yield from _folder(source)
        return
    try:
        with zipfile.ZipFile(source) as packed:
            yield from _zip(packed, name)
    except FileNotFoundError as error:
        raise BadArchive(f"There is no {name}.") from error
    except (zipfile.BadZipFile, OSError, struct.error, UnicodeDecodeError) as error:
        raise BadArchive(f"{name} is no zip that can be read: {error}") from error


def trick(path: str) -> str:
    """Why a path in a download may not be trusted; empty where it may."""
    parts = path.rstrip("/").split("/")
    if not path or path.startswith("/") or any(part in ("", ".", "..") for part in parts):
        return "its path leads elsewhere"
    if "\\" in path or (len(path) > 1 and path[1] == ":"):
        return "its path is of Windows, and may lead elsewhere"
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in path):
        return "its name has control characters"
    try:
        if any(len(part.encode()) > 240 for part in parts) or len(parts) > 20:
            return "its path is too long"
    except UnicodeEncodeError:
        return "its name is no text"
    return ""


def is_noise(path: PurePosixPath) -> bool:
    """Whether a file is one that systems leave everywhere."""
    return any(part in NOISE for part in path.parts) or path.name.startswith("._")


def _zip(packed: zipfile.ZipFile, name: str) -> Iterator[Found | tuple[str, str]]:
    infos = packed.infolist()
    if len(infos) > MOST_FILES:
        raise BadArchive(f"{name} has {len(infos)} files, and at most {MOST_FILES} are read.")
    left, seen = MOST_BYTES, set[str]()
    for info in infos:
        if info.is_dir():
            continue
        reason = trick(info.orig_filename) or trick(info.filename) or _suspicious(info)
        if not reason and info.filename.casefold() in seen:
            reason = "another file has the same name"
        if reason:
            yield info.filename, reason
            continue
        seen.add(info.filename.casefold())
        try:
            with packed.open(info) as file:
                content = _content(file, min(MOST_OF_ONE, left))
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
            yield info.filename, f"it cannot be unpacked: {error}"
            continue
        except ValueError as error:
            yield info.filename, str(error)
            continue
        except Exception as error:  # zlib's, lzma's, bz2's
            yield info.filename, f"it cannot be unpacked: {error}"
            continue
        left -= len(content)
        if left <= 0:
            raise BadArchive(f"{name} unpacks to more than {MOST_BYTES / 1e9:.0f} GB.")
        yield Found(PurePosixPath(info.filename), content, _time(info))


def _suspicious(info: zipfile.ZipInfo) -> str:
    mode = info.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "it is a link or a device, and no file"
    if info.flag_bits & 1:
        return "it is encrypted"
    if info.file_size > MOST_OF_ONE:
        return f"it is larger than {MOST_OF_ONE / 1e6:.0f} MB"
    if info.file_size > SMALL and info.file_size > MOST_RATIO * max(1, info.compress_size):
        return "it is packed so tightly that it must be a bomb"
    return ""


def _content(file: IO[bytes], most: int) -> bytes:
    """All of a file, however large it says that it is."""
    parts, size = [], 0
    while part := file.read(CHUNK):
        size += len(part)
        if size > most:
            raise ValueError(f"it is larger than {most / 1e6:.0f} MB")
        parts.append(part)
    return b"".join(parts)


def _time(info: zipfile.ZipInfo) -> datetime:
    """When a file was written. A zip tells in local time, and maybe also in UTC."""
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        told, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == EXTENDED_TIME and len(told) >= 5 and told[0] & 1:
            return datetime.fromtimestamp(struct.unpack("<i", told[1:5])[0], UTC)
    try:
        return datetime(*info.date_time).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def _folder(top: Path) -> Iterator[Found | tuple[str, str]]:
    left = MOST_BYTES
    for count, path in enumerate(sorted(top.rglob("*"))):
        if count > MOST_FILES:
            raise BadArchive(f"{top} has more than {MOST_FILES} files.")
        about = path.lstat()
        name = path.relative_to(top).as_posix()
        if stat.S_ISDIR(about.st_mode):
            continue
        reason = trick(name)
        if not stat.S_ISREG(about.st_mode):
            reason = "it is a link or a device, and no file"
        elif about.st_size > MOST_OF_ONE:
            reason = f"it is larger than {MOST_OF_ONE / 1e6:.0f} MB"
        if reason:
            yield name, reason
            continue
        left -= about.st_size
        if left <= 0:
            raise BadArchive(f"{top} holds more than {MOST_BYTES / 1e9:.0f} GB.")
        time = datetime.fromtimestamp(about.st_mtime, UTC)
        yield Found(PurePosixPath(name), path.read_bytes(), time)
