"""Where the files of a bundle lie, a directory or an archive: read as if somebody who means harm had made it."""

from __future__ import annotations

import contextlib
import gzip
import os
import stat
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from logger.bundles.layout import BundleError
from logger.store.artifacts import safe_path

MOST_FILES = 100_000
# What is read at once: a JSON file, the header of an archive's member.
LARGEST_PIECE = 64 * 1024 * 1024
_GZIP_MAGIC = b"\x1f\x8b"


class Container(Protocol):
    """A directory or an archive: regular files by safe names."""

    names: Mapping[str, int]
    """the size of each file"""

    def open(self, name: str) -> BinaryIO: ...


class Folder:
    """Files below a directory; links and special files are refused."""

    def __init__(self, top: Path) -> None:
        self._top = top
        names: dict[str, int] = {}
        for folder, folders, files in os.walk(top, onerror=_raise):
            for name in (*files, *folders):
                path = Path(folder, name)
                status = path.lstat()
                place = path.relative_to(top).as_posix()
                if stat.S_ISDIR(status.st_mode):
                    continue
                if not stat.S_ISREG(status.st_mode):
                    raise BundleError(f"{place!r} is a link or a special file, which has no place in it")
                names[safe_name(place)] = status.st_size
                _count(names)
        self.names: Mapping[str, int] = names

    def open(self, name: str) -> BinaryIO:
        flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        return os.fdopen(os.open(self._top / name, flags), "rb")


class _Archive:
    """Members of a tar archive below one directory; links and special files are refused."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._members: dict[str, tarfile.TarInfo] = {}
        folder = None
        for member in tar:
            if member.isdir():
                continue
            if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE):
                raise BundleError(
                    f"{member.name[:80]!r} is a link or a special file, which has no place in it"
                )
            top, slash, name = safe_name(member.name).partition("/")
            folder = top if folder is None else folder
            if not slash or top != folder:
                raise BundleError(f"{member.name[:80]!r} lies outside the archive's one directory")
            if name in self._members:
                raise BundleError(f"{member.name[:80]!r} is in it twice")
            self._members[name] = member
            _count(self._members)
        self.names: Mapping[str, int] = {name: member.size for name, member in self._members.items()}

    def open(self, name: str) -> BinaryIO:
        return cast(BinaryIO, self._tar.extractfile(self._members[name]))


@contextlib.contextmanager
def archive(path: Path) -> Iterator[_Archive]:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise BundleError("this is neither a directory nor a file")
        packed = file.read(2) == _GZIP_MAGIC
        file.seek(0)
        stream: Any = gzip.GzipFile(fileobj=file, mode="rb") if packed else file
        with tarfile.open(fileobj=cast(BinaryIO, _Sparing(stream)), mode="r:") as tar:
            try:
                archive = _Archive(tar)
            except (ValueError, OverflowError, RecursionError):
                raise BundleError("it has headers that cannot be read") from None
            yield archive


class _Sparing:
    """A stream of which nobody takes more at once than memory has room for, whatever a header claims."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.seek = stream.seek
        self.tell = stream.tell

    def read(self, size: int = -1) -> bytes:
        if size < 0 or size > LARGEST_PIECE:
            raise BundleError("it claims a header that is too large to be honest")
        return cast(bytes, self._stream.read(size))


def safe_name(name: str) -> str:
    """A name that stays below its directory and is its own normal form. Raises BundleError."""
    try:
        normal = safe_path(name)
    except ValueError:
        normal = ""
    if not normal or normal != name:
        raise BundleError(f"the name {name[:80]!r} could lead elsewhere")
    return normal


def _count(names: Mapping[str, object]) -> None:
    if len(names) > MOST_FILES:
        raise BundleError(f"it has more than {MOST_FILES:,} files")


def _raise(error: OSError) -> None:
    raise error
