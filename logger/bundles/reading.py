"""Reading a bundle that anybody may have made: nothing in it is believed before its hash has been computed."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import os
import re
import stat
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from logger.bundles.layout import FORMAT, FORMAT_VERSION, MANIFEST, BundleError
from logger.store.artifacts import safe_path

_BLOCK = 1024 * 1024
_MOST_FILES = 100_000
# What is read at once: a JSON file, the header of an archive's member.
_LARGEST_PIECE = 64 * 1024 * 1024
_GZIP_MAGIC = b"\x1f\x8b"
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Entry:
    """What the manifest says of a file."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Verified:
    """A bundle, once every byte of it has been read."""

    model: str
    version: int
    sha256: str
    """of the manifest, which stands for the whole"""
    files: int
    size: int
    """bytes of all files together"""
    problems: tuple[str, ...]
    """what is not as the manifest says; empty where all is"""


class _Container(Protocol):
    """A directory or an archive: regular files by safe names."""

    names: Mapping[str, int]
    """the size of each file"""

    def open(self, name: str) -> BinaryIO: ...


class Bundle:
    """An open bundle; its manifest has been read, nothing else."""

    def __init__(self, container: _Container) -> None:
        self._container = container
        raw = self._small(MANIFEST)
        self.sha256 = hashlib.sha256(raw).hexdigest()
        self.manifest = _object(MANIFEST, raw)
        if self.manifest.get("format") != FORMAT:
            raise BundleError("this is no exported model: its manifest is of something else")
        if self.manifest.get("format_version") != FORMAT_VERSION:
            raise BundleError(
                f"it has format {self.manifest.get('format_version')!r:.40}, this software knows {FORMAT_VERSION}:"
                " upgrade tui-tracker"
            )
        self.files = _entries(self.manifest.get("files"))
        self.model = str(self.manifest.get("model", ""))
        version = self.manifest.get("version")
        self.version = version if isinstance(version, int) else 0

    def problems(self) -> Iterator[str]:
        """Reads everything: what is missing, superfluous, or differs from the manifest."""
        present = self._container.names
        for name, entry in self.files.items():
            if name not in present:
                yield f"{name!r} is missing"
            elif present[name] != entry.size:
                yield f"{name!r} has {present[name]} bytes, not {entry.size}"
            elif self._hash(name) != entry.sha256:
                yield f"{name!r} has been changed"
        for name in present:
            if name != MANIFEST and name not in self.files:
                yield f"{name!r} is not in the manifest"

    def json(self, name: str) -> dict[str, Any]:
        """A JSON object of the bundle, hashed again as it is read. Raises BundleError."""
        return _object(name, self._checked(name))

    def json_list(self, name: str) -> list[Any]:
        found = _json(name, self._checked(name))
        if not isinstance(found, list):
            raise BundleError(f"{name} is no list")
        return found

    def lines(self, name: str) -> Iterator[dict[str, Any]]:
        """The JSON objects of a file, one a line; what follows them has been hashed once the last was read."""
        entry, digest = self._entry(name), hashlib.sha256()
        with self._container.open(name) as file:
            while line := file.readline(_LARGEST_PIECE):
                digest.update(line)
                yield _object(name, line)
        if digest.hexdigest() != entry.sha256:
            raise BundleError(f"{name} changed while it was read")

    def blocks(self, name: str) -> Iterator[bytes]:
        """The content of a file, piece by piece."""
        with self._container.open(name) as file:
            yield from iter(lambda: file.read(_BLOCK), b"")

    def _entry(self, name: str) -> Entry:
        if name not in self.files or name not in self._container.names:
            raise BundleError(f"it has no {name}")
        return self.files[name]

    def _checked(self, name: str) -> bytes:
        entry, raw = self._entry(name), self._small(name)
        if hashlib.sha256(raw).hexdigest() != entry.sha256:
            raise BundleError(f"{name} has been changed")
        return raw

    def _small(self, name: str) -> bytes:
        if name not in self._container.names:
            raise BundleError(f"this is no exported model: it has no {name}")
        if self._container.names[name] > _LARGEST_PIECE:
            raise BundleError(f"{name} is too large to be what it should")
        with self._container.open(name) as file:
            return file.read(_LARGEST_PIECE)

    def _hash(self, name: str) -> str:
        digest = hashlib.sha256()
        for block in self.blocks(name):
            digest.update(block)
        return digest.hexdigest()


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Bundle]:
    """The bundle at a path. Raises BundleError for what is none, or is damaged, also while the block reads it."""
    try:
        with contextlib.ExitStack() as held:
            is_directory = path.is_dir()
            container = _Directory(path) if is_directory else held.enter_context(_archive(path))
            yield Bundle(container)
    except BundleError as error:
        raise BundleError(f"{path}: {error}") from None
    except FileNotFoundError:
        raise BundleError(f"there is no {path}") from None
    except tarfile.TarError as error:
        raise BundleError(f"{path} is no archive that can be read ({error})") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BundleError(f"{path} is damaged or cut off ({error})") from None


def verify(path: Path) -> Verified:
    """Read all of a bundle and compare it with its manifest. Raises BundleError for what is none."""
    with opened(path) as bundle:
        return verified(bundle)


def verified(bundle: Bundle) -> Verified:
    problems = tuple(bundle.problems())
    size = sum(entry.size for entry in bundle.files.values())
    return Verified(bundle.model, bundle.version, bundle.sha256, len(bundle.files), size, problems)


class _Directory:
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
                names[_safe(place)] = status.st_size
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
            top, slash, name = _safe(member.name).partition("/")
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
def _archive(path: Path) -> Iterator[_Archive]:
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
        if size < 0 or size > _LARGEST_PIECE:
            raise BundleError("it claims a header that is too large to be honest")
        return cast(bytes, self._stream.read(size))


def _entries(listed: object) -> dict[str, Entry]:
    if not isinstance(listed, list) or len(listed) > _MOST_FILES:
        raise BundleError("its manifest lists no files")
    entries: dict[str, Entry] = {}
    for found in listed:
        told = found if isinstance(found, dict) else {}
        path, size, digest = told.get("path"), told.get("size"), told.get("sha256")
        if not (isinstance(path, str) and isinstance(digest, str) and _HASH.fullmatch(digest)):
            raise BundleError("its manifest has an entry that cannot be read")
        if isinstance(size, bool) or not isinstance(size, int) or size < 0:
            raise BundleError("its manifest has an entry without a size")
        entries[_safe(path)] = Entry(size, digest)
    return entries


def _safe(name: str) -> str:
    """A name that stays below its directory and is its own normal form. Raises BundleError."""
    try:
        normal = safe_path(name)
    except ValueError:
        normal = ""
    if not normal or normal != name:
        raise BundleError(f"the name {name[:80]!r} could lead elsewhere")
    return normal


def _count(names: Mapping[str, object]) -> None:
    if len(names) > _MOST_FILES:
        raise BundleError(f"it has more than {_MOST_FILES:,} files")


def _object(name: str, raw: bytes) -> dict[str, Any]:
    found = _json(name, raw)
    if not isinstance(found, dict):
        raise BundleError(f"{name} is no JSON object")
    return found


def _json(name: str, raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise BundleError(f"{name} is not JSON that can be read") from None


def _raise(error: OSError) -> None:
    raise error
