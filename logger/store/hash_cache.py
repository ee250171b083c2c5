"""The hashes of files that were read before, so that an unchanged data set is not read again by every run.

A database of its own, `cache/hashes.db` in the part of the store that only this host writes to. It may be deleted at
any time: whatever is wrong with it, files are hashed as if it was not there.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from logger.store.locate import PRIVATE_FILE, Store, make_private

# A file written so shortly before it was looked at may be written again without a later time of change.
_SETTLED_SECONDS = 2.0
_KEPT_SECONDS = 180 * 86400.0
_BUSY_SECONDS = 2.0

_TABLE = """
CREATE TABLE IF NOT EXISTS hashes (
    path TEXT PRIMARY KEY,           -- absolute
    size INTEGER NOT NULL,
    modified INTEGER NOT NULL,       -- nanoseconds
    changed INTEGER NOT NULL,        -- nanoseconds: differs also where the time of modification was set back
    device INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    used REAL NOT NULL               -- epoch seconds
) WITHOUT ROWID
"""


@dataclass(frozen=True)
class Seen:
    """A file as it was when it was looked at."""

    path: str
    size: int
    modified: int
    changed: int
    device: int
    inode: int

    @classmethod
    def of(cls, path: Path, status: os.stat_result) -> Seen:
        # SQLite's integers are signed.
        inode = status.st_ino - (1 << 64 if status.st_ino >= 1 << 63 else 0)
        return cls(
            os.fsencode(path).decode("utf-8", "backslashreplace"),
            status.st_size,
            status.st_mtime_ns,
            status.st_ctime_ns,
            status.st_dev,
            inode,
        )

    @property
    def is_settled(self) -> bool:
        """Whether a later change of it will show."""
        return max(self.modified, self.changed) / 1e9 < time.time() - _SETTLED_SECONDS


class HashCache:
    """The hashes that one store remembers. Nothing raises for a fault of the cache."""

    def __init__(self, store: Store) -> None:
        self._path = store.private / "cache" / "hashes.db"
        self._top = store.private

    def known(self, files: Iterable[Seen]) -> dict[str, str]:
        """The hashes of those files that are as they were, by path."""
        found: dict[str, str] = {}
        if not self._path.exists():
            return found
        with contextlib.suppress(sqlite3.Error, OSError), contextlib.closing(self._open()) as connection:
            for file in files:
                row = connection.execute(
                    "SELECT sha256 FROM hashes WHERE path = ? AND size = ? AND modified = ? AND changed = ?"
                    " AND device = ? AND inode = ?",
                    (file.path, file.size, file.modified, file.changed, file.device, file.inode),
                ).fetchone()
                if row is not None and isinstance(row[0], str):
                    found[file.path] = row[0]
        return found

    def remember(self, hashes: Iterable[tuple[Seen, str]]) -> None:
        """Keep the hashes of files, and that those which are there already are in use."""
        now = time.time()
        rows = [
            (file.path, file.size, file.modified, file.changed, file.device, file.inode, sha256, now)
            for file, sha256 in hashes
            if file.is_settled
        ]
        if not rows:
            return
        try:
            self._write(rows, now)
        except sqlite3.DatabaseError as error:
            # Of a file that is no database, nothing is lost by beginning anew.
            if not isinstance(error, sqlite3.OperationalError):
                with contextlib.suppress(OSError):
                    self._path.unlink()
        except OSError:
            pass

    def _write(self, rows: Sequence[tuple[object, ...]], now: float) -> None:
        make_private(self._path.parent, self._top)
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE))
        with contextlib.closing(self._open()) as connection, connection:
            connection.execute(_TABLE)
            connection.executemany("INSERT OR REPLACE INTO hashes VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
            connection.execute("DELETE FROM hashes WHERE used < ?", (now - _KEPT_SECONDS,))

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=_BUSY_SECONDS)
        connection.execute("PRAGMA synchronous = OFF")
        return connection
