"""Writing the files of a bundle into a directory or an archive: whole, or not there."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from logger.bundles.layout import ARCHIVE_SUFFIXES, MANIFEST, BundleError

_BLOCK = 1024 * 1024


class _Place(Protocol):
    """Where files are put."""

    def put(self, name: str, source: Path) -> None:
        """Copy a file there."""
        ...


class Writer:
    """Files of one bundle, hashed as they are added; `finish` adds the manifest."""

    def __init__(self, place: _Place, scratch: Path) -> None:
        self._place = place
        self._scratch = scratch
        self._files: list[dict[str, Any]] = []

    def add_text(self, name: str, text: str) -> None:
        self.add_lines(name, iter((text,)))

    def add_json(self, name: str, value: object) -> None:
        self.add_text(name, json.dumps(value, indent=2, allow_nan=False) + "\n")

    def add_lines(self, name: str, texts: Iterator[str]) -> None:
        """Add a file that is written piece by piece, since it need not fit into memory."""
        written = self._scratch / "piece"
        with written.open("w", encoding="utf-8", errors="replace", newline="\n") as file:
            file.writelines(texts)
        self._add(name, written)
        written.unlink()

    def add_file(self, name: str, source: Path) -> str:
        """Add a copy of a file; returns the SHA-256 of what was copied."""
        copy = self._scratch / "copy"
        shutil.copyfile(source, copy, follow_symlinks=False)
        digest = self._add(name, copy)
        copy.unlink()
        return digest

    def finish(self, told: dict[str, Any]) -> str:
        """Add the manifest, which says `told` too; returns its SHA-256, which stands for the whole bundle."""
        files = sorted(self._files, key=lambda file: file["path"])
        self.add_json(MANIFEST, {**told, "files": files})
        return str(self._files[-1]["sha256"])

    def _add(self, name: str, source: Path) -> str:
        digest, size = hashlib.sha256(), 0
        with source.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
                size += len(block)
        self._place.put(name, source)
        self._files.append({"path": name, "size": size, "sha256": digest.hexdigest()})
        return digest.hexdigest()


@contextlib.contextmanager
def writing_to(target: Path, folder: str, made: float) -> Iterator[Writer]:
    """A writer into `target`, an archive by its suffix or else a directory, that is there once the block ends well.

    `folder` is the directory within an archive, `made` the time its files bear. Raises BundleError where the target
    is there already, OSError where it cannot be written.
    """
    if os.path.lexists(target):
        raise BundleError(f"{target} is there already: name a place that is not")
    archive = target.name.lower().endswith(ARCHIVE_SUFFIXES)
    scratch = target.with_name(f".{target.name[:80]}.{os.getpid()}-{os.urandom(4).hex()}.partial")
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch.mkdir(mode=0o700)
    try:
        if archive:
            packed = scratch / "archive"
            plain = target.name.lower().endswith(".tar")
            # Weights hardly shrink and points do at any level; the highest takes five times as long.
            level: dict[str, Any] = {} if plain else {"compresslevel": 1}
            with tarfile.open(packed, "w" if plain else "w:gz", format=tarfile.PAX_FORMAT, **level) as tar:
                yield Writer(_Archive(tar, folder, made), scratch)
            packed.rename(target)
        else:
            whole = scratch / "whole"
            whole.mkdir(mode=0o755)
            yield Writer(_Directory(whole), scratch)
            whole.rename(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


class _Directory:
    def __init__(self, top: Path) -> None:
        self._top = top

    def put(self, name: str, source: Path) -> None:
        target = self._top / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


class _Archive:
    def __init__(self, tar: tarfile.TarFile, folder: str, made: float) -> None:
        self._tar = tar
        self._folder = folder
        self._made = made

    def put(self, name: str, source: Path) -> None:
        # Without owner and rights of this machine, so that the same version makes the same archive.
        member = tarfile.TarInfo(f"{self._folder}/{name}")
        member.size, member.mtime, member.mode = source.stat().st_size, int(self._made), 0o644
        with source.open("rb") as file:
            self._tar.addfile(member, file)
