"""The names and the form of what is in a bundle."""

from __future__ import annotations

import math
import re

from logger.store.connection import StoreError

FORMAT, FORMAT_VERSION = "tui-tracker-model", 1
MANIFEST, VERSION, RUN, POINTS, HISTORY, CARD = (
    "manifest.json",
    "version.json",
    "run.json",
    "points.jsonl",
    "history.json",
    "card.md",
)
FILES = "files/"
ARCHIVE_SUFFIXES = (".tar", ".tar.gz", ".tgz")
# More points in one line make it long to read, fewer make many lines.
POINTS_A_LINE = 16384

_NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class BundleError(StoreError):
    """A bundle that cannot be written, or not be trusted: one sentence that says why."""


def folder_name(model: str, version: int) -> str:
    """The directory in an archive, of plain characters."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", model).strip(".-") or "model"
    return f"{plain[:100]}-v{version}"


def json_number(value: float) -> float | str:
    """A value as JSON can hold it."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def number_of(value: object) -> float:
    """A value as it was. Raises ValueError, TypeError for what is none."""
    if isinstance(value, str):
        if value not in _NOT_FINITE:
            raise ValueError(f"{value[:20]!r} is no number")
        return _NOT_FINITE[value]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError("a value is no number")
    return float(value)
