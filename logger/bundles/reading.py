"""Reading a bundle that anybody may have made: nothing in it is believed before its hash has been computed."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import re
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from logger.bundles.containers import LARGEST_PIECE, MOST_FILES, Container, Folder, archive, safe_name
from logger.bundles.layout import FORMAT, FORMAT_VERSION, MANIFEST, BundleError

_BLOCK = 1024 * 1024
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


class Bundle:
    """An open bundle; its manifest has been read, nothing else."""

    def __init__(self, container: Container) -> None:
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
            while line := file.readline(LARGEST_PIECE):
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
        if self._container.names[name] > LARGEST_PIECE:
            raise BundleError(f"{name} is too large to be what it should")
        with self._container.open(name) as file:
            return file.read(LARGEST_PIECE)

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
            container = Folder(path) if is_directory else held.enter_context(archive(path))
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


def _entries(listed: object) -> dict[str, Entry]:
    if not isinstance(listed, list) or len(listed) > MOST_FILES:
        raise BundleError("its manifest lists no files")
    entries: dict[str, Entry] = {}
    for found in listed:
        told = found if isinstance(found, dict) else {}
        path, size, digest = told.get("path"), told.get("size"), told.get("sha256")
        if not (isinstance(path, str) and isinstance(digest, str) and _HASH.fullmatch(digest)):
            raise BundleError("its manifest has an entry that cannot be read")
        if isinstance(size, bool) or not isinstance(size, int) or size < 0:
            raise BundleError("its manifest has an entry without a size")
        entries[safe_name(path)] = Entry(size, digest)
    return entries


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
