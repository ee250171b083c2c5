"""Metric series: filing points, compacting them, reading them back, and their summaries.

Points arrive as segments, one row per filing of a run, and move into chunks once there are enough of them. A reader
sees both as one history, in order of arrival. Writing functions run inside the caller's transaction.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from logger.store import chunks, columns
from logger.store.columns import Points, value_range

# A series moves into chunks when it has so many hot points; few enough that reading them all takes about a millisecond.
COMPACT_AT = 8192
# A run's segments are rewritten when there are so many, however few points they hold.
SEGMENTS_AT = 256
# Rows in one statement: SQLite allows 32,766 bound values.
ROWS = 1000


@dataclass(frozen=True)
class Metric:
    """One metric of one run, summarised. Values are None only where no point is finite enough to give one."""

    series_id: int
    key: str
    n: int
    """how many points"""
    first: float
    last: float
    """the value at the greatest (step, time); may be NaN"""
    last_step: int
    last_time: float
    """epoch seconds"""
    min: float | None
    min_step: int | None
    max: float | None
    max_step: int | None
    nans: int

    def value(self, aggregate: str) -> float | None:
        """The value under a name of `fields.AGGREGATES`."""
        name = {"count": "n", "step": "last_step"}.get(aggregate, aggregate)
        found: float | None = getattr(self, name)
        return found


_METRIC = "id, key, n, first, last, last_step, last_time, min, min_step, max, max_step, nans"


def metrics(connection: sqlite3.Connection, run_id: int) -> dict[str, Metric]:
    """Every metric of a run that has points, by name."""
    rows = connection.execute(
        f"SELECT {_METRIC} FROM series WHERE run_id = ? AND n > 0 ORDER BY key", (run_id,)
    )
    return {row[1]: _metric(row) for row in rows}


def keys(connection: sqlite3.Connection, run_ids: Sequence[int]) -> set[str]:
    """The names of the metrics that any of these runs has points of."""
    rows = connection.execute(
        f"SELECT DISTINCT key FROM series WHERE n > 0 AND run_id IN ({marks(len(run_ids))})", tuple(run_ids)
    )
    return {key for (key,) in rows}


def metrics_of(
    connection: sqlite3.Connection, run_ids: Sequence[int], keys: Collection[str]
) -> dict[int, dict[str, Metric]]:
    """The named metrics of several runs: by run id, then by name."""
    found: dict[int, dict[str, Metric]] = {run_id: {} for run_id in run_ids}
    wanted = list(keys)
    for start in range(0, len(run_ids), ROWS):
        some = run_ids[start : start + ROWS]
        rows = connection.execute(
            f"SELECT run_id, {_METRIC} FROM series WHERE n > 0"
            f" AND run_id IN ({marks(len(some))}) AND key IN ({marks(len(wanted))})",
            (*some, *wanted),
        )
        for run_id, *row in rows:
            found[run_id][row[1]] = _metric(row)
    return found


def names_of(connection: sqlite3.Connection, run_ids: Sequence[int]) -> frozenset[str]:
    """The metrics that any of these runs has logged a value of."""
    rows = connection.execute(
        f"SELECT DISTINCT key FROM series WHERE n > 0 AND run_id IN ({marks(len(run_ids))})", tuple(run_ids)
    )
    return frozenset(key for (key,) in rows)


def _metric(row: Sequence[Any]) -> Metric:
    series_id, key, n, first, last, *rest = row
    # SQLite stores NaN as NULL.
    return Metric(
        series_id, key, n, math.nan if first is None else first, math.nan if last is None else last, *rest
    )


def history(connection: sqlite3.Connection, run_id: int, key: str) -> Points:
    """All points of one metric of a run; empty where there is no such metric."""
    return read(connection, run_id, {key: 0}).get(key, Points())


def read(connection: sqlite3.Connection, run_id: int, seen: Mapping[str, int]) -> dict[str, Points]:
    """For each named metric of a run, the points after the first `seen` of them; a metric without points is left out.

    One snapshot: what is read together was in the store together.
    """
    with _snapshot(connection):
        rows = connection.execute(
            f"SELECT id, key, n, chunked FROM series WHERE run_id = ? AND key IN ({marks(len(seen))}) AND n > 0",
            (run_id, *seen),
        ).fetchall()
        result = {
            key: chunks.read(connection, series_id, chunked, seen[key]) for series_id, key, _, chunked in rows
        }
        missing = {series_id: n - max(chunked, seen[key]) for series_id, key, n, chunked in rows}
        hot = _latest(connection, run_id, {place: count for place, count in missing.items() if count > 0})
    for series_id, key, _, _ in rows:
        if series_id in hot:
            result[key].extend(hot[series_id])
    return result


def _latest(connection: sqlite3.Connection, run_id: int, missing: Mapping[int, int]) -> dict[int, Points]:
    """The last points of some series that are hot, so many of each, from as few segments as hold them."""
    found: dict[int, list[Points]] = {series_id: [] for series_id in missing}
    left = dict(missing)
    if not left:
        return {}
    for (blob,) in connection.execute(
        "SELECT points FROM segments WHERE run_id = ? ORDER BY seq DESC", (run_id,)
    ):
        for series_id, points in columns.decode_segment(blob, frozenset(left)):
            count = left[series_id]
            found[series_id].append(points[max(len(points) - count, 0) :])
            left[series_id] = count - len(points)
        left = {series_id: count for series_id, count in left.items() if count > 0}
        if not left:
            break
    return {series_id: columns.concatenate(reversed(parts)) for series_id, parts in found.items()}


def _hot(connection: sqlite3.Connection, run_id: int) -> Iterator[tuple[int, Points]]:
    for (blob,) in connection.execute("SELECT points FROM segments WHERE run_id = ? ORDER BY seq", (run_id,)):
        yield from columns.decode_segment(blob)


_UPSERT = """
INSERT INTO series (run_id, key, n, first, last, last_step, last_time, min, min_step, max, max_step, nans)
VALUES {rows}
ON CONFLICT (run_id, key) DO UPDATE SET
    first = CASE WHEN series.n = 0 THEN excluded.first ELSE series.first END,
    last = CASE WHEN {later} THEN excluded.last ELSE series.last END,
    last_step = CASE WHEN {later} THEN excluded.last_step ELSE series.last_step END,
    last_time = CASE WHEN {later} THEN excluded.last_time ELSE series.last_time END,
    min_step = CASE WHEN {lower} THEN excluded.min_step ELSE series.min_step END,
    min = CASE WHEN {lower} THEN excluded.min ELSE series.min END,
    max_step = CASE WHEN {higher} THEN excluded.max_step ELSE series.max_step END,
    max = CASE WHEN {higher} THEN excluded.max ELSE series.max END,
    nans = series.nans + excluded.nans,
    n = series.n + excluded.n
"""
# MLflow's meaning of latest: the greatest (step, time, value).
_LATER = (
    "(series.n = 0 OR (excluded.last_step, excluded.last_time) > (series.last_step, series.last_time)"
    " OR ((excluded.last_step, excluded.last_time) = (series.last_step, series.last_time)"
    " AND (series.last IS NULL OR excluded.last > series.last)))"
)
_LOWER = "(series.min IS NULL OR excluded.min < series.min)"
_HIGHER = "(series.max IS NULL OR excluded.max > series.max)"


@lru_cache(maxsize=64)
def _upsert(count: int) -> str:
    """The statement that takes so many summaries."""
    rows = ",".join(["(?,?,?,?,?,?,?,?,?,?,?,?)"] * count)
    return _UPSERT.format(rows=rows, later=_LATER, lower=_LOWER, higher=_HIGHER)


def segments(connection: sqlite3.Connection, run_id: int) -> int:
    """How many segments hold the hot points of a run."""
    (count,) = connection.execute("SELECT COUNT(*) FROM segments WHERE run_id = ?", (run_id,)).fetchone()
    return int(count)


def append(
    connection: sqlite3.Connection, run_id: int, points: Mapping[str, Points], ids: dict[str, int]
) -> None:
    """File points of a run: summaries and one segment.

    `ids` remembers series ids by name between calls; it is filled here. Few statements do all the work, whatever the
    number of metrics: beside a busy interpreter each one may wait for the interpreter's lock.
    """
    summaries = [(run_id, key, *_summary(column)) for key, column in points.items()]
    for start in range(0, len(summaries), ROWS):
        some = summaries[start : start + ROWS]
        connection.execute(_upsert(len(some)), [value for summary in some for value in summary])
    if any(key not in ids for key in points):
        ids.update(connection.execute("SELECT key, id FROM series WHERE run_id = ?", (run_id,)).fetchall())
    blob = columns.encode_segment({ids[key]: column for key, column in points.items()})
    connection.execute(
        "INSERT INTO segments (run_id, seq, n, points) SELECT id, 1 + MAX(compacted,"
        " COALESCE((SELECT MAX(seq) FROM segments WHERE run_id = runs.id), 0)), ?, ? FROM runs WHERE id = ?",
        (sum(map(len, points.values())), blob, run_id),
    )


def _summary(points: Points) -> tuple[object, ...]:
    """The columns n to nans of `series` for some points; SQLite makes NULL of a NaN."""
    steps, times, values = points.steps, points.times, points.values
    latest = len(points) - 1
    if latest and steps[latest] <= max(steps[:latest]):
        latest = max(range(len(points)), key=lambda place: (steps[place], times[place], _rank(values[place])))
    low, high, nans = value_range(points)
    return (
        len(points),
        values[0],
        values[latest],
        steps[latest],
        times[latest] / 1000,
        low,
        None if low is None else steps[values.index(low)],
        high,
        None if high is None else steps[values.index(high)],
        nans,
    )


def _rank(value: float) -> float:
    return -math.inf if math.isnan(value) else value


def compact(connection: sqlite3.Connection, run_id: int, *, everything: bool = False) -> None:
    """Move a run's hot points into chunks; `everything` at the end of a run, else only series with enough of them.

    What stays is rewritten as one segment under the greatest sequence number that it replaces.
    """
    hot: dict[int, Points] = {}
    for series_id, points in _hot(connection, run_id):
        hot.setdefault(series_id, Points()).extend(points)
    if not hot:
        return
    (last_seq,) = connection.execute("SELECT MAX(seq) FROM segments WHERE run_id = ?", (run_id,)).fetchone()
    connection.execute("DELETE FROM segments WHERE run_id = ?", (run_id,))
    cold = {series_id: points for series_id, points in hot.items() if everything or len(points) >= chunks.MIN}
    left = {series_id: points for series_id, points in hot.items() if series_id not in cold}
    chunks.add(
        connection,
        (
            (series_id, points[start : start + chunks.MAX])
            for series_id, points in cold.items()
            for start in range(0, len(points), chunks.MAX)
        ),
    )
    connection.executemany(
        "UPDATE series SET chunked = chunked + ? WHERE id = ?",
        [(len(points), series_id) for series_id, points in cold.items()],
    )
    if left:
        connection.execute(
            "INSERT INTO segments (run_id, seq, n, points) VALUES (?, ?, ?, ?)",
            (run_id, last_seq, sum(map(len, left.values())), columns.encode_segment(left)),
        )
    connection.execute("UPDATE runs SET compacted = ? WHERE id = ?", (last_seq, run_id))


def marks(count: int) -> str:
    """`?,?,?` for so many bound values."""
    return ",".join("?" * count)


@contextmanager
def _snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """One read transaction around several statements, unless the caller is in one."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:
            connection.execute("COMMIT")
