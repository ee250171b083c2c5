"""Whether the artifact of a version is still the one that was registered: its hash is computed again.

The hash of a file is its SHA-256; that of a directory is the SHA-256 of `<hash>  <path>` lines of its files in
order, so that a file more or less shows as well as one that differs.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
from collections.abc import Sequence
from pathlib import Path

from logger.store import artifacts
from logger.store.locate import Store
from logger.store.registry import read
from logger.store.registry.names import RegistryError
from logger.store.registry.uri import artifact_path

_BLOCK = 1024 * 1024
_MOST_NAMED = 5


def verified_path(connection: sqlite3.Connection, store: Store, version: read.ModelVersion) -> Path:
    """Where the artifact of a version is, once it is sure that it is what was registered.

    Raises RegistryError for one that is missing, that has changed, or of which no hash was recorded.
    """
    found = artifact_path(store, version)
    problems = changes_in(connection, store, version)
    if problems:
        raise RegistryError(
            f"v{version.version} of {version.model!r} is not what was registered: {'; '.join(problems)}"
        )
    return found


def changes_in(connection: sqlite3.Connection, store: Store, version: read.ModelVersion) -> list[str]:
    """What is wrong with the files of a version, a few words each; empty where all is as registered.

    Raises RegistryError when they are not there at all, or lie where they are not opened.
    """
    top = artifact_path(store, version)
    if not version.sha256:
        return [f"no hash of {version.path!r} was recorded when it was registered"]
    try:
        present = hashes_below(top)
    except OSError as error:
        return [f"{version.path!r} cannot be read ({error.strerror})"]
    if hash_of(present) == version.sha256:
        return []
    recorded = _recorded(connection, version, is_file=top.is_file())
    if hash_of(recorded) != version.sha256:
        # It was logged again under the same name, so that what is recorded is not what was registered either.
        return [f"{version.path!r} has other contents than when it was registered"]
    problems = [
        f"{name or version.path!r} {'is missing' if name not in present else 'has changed'}"
        for name in recorded
        if present.get(name) != recorded[name]
    ]
    problems += [f"{name!r} was added" for name in present if name not in recorded]
    more = len(problems) - _MOST_NAMED
    return [*problems[:_MOST_NAMED], f"and {more} more"] if more > 0 else problems


def hash_of(files: dict[str, str]) -> str:
    """The one hash of some files' hashes by path below the artifact; "" stands for the artifact itself."""
    if list(files) == [""]:
        return files[""]
    lines = "".join(f"{files[name]}  {name}\n" for name in sorted(files))
    return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()


def hashes_below(top: Path) -> dict[str, str]:
    """The hashes of the regular files of a directory by their path in it; of a file, its own under "".

    A link in it counts as changed: it has no hash, only the word `link`. Raises OSError.
    """
    if not top.is_dir():
        return {"": file_hash(top)}
    found = {}
    for folder, folders, names in os.walk(top, onerror=_raise):
        for name in (*names, *(below for below in folders if Path(folder, below).is_symlink())):
            path = Path(folder, name)
            place = path.relative_to(top).as_posix()
            found[place] = file_hash(path) if stat.S_ISREG(path.lstat().st_mode) else "link"
    return found


def file_hash(path: Path) -> str:
    """The SHA-256 of a file. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def files_of(connection: sqlite3.Connection, version: read.ModelVersion) -> Sequence[artifacts.Artifact]:
    """What is recorded of the files of a version, by path."""
    if version.run_id is None or not version.path:
        return []
    below = f"{version.path}/"
    return [
        file
        for file in artifacts.of_run(connection, version.run_id)
        if file.path == version.path or file.path.startswith(below)
    ]


def _recorded(connection: sqlite3.Connection, version: read.ModelVersion, *, is_file: bool) -> dict[str, str]:
    files = files_of(connection, version)
    if is_file:
        own = [file.sha256 for file in files if file.path == version.path]
        return {"": own[0]} if own else {}
    return {file.path[len(version.path) + 1 :]: file.sha256 for file in files}


def _raise(error: OSError) -> None:
    raise error
