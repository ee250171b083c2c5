"""`tracker-tui artifacts`: the files of a run, one of them as text, or a copy of it."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from logger.progress import Progress
from logger.store import artifacts, runs
from logger.store.artifacts import Artifact
from logger.store.runs import StoredRun
from tui_tracker.model.artifact_files import CopyError, copy_out, verified
from tui_tracker.model.artifact_tree import as_on_disk
from tui_tracker.model.previews.reading import read_preview
from tui_tracker.text import shown
from tui_tracker.text.command import Command, NotFound, Place, UsageError
from tui_tracker.text.show import ARTIFACT_COLUMNS, add_run
from tui_tracker.text.table import Column, Entry, Record, Sentence, Table


def _answer(arguments: Namespace, place: Place) -> Table | Sentence | Iterator[str]:
    if arguments.copy and arguments.verify:
        raise UsageError("--copy compares what it copies with its hash: leave --verify out")
    with closing(place.reader()) as connection:
        run = runs.find(connection, arguments.run)
        found = as_on_disk(place.store, run.uid, artifacts.of_run(connection, run.id))
    path = arguments.path.strip("/") if arguments.path else ""
    chosen = [file for file in found if not path or file.path == path or file.path.startswith(f"{path}/")]
    if path and not chosen:
        raise NotFound(
            f"the run {run.name!r} has no file or folder {path!r}: `tracker-tui artifacts` lists them"
        )
    if arguments.copy:
        return _copied(arguments.copy, place, run, path, chosen)
    if arguments.verify:
        return _verified(place, run, chosen)
    is_file = len(chosen) == 1 and chosen[0].path == path
    if is_file and arguments.form == "text":
        return _text(place, run, chosen[0])
    rows = tuple((a.path, a.size, a.kind, a.step, a.state, a.created, a.sha256) for a in chosen)
    return Table(ARTIFACT_COLUMNS, rows, empty="this run has no files")


def _text(place: Place, run: StoredRun, file: Artifact) -> Iterator[str]:
    look = read_preview(place.store, run.uid, file)
    if look.picture is not None:
        yield f"{look.facts}: a picture, shown by the app; --copy FILE copies it out"
    yield from look.text.split("\n") if look.text else ()
    if look.remark:
        # What is printed may be read by a program; what is left out of it is said beside.
        sys.stdout.flush()
        sys.stderr.write(f"tracker-tui: {look.remark}; --copy FILE copies all of it out\n")


def _copied(typed: str, place: Place, run: StoredRun, path: str, files: Sequence[Artifact]) -> Sentence:
    try:
        with Progress("copying", sum(file.size for file in files)) as tell:
            where = copy_out(place.store, run.uid, files, path, Path(typed), tell)
    except CopyError as error:
        raise NotFound(str(error)) from None
    return Sentence(f"copied to {where}", Record((Entry("path", path), Entry("copy", str(where)))))


def _verified(place: Place, run: StoredRun, files: Sequence[Artifact]) -> Table:
    rows = tuple(
        (file.path, file.size, verified(place.store, run.uid, file) or "as logged") for file in files
    )
    wrong = sum(verdict != "as logged" for *_, verdict in rows)
    remark = f"{wrong:,} of {len(rows):,} are not as logged" if wrong else ""
    return Table((Column("path"), Column("size", shown.size, right=True), Column("verdict")), rows, remark)


def _arguments(parser: ArgumentParser) -> None:
    add_run(parser)
    parser.add_argument("path", nargs="?", metavar="PATH", help="one file or folder of it")
    parser.add_argument(
        "--copy", metavar="DEST", help="copy it to this path, which must not exist yet, or into a directory"
    )
    parser.add_argument(
        "--verify", action="store_true", help="compare the files with the hashes they were logged with"
    )


COMMAND = Command(
    "artifacts",
    "list, print or copy the files of a run",
    _answer,
    (
        "tracker-tui artifacts brave-otter-24",
        "tracker-tui artifacts 3f9a confusion.txt",
        "tracker-tui artifacts 3f9a weights/w.npy",
        "tracker-tui artifacts 3f9a weights --copy ~/weights",
        "tracker-tui artifacts 3f9a --json | jq -r '.[].path'",
    ),
    _arguments,
    "A file is shown as the app previews it: text cleaned, tables and arrays by their first rows, all else as bytes."
    "\nNothing is executed or unpickled.",
)
