"""The names of files that are being copied into a store, and of what a copy that was cut short has left."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

SUFFIX = ".partial"


def prefix(name: str) -> str:
    """How the names of unfinished copies of a file begin."""
    return f".{hashlib.sha256(name.encode('utf-8', 'surrogateescape')).hexdigest()[:16]}-"


def of(target: Path) -> list[Path]:
    """What there is beside a file of copies of it that were not finished."""
    return list(target.parent.glob(f"{prefix(target.name)}*{SUFFIX}"))


def size(target: Path) -> int:
    """How many bytes of a file have been copied so far, where a copy was cut short or is under way; else 0."""
    largest = 0
    for path in of(target):
        with contextlib.suppress(OSError):
            largest = max(largest, path.lstat().st_size)
    return largest
