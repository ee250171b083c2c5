"""`tracker-tui gc`: removes deleted runs for good, and gives their room back to the disk."""

from __future__ import annotations

import sqlite3
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

from logger.reclaiming import Reclaimed, Reclaiming, Survey, survey
from logger.store.connection import StoreError
from logger.store.query.literals import duration
from tui_tracker.model import formats
from tui_tracker.model.text import clean
from tui_tracker.text import shown
from tui_tracker.text.command import Command, Place, UsageError
from tui_tracker.text.forms import render
from tui_tracker.text.progress import Progress
from tui_tracker.text.table import Column, Entry, Record, Report, Sentence, Table


def _answer(arguments: Namespace, place: Place) -> Report | Sentence:
    before = place.now - arguments.older_than
    found = survey(place.store, before, leftovers=arguments.leftovers)
    if arguments.dry_run:
        return _plan(found, place.now)
    if found.is_empty and not found.runs:
        return Sentence("there is nothing to remove", _record(found, None))
    if not arguments.yes and (found.going or found.leftovers):
        _ask(found, place)
    progress = Progress()
    try:
        done = Reclaiming(place.store, found, before, progress).carry_out()
    except sqlite3.Error as error:
        raise StoreError(f"cannot go on: {error}; what was removed until then is gone") from error
    finally:
        progress.clear()
    for run in found.runs:
        if run.kept_by:
            sys.stderr.write(f"tracker-tui: kept run {clean(run.name)}: {run.kept_by}\n")
    return Sentence(_said(found, done), _record(found, done))


def _ask(found: Survey, place: Place) -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("gc removes for good: say --yes, or --dry-run to see what would go")
    sys.stderr.write(render(_plan(found, place.now), "text", place.width))
    sys.stderr.write("\nremove these for good? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise StoreError("nothing was removed")


def _plan(found: Survey, now: float) -> Report:
    runs = Table(
        (
            Column("id", shown.short_id),
            Column("name"),
            Column("experiment"),
            Column("deleted", shown.age(now)),
            Column("points", shown.size, right=True),
            Column("files", shown.size, right=True),
            Column("kept_by", shown.text),
        ),
        tuple(
            (
                run.uid,
                run.name,
                run.experiment,
                run.deleted,
                run.points,
                found.files[run.uid],
                run.kept_by or None,
            )
            for run in found.runs
        ),
        empty="no deleted run",
    )
    parts: dict[str, Table | Record] = {"deleted runs": runs}
    if found.leftovers:
        columns = (Column("run", shown.short_id), Column("file"), Column("size", shown.size, right=True))
        parts["leftover files"] = Table(columns, tuple(_row(path) for path in found.leftovers))
    parts["would go"] = _record(found, None)
    return Report(parts)


def _row(leftover: Path) -> tuple[str, str, int]:
    """The run whose directory it lies in, its path there, its size."""
    uid, _, path = str(leftover).rpartition("/artifacts/")[2].partition("/")
    return uid, path, leftover.lstat().st_size


def _record(found: Survey, done: Reclaimed | None) -> Record:
    entries = [
        Entry("runs", len(found.going) if done is None else done.runs),
        Entry("kept", len(found.runs) - len(found.going)),
        Entry("leftover_files", len(found.leftovers)),
        Entry("bytes", found.size, shown.size),
        Entry(
            "runs_to_pack" if done is None else "runs_packed", found.loose if done is None else done.packed
        ),
        Entry("database", found.room.size if done is None else done.after.size, shown.size),
    ]
    if done is None:
        entries.append(Entry("unused_in_database", found.room.unused, shown.size))
    elif done.remark:
        entries.append(Entry("remark", done.remark))
    return Record(tuple(entries))


def _said(found: Survey, done: Reclaimed) -> str:
    parts = [
        f"removed {formats.counted(done.runs, 'run')} and {formats.size(found.size)} of points and files"
    ]
    if done.files:
        parts.append(f"among them {formats.counted(done.files, 'leftover file')}")
    if done.packed:
        parts.append(f"packed the points of {formats.counted(done.packed, 'run')}")
    if done.after.size < done.before.size:
        parts.append(
            f"the database went from {formats.size(done.before.size)} to {formats.size(done.after.size)}"
        )
    if done.remark:
        parts.append(done.remark)
    return "; ".join(parts)


def _duration(text: str) -> float:
    seconds = duration(text)
    if seconds is None or seconds < 0:
        raise ArgumentTypeError(f"{text!r} is no duration: write one like 30d, 12h or 0d")
    return seconds


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--older-than",
        metavar="AGE",
        type=_duration,
        default=0.0,
        help="only runs deleted for longer, as in 30d (default 0d: all that are deleted)",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would go, and change nothing")
    parser.add_argument(
        "--leftovers", action="store_true", help="also files among the artifacts that no run recorded"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")


COMMAND = Command(
    "gc",
    "remove deleted runs for good, and shrink the database",
    _answer,
    (
        "tracker-tui gc --dry-run                what would go, and how large it is",
        "tracker-tui gc --older-than 30d --yes   in a nightly job",
        "tracker-tui gc --leftovers              also what interrupted copies left",
    ),
    _arguments,
    "A run from which a version of a model came stays until that version is deleted, and one that\n"
    "a process logs to until that ends. Runs that are not deleted lose nothing, and processes that\n"
    "log go on meanwhile. Interrupted, it is finished by the next time.",
)
