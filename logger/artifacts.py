"""Copying files into a store: safely named, hashed on the way, whole or not there.

A file that could not be copied whole is recorded all the same, as incomplete.
"""

from __future__ import annotations

import hashlib
import mimetypes
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from logger.copying import LARGE, copy, write_all
from logger.partial import Partial, identity_of
from logger.progress import Progress
from logger.store import partials
from logger.store.artifacts import COMPLETE, INCOMPLETE, directory, safe_path
from logger.store.locate import Store, make_private

OCTETS = "application/octet-stream"
# What Python's table leaves out, or knows only with the system's.
_KINDS = {
    ".csv": "text/csv",
    ".jsonl": "application/jsonl",
    ".log": "text/plain",
    ".md": "text/markdown",
    ".npy": "application/x-npy",
    ".npz": "application/x-npz",
    ".onnx": "application/x-onnx",
    ".parquet": "application/vnd.apache.parquet",
    ".pickle": "application/x-pickle",
    ".pkl": "application/x-pickle",
    ".safetensors": "application/x-safetensors",
    ".toml": "application/toml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}
_COMPRESSIONS = {"gzip": "application/gzip", "bzip2": "application/x-bzip2", "xz": "application/x-xz"}


def kind_of(path: str) -> str:
    """The MIME type that a name stands for."""
    known = _KINDS.get(PurePosixPath(path).suffix.lower())
    guessed, compression = mimetypes.guess_type(path)
    if compression:
        return _COMPRESSIONS.get(compression, OCTETS)
    return known or guessed or OCTETS


def copy_file(store: Store, uid: str, source: Path, path: str, step: int | None = None) -> dict[str, Any]:
    """Copy a regular file to `path` among the run's artifacts; returns the values of its `artifact` event.

    A large copy that was cut short goes on where it stopped, as long as the source is the same. Raises OSError when it
    cannot be read or written, ValueError for an unsafe path or a file that is not a regular one.
    """
    target = _target(store, uid, path)
    with _open_regular(source) as stream:
        status = os.fstat(stream.fileno())
        identity = identity_of(source, status) if status.st_size >= LARGE else ""
        with Partial(target, identity) as partial, Progress(f"copying {source.name}", status.st_size) as tell:
            copied = copy(stream.fileno(), partial.descriptor, status.st_size, tell)
            partial.complete()
    return _values(path, copied.size, copied.sha256, step)


def write_bytes(store: Store, uid: str, data: bytes, path: str, step: int | None = None) -> dict[str, Any]:
    """Write `data` to `path` among the run's artifacts; returns the values of its `artifact` event."""
    return write_blocks(store, uid, iter((data,)), path, step)


def write_blocks(
    store: Store, uid: str, blocks: Iterator[bytes], path: str, step: int | None = None
) -> dict[str, Any]:
    """As `write_bytes`, of data that comes in pieces."""
    digest, size = hashlib.sha256(), 0
    with Partial(_target(store, uid, path)) as partial:
        for block in blocks:
            write_all(partial.descriptor, block)
            digest.update(block)
            size += len(block)
        partial.complete()
    return _values(path, size, digest.hexdigest(), step)


def announced(store: Store, uid: str, source: Path, path: str, step: int | None) -> dict[str, Any] | None:
    """The values to record before a copy that takes long enough to be interrupted; None before others."""
    try:
        is_large = source.stat().st_size >= LARGE
    except OSError:
        return None
    return incomplete(store, uid, path, step) if is_large else None


def incomplete(store: Store, uid: str, path: str, step: int | None) -> dict[str, Any] | None:
    """The values to record of a file that is not there whole; None where a former one of its name is.

    Raises ValueError for an unsafe path.
    """
    target = directory(store, uid) / safe_path(path)
    if os.path.lexists(target):
        return None
    return {**_values(path, partials.size(target), "", step), "state": INCOMPLETE}


def files_below(top: Path, besides: Path | None = None) -> Iterator[Path]:
    """The regular files of a directory tree, in order, not following links to directories, nor into `besides`."""
    for folder, folders, names in os.walk(top):
        folders[:] = sorted(name for name in folders if not _is_same(Path(folder, name), besides))
        for name in sorted(names):
            path = Path(folder, name)
            if path.is_file():
                yield path


def _is_same(path: Path, other: Path | None) -> bool:
    try:
        return other is not None and path.samefile(other)
    except OSError:
        return False


def _target(store: Store, uid: str, path: str) -> Path:
    """Where a file of a run is to be; its directory is made."""
    target = directory(store, uid) / safe_path(path)
    make_private(target.parent, store.directory)
    if not target.parent.resolve().is_relative_to(store.artifacts.resolve()):
        raise ValueError(f"artifact path {path!r} leads out of the store by a link: remove the link")
    return target


def _open_regular(source: Path) -> BinaryIO:
    # A FIFO that nobody writes to must not be waited for.
    stream = os.fdopen(os.open(source, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK), "rb", buffering=0)
    if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        stream.close()
        raise ValueError(f"{source} is not a regular file: only files and directories can be logged")
    return stream


def _values(path: str, size: int, sha256: str, step: int | None) -> dict[str, Any]:
    normal = safe_path(path)
    return {
        "path": normal,
        "size": size,
        "sha256": sha256,
        "kind": kind_of(normal),
        "step": step,
        "created": time.time(),
        "state": COMPLETE,
    }
