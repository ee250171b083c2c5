"""Whether a database is whole and agrees with itself; what is found is said in sentences, for people.

Each check yields findings, an OK one where there is nothing else to say. `tick` is told from time to time what is being
looked at.
"""

from __future__ import annotations

import math
import sqlite3
import struct
import zlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from logger.store import series
from logger.store.columns import Points
from logger.store.runs import lose, next_revision

Level = Literal["ok", "done", "note", "problem"]
Tick = Callable[[str], None]

# Series looked at when not all are: read in well under a second.
SAMPLE = 200
_MOST_LISTED = 5


@dataclass(frozen=True)
class Finding:
    """One thing that a check has to say."""

    check: str
    """a word for what was checked"""
    level: Level
    """done: something was mended or tidied; note: worth knowing; problem: something is wrong"""
    text: str


def integrity(connection: sqlite3.Connection, *, full: bool) -> Iterator[Finding]:
    """SQLite's own check of the file: its structure, with `full` also its indexes against their tables."""
    pragma = "integrity_check" if full else "quick_check"
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (page_size,) = connection.execute("PRAGMA page_size").fetchone()
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    complaints = [text for (text,) in connection.execute(f"PRAGMA {pragma}({_MOST_LISTED})")]
    if complaints != ["ok"]:
        for complaint in complaints:
            yield Finding("integrity", "problem", f"the database is damaged: {complaint}")
        return
    unused = f", {octets(free * page_size)} of them unused" if free else ""
    yield Finding("integrity", "ok", f"{pragma} finds nothing in {octets(pages * page_size)}{unused}")


def foreign_keys(connection: sqlite3.Connection) -> Iterator[Finding]:
    """Rows that refer to others which are not there."""
    counts: dict[tuple[str, str], int] = {}
    for table, _, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        counts[table, parent] = counts.get((table, parent), 0) + 1
    for (table, parent), count in counts.items():
        yield Finding(
            "references", "problem", f"{many(count, 'row')} of {table} refer to {parent} that are gone"
        )
    if not counts:
        yield Finding("references", "ok", "every row refers to rows that exist")


def abandoned(connection: sqlite3.Connection, present: Collection[str]) -> Iterator[Finding]:
    """Running runs without a process that writes to them become LOST. `present`: the journals there are.

    Inside the caller's transaction.
    """
    writing = connection.execute("SELECT DISTINCT journal FROM writers").fetchall()
    stale = [journal for (journal,) in writing if journal not in present]
    for journal in stale:
        lose(connection, journal)
        connection.execute("DELETE FROM writers WHERE journal = ?", (journal,))
    alone = connection.execute(
        "UPDATE runs SET status = 'LOST', ended = heartbeat, revision = ? WHERE status = 'RUNNING'"
        " AND id NOT IN (SELECT run_id FROM writers) RETURNING name",
        (next_revision(connection),),
    ).fetchall()
    if stale:
        yield Finding(
            "writers",
            "problem",
            f"{many(len(stale), 'journal')} that runs were written by are gone: let go of them",
        )
    for (name,) in alone[:_MOST_LISTED]:
        yield Finding("writers", "problem", f"run {name} was running without a process: it is lost")
    if len(alone) > _MOST_LISTED:
        yield Finding("writers", "problem", f"so were {len(alone) - _MOST_LISTED:,} more")
    if not stale and not alone:
        (running,) = connection.execute("SELECT COUNT(*) FROM runs WHERE status = 'RUNNING'").fetchone()
        yield Finding(
            "writers", "ok", f"{many(running, 'run')} running, each with a journal that writes to it"
        )


def summaries(connection: sqlite3.Connection, *, full: bool, tick: Tick) -> Iterator[Finding]:
    """Whether the summary of each series says what its points say: of a sample, or of all."""
    chosen = connection.execute(
        "SELECT run_id, key FROM series WHERE n > 0 ORDER BY random() LIMIT ?", (-1 if full else SAMPLE,)
    ).fetchall()
    by_run: dict[int, list[str]] = {}
    for run_id, key in chosen:
        by_run.setdefault(run_id, []).append(key)
    looked = wrong = points = 0
    for run_id, keys in by_run.items():
        for key in keys:
            tick(f"series {looked + 1:,} of {len(chosen):,}")
            looked += 1
            difference, count = _disagreement(connection, run_id, key)
            points += count
            if difference:
                wrong += 1
                if wrong <= _MOST_LISTED:
                    yield Finding("series", "problem", difference)
    if wrong > _MOST_LISTED:
        yield Finding("series", "problem", f"so it is with {wrong - _MOST_LISTED:,} more")
    if not wrong:
        part = "" if full or len(chosen) < SAMPLE else ", taken by chance (--full reads all)"
        yield Finding(
            "series", "ok", f"the summaries of {many(looked, 'series')} agree with {points:,} points{part}"
        )


def _disagreement(connection: sqlite3.Connection, run_id: int, key: str) -> tuple[str, int]:
    """What is wrong with one series, "" if nothing, and how many points it has."""
    connection.execute("BEGIN")
    try:
        (name,) = connection.execute("SELECT name FROM runs WHERE id = ?", (run_id,)).fetchone()
        stored = series.metrics_of(connection, [run_id], [key])[run_id].get(key)
        if stored is None:
            return "", 0
        place = f"metric {key} of run {name}"
        try:
            found = series.read(connection, run_id, {key: 0})[key]
        except (ValueError, KeyError, IndexError, TypeError, struct.error, zlib.error) as error:
            return f"the points of {place} cannot be read: {error}", 0
    finally:
        connection.execute("COMMIT")
    wrong = [what for what, said, true in _compared(stored, found) if said not in true]
    return (
        f"the summary of {place} says otherwise than its points: {', '.join(wrong)}" if wrong else ""
    ), len(found)


def _compared(stored: series.Metric, points: Points) -> Iterator[tuple[str, object, list[object]]]:
    """Each value of a summary, with those that the points allow."""
    yield "count", stored.n, [len(points)]
    if not len(points):
        return
    numbers = [value for value in points.values if not math.isnan(value)]
    yield "nans", stored.nans, [len(points) - len(numbers)]
    yield "min", stored.min, [min(numbers, default=None)]
    yield "max", stored.max, [max(numbers, default=None)]
    yield "first", _known(stored.first), [_known(points.values[0])]
    latest = max(zip(points.steps, points.times, strict=True))
    yield "step", stored.last_step, [latest[0]]
    # Of several at the same step and time, any may be the last.
    at_last = zip(points.steps, points.times, points.values, strict=True)
    yield (
        "last",
        _known(stored.last),
        [_known(value) for step, time, value in at_last if (step, time) == latest],
    )


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


@dataclass(frozen=True)
class RecordedFile:
    """A file that the database says a run has."""

    uid: str
    run: str
    path: str
    size: int
    sha256: str
    state: str
    """complete or incomplete"""


def recorded_files(connection: sqlite3.Connection) -> list[RecordedFile]:
    """Of all runs, also deleted ones, ordered by run."""
    rows = connection.execute(
        "SELECT r.uid, r.name, a.path, a.size, a.sha256, a.state FROM artifacts a JOIN runs r ON r.id = a.run_id"
        " ORDER BY r.uid, a.path"
    )
    return [RecordedFile(*row) for row in rows]


def many(count: int, noun: str) -> str:
    """`1 run`, `2,000 runs`."""
    plural = noun if noun.endswith("s") else f"{noun}s"
    return f"{count:,} {noun if count == 1 else plural}"


def octets(size: int) -> str:
    """A number of bytes, for people: `512 B`, `1.5 MB`."""
    if size < 1000:
        return f"{size} B"
    unit = next(
        unit
        for unit in ("kB", "MB", "GB", "TB")
        if size < 1000 ** ("kMGT".index(unit[0]) + 2) or unit == "TB"
    )
    return f"{size / 1000 ** ('kMGT'.index(unit[0]) + 1):.1f} {unit}"
