"""Copying files into a store: safely named, hashed on the way, whole or not there."""

from __future__ import annotations

import contextlib
import hashlib
import mimetypes
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from logger.store.artifacts import directory, safe_path
from logger.store.locate import PRIVATE_FILE, Store, make_private

_BLOCK = 1024 * 1024


def copy_file(store: Store, uid: str, source: Path, path: str, step: int | None = None) -> dict[str, Any]:
    """Copy a regular file to `path` among the run's artifacts; returns the values of its `artifact` event.

    Raises OSError when it cannot be read or written, ValueError for an unsafe path or a file that is not a regular one.
    """
    if not stat.S_ISREG(source.stat().st_mode):
        raise ValueError(f"{source} is not a regular file: only files and directories can be logged")
    with source.open("rb") as stream:
        return _store(store, uid, path, iter(lambda: stream.read(_BLOCK), b""), step)


def write_bytes(store: Store, uid: str, data: bytes, path: str, step: int | None = None) -> dict[str, Any]:
    """Write `data` to `path` among the run's artifacts; returns the values of its `artifact` event."""
    return _store(store, uid, path, iter((data,)), step)


def write_blocks(
    store: Store, uid: str, blocks: Iterator[bytes], path: str, step: int | None = None
) -> dict[str, Any]:
    """As `write_bytes`, of data that comes in pieces."""
    return _store(store, uid, path, blocks, step)


def files_below(top: Path) -> Iterator[Path]:
    """The regular files of a directory tree, in order, not following links to directories."""
    for folder, folders, names in os.walk(top):
        folders.sort()
        for name in sorted(names):
            path = Path(folder, name)
            if path.is_file():
                yield path


def _store(store: Store, uid: str, path: str, blocks: Iterator[bytes], step: int | None) -> dict[str, Any]:
    normal = safe_path(path)
    target = directory(store, uid) / normal
    make_private(target.parent, store.directory)
    if not target.parent.resolve().is_relative_to(store.artifacts.resolve()):
        raise ValueError(f"artifact path {path!r} leads out of the store by a link: remove the link")
    partial = target.with_name(f".{os.getpid()}-{os.urandom(4).hex()}.partial")
    digest, size = hashlib.sha256(), 0
    try:
        with _create(partial) as copy:
            for block in blocks:
                copy.write(block)
                digest.update(block)
                size += len(block)
        partial.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise
    return {
        "path": normal,
        "size": size,
        "sha256": digest.hexdigest(),
        "kind": mimetypes.guess_type(normal)[0] or "application/octet-stream",
        "step": step,
        "created": time.time(),
    }


def _create(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE_FILE), "wb")
