"""Chunks: the points of one series packed together, many in a blob, with their ranges and an outline.

Writing functions run inside the caller's transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from logger.store.columns import Points, decode_chunk, decode_chunks, encode_chunk, value_range
from logger.store.outline import block_sizes, encode_outline

# Below this, compaction leaves points hot, lest slow series end in a crowd of small chunks; so small a chunk, at the
# end of a run, has no outline.
MIN = 1024
MAX = 65536
_LAST = 2**63 - 1


_ADD = """
INSERT INTO chunks (series_id, seq, n, step_min, step_max, time_min, time_max, value_min, value_max, nans, points)
SELECT ?1, 1 + COALESCE(MAX(seq), 0), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 FROM chunks WHERE series_id = ?1
"""


def add(connection: sqlite3.Connection, parts: Iterable[tuple[int, Points]]) -> None:
    """Add points, by series id, behind the others of their series.

    In each part there is at least one; of several parts of a series only the last may have fewer than `MIN`.
    """
    small = []
    for series_id, points in parts:
        if len(points) < MIN:
            small.append(_row(series_id, points))
        else:
            connection.execute(_ADD, _row(series_id, points))
            connection.execute(
                "INSERT INTO outlines (series_id, seq, points)"
                " SELECT ?1, MAX(seq), ?2 FROM chunks WHERE series_id = ?1",
                (series_id, encode_outline(points)),
            )
    connection.executemany(_ADD, small)


def _row(series_id: int, points: Points) -> tuple[object, ...]:
    steps, times = points.steps, points.times
    return (
        series_id,
        len(points),
        min(steps),
        max(steps),
        min(times),
        max(times),
        *value_range(points),
        encode_chunk(points),
    )


def read(connection: sqlite3.Connection, series_id: int, chunked: int, seen: int) -> Points:
    """The chunked points after the first `seen`, from as few chunks as hold them."""
    missing = chunked - seen
    if missing <= 0:
        return Points()
    first, held = 0, 0
    for seq, n in connection.execute(
        "SELECT seq, n FROM chunks WHERE series_id = ? AND n * 8 <= LENGTH(points) ORDER BY seq DESC",
        (series_id,),
    ):
        first, held = seq, held + n
        if held >= missing:
            break
    rows = connection.execute(
        "SELECT points FROM chunks WHERE series_id = ? AND seq >= ? ORDER BY seq", (series_id, first)
    )
    skip = max(held - missing, 0)
    return decode_chunks((blob for (blob,) in rows), held - skip, skip)


@dataclass(frozen=True)
class Chunk:
    """Points of one series in a row that are packed together, in outline."""

    seq: int
    n: int
    """how many points"""
    steps: tuple[int, int]
    """least and greatest"""
    times: tuple[int, int]
    """likewise, epoch milliseconds"""
    outline: bytes
    """as `logger.store.outline` describes it"""
    block_sizes: bytes
    """how many records of the outline are of each block of points, less one"""


def outlined(
    connection: sqlite3.Connection, series_id: int, after: int = 0, through: int = _LAST
) -> list[Chunk]:
    """The chunks of a series beyond the one numbered `after`, up to `through`, in order of arrival.

    No large blob is opened.
    """
    rows = connection.execute(
        "SELECT c.seq, c.n, c.step_min, c.step_max, c.time_min, c.time_max, o.points FROM chunks c"
        " LEFT JOIN outlines o ON o.series_id = c.series_id AND o.seq = c.seq"
        " WHERE c.series_id = ? AND c.seq > ? AND c.seq <= ? ORDER BY c.seq",
        (series_id, after, through),
    ).fetchall()
    found = []
    for seq, n, *ranges, blob in rows:
        # A small chunk has no outline, nor has one that an older version of this software made.
        outline = b"" if blob is None else blob
        if blob is None or not block_sizes(outline, n):
            outline = encode_outline(whole(connection, series_id, seq))
        sizes = block_sizes(outline, n)
        found.append(Chunk(seq, n, (ranges[0], ranges[1]), (ranges[2], ranges[3]), outline, sizes))
    return found


def whole(connection: sqlite3.Connection, series_id: int, seq: int) -> Points:
    """All points of a chunk; none where there is no such chunk."""
    row = connection.execute(
        "SELECT points FROM chunks WHERE series_id = ? AND seq = ?", (series_id, seq)
    ).fetchone()
    return Points() if row is None else decode_chunk(row[0])


def middles(connection: sqlite3.Connection, series_id: int) -> list[float]:
    """The middle of the values of each chunk of a series, in their order; points that are still hot are not in it."""
    rows = connection.execute(
        "SELECT value_min / 2 + value_max / 2 FROM chunks WHERE series_id = ? AND value_min IS NOT NULL ORDER BY seq",
        (series_id,),
    )
    return [middle for (middle,) in rows if middle is not None]
