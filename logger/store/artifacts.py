"""Artifacts: what a run's files are called, where they lie, what is known of them.

A name is a relative path with forward slashes that stays below the run's directory. It is checked on the way in
(`safe_path`) and again on the way out (`resolve`).
"""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from logger.store.connection import StoreError
from logger.store.locate import Store

# Whether all of a file is there. Of one that is not, `size` is how much was copied, and its file has another name.
COMPLETE, INCOMPLETE = "complete", "incomplete"
STATES = (COMPLETE, INCOMPLETE)
_LONGEST_PART = 255
_LONGEST_PATH = 1024


@dataclass(frozen=True)
class Artifact:
    """One file of a run."""

    path: str
    size: int
    sha256: str
    kind: str
    """MIME type"""
    step: int | None
    created: float
    state: str = COMPLETE
    """complete or incomplete"""

    @property
    def is_complete(self) -> bool:
        return self.state == COMPLETE


def safe_path(path: str) -> str:
    """The normal form of an artifact's name. Raises ValueError for one that could leave the run's directory."""
    parts = PurePosixPath(path.replace("\\", "/")).parts
    if not parts or path.startswith(("/", "\\")) or ".." in parts:
        raise ValueError(
            f"artifact path {path!r} must be relative and stay within the run: give one like 'model/weights.npz'"
        )
    normal = "/".join(parts)
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in normal):
        raise ValueError(f"artifact path {path!r} has control characters: use printable ones")
    if len(normal.encode()) > _LONGEST_PATH or any(len(part.encode()) > _LONGEST_PART for part in parts):
        raise ValueError(
            f"artifact path {normal[:40]!r}... is too long: use at most {_LONGEST_PART} bytes a part"
        )
    return normal


def directory(store: Store, uid: str) -> Path:
    """Where the files of a run lie."""
    return store.artifacts / uid


def resolve(store: Store, uid: str, path: str) -> Path:
    """The file or directory of a run that a stored name means; it exists and lies within the run's directory.

    Raises StoreError otherwise.
    """
    root = directory(store, uid)
    try:
        normal = safe_path(path) if path not in ("", ".") else ""
        found = root / normal
        if not uid.isalnum() or not found.resolve(strict=True).is_relative_to(root.resolve()):
            raise ValueError(f"artifact {path!r} lies outside its run")
    except FileNotFoundError:
        raise StoreError(
            f"artifact {path!r} of run {uid} is missing: it was never logged, or was removed"
        ) from None
    except (OSError, ValueError) as error:
        raise StoreError(f"cannot reach artifact {path!r} of run {uid}: {error}") from None
    return found


def record(connection: sqlite3.Connection, run_id: int, values: Mapping[str, Any]) -> None:
    """Note a file of a run; logging a name again replaces what was known of it. ValueError for an unknown state."""
    state = values.get("state", COMPLETE)
    if state not in STATES:
        raise ValueError(f"an artifact is {' or '.join(STATES)}, not {state!r}")
    connection.execute(
        "INSERT OR REPLACE INTO artifacts (run_id, path, size, sha256, kind, step, created, state)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (run_id, *(values[name] for name in ("path", "size", "sha256", "kind", "step", "created")), state),
    )


def of_run(connection: sqlite3.Connection, run_id: int) -> list[Artifact]:
    rows = connection.execute(
        "SELECT path, size, sha256, kind, step, created, state FROM artifacts WHERE run_id = ? ORDER BY path",
        (run_id,),
    )
    return [Artifact(*row) for row in rows]
