"""What lies around the database: the disk, the rights, the library, the files of runs. Nothing here is changed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from logger.store import filesystem
from logger.store.artifacts import COMPLETE
from logger.store.health import Finding, RecordedFile, Tick, many, octets
from logger.store.locate import Store
from logger.store.registry.verify import file_hash

# Below the first of these, training goes on for a while; below the second, not even that is sure.
_LITTLE_SPACE = 5_000_000_000
_NO_SPACE = 200_000_000
_MENDED_SQLITE = (3, 51, 3)
_MOST_LISTED = 5


def disk(store: Store) -> Iterator[Finding]:
    """The kind of filesystem, and how much room is left."""
    kind = filesystem.kind(store.directory) or "of a type that the system does not tell"
    said = filesystem.override()
    if said:
        kind += f", taken for a {said} one as {filesystem.ENVIRONMENT_VARIABLE} says"
    elif os.environ.get(filesystem.ENVIRONMENT_VARIABLE):
        words = f"{filesystem.LOCAL} nor {filesystem.NETWORK}"
        yield Finding(
            "filesystem", "problem", f"{filesystem.ENVIRONMENT_VARIABLE} is neither {words}: it is ignored"
        )
    if store.is_shared:
        yield Finding(
            "filesystem",
            "note",
            f"the store is on a network filesystem ({kind}): journals stay there, and this host files them into"
            f" {store.private}",
        )
    else:
        yield Finding("filesystem", "ok", f"the store is on a local filesystem ({kind})")
    for place in {store.directory, store.private}:
        if place.is_dir():
            free = shutil.disk_usage(place).free
            level = "problem" if free < _NO_SPACE else "note" if free < _LITTLE_SPACE else "ok"
            yield Finding("disk", level, f"{octets(free)} free for {place}")  # type: ignore[arg-type]


def library() -> Iterator[Finding]:
    """The version of SQLite."""
    if sqlite3.sqlite_version_info >= _MENDED_SQLITE:
        yield Finding("sqlite", "ok", f"SQLite {sqlite3.sqlite_version}")
        return
    mended = ".".join(map(str, _MENDED_SQLITE))
    yield Finding(
        "sqlite",
        "note",
        f"SQLite {sqlite3.sqlite_version} is older than {mended}: two programs that checkpoint the database at the same"
        " instant as a third writes could damage it; this software does so one at a time, so it takes another one",
    )


def rights(store: Store) -> Iterator[Finding]:
    """Whether others than the owner can look into the store, or change it."""
    readable = writable = looked = 0
    for path in _below(store):
        try:
            mode = path.lstat().st_mode
        except OSError:
            continue
        if stat.S_ISLNK(mode):
            continue
        looked += 1
        writable += bool(mode & 0o022)
        readable += bool(mode & 0o055)
    if writable:
        yield Finding(
            "rights",
            "problem",
            f"others may write to {many(writable, 'file')} of it: `chmod -R go= {store.directory}`",
        )
    elif readable and store.directory.stat().st_mode & 0o077:
        yield Finding(
            "rights",
            "note",
            f"others may read {many(readable, 'file')} of it: `chmod -R go= {store.directory}` ends that",
        )
    else:
        yield Finding("rights", "ok", f"{many(looked, 'file')} and directories, only for their owner")


def _below(store: Store) -> Iterator[Path]:
    for top in {store.directory, store.private}:
        yield top
        for folder, folders, names in os.walk(top):
            yield from (Path(folder, name) for name in (*folders, *names))


def files(store: Store, recorded: Sequence[RecordedFile], *, hashes: bool, tick: Tick) -> Iterator[Finding]:
    """Whether the files of runs are there, as long as recorded and, with `hashes`, with the recorded content."""
    problems: list[str] = []
    unfinished = [file for file in recorded if file.state != COMPLETE]
    if unfinished:
        yield Finding(
            "artifacts",
            "note",
            f"{many(len(unfinished), 'file')} whose copy was cut short, such as {unfinished[0].path} of run"
            f" {unfinished[0].run}: logging it again completes it",
        )
    recorded = [file for file in recorded if file.state == COMPLETE]
    for place, file in enumerate(recorded):
        tick(f"artifact {place + 1:,} of {len(recorded):,}")
        wrong = _wrong_with(store.artifacts / file.uid / file.path, file, hashes=hashes)
        if wrong:
            problems.append(f"artifact {file.path} of run {file.run} {wrong}")
    for problem in problems[:_MOST_LISTED]:
        yield Finding("artifacts", "problem", problem)
    if len(problems) > _MOST_LISTED:
        yield Finding("artifacts", "problem", f"so it is with {len(problems) - _MOST_LISTED:,} more")
    if not problems:
        total = sum(file.size for file in recorded)
        with_hashes = ", and their contents are what was logged" if hashes and recorded else ""
        yield Finding(
            "artifacts", "ok", f"{many(len(recorded), 'file')}, {octets(total)}, as recorded{with_hashes}"
        )


def _wrong_with(path: Path, file: RecordedFile, *, hashes: bool) -> str:
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode):
            return "is no regular file"
        if found.st_size != file.size:
            return f"has {found.st_size:,} bytes, not the {file.size:,} that were logged"
        if hashes and file_hash(path) != file.sha256:
            return "has another content than was logged"
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    return ""


def unrecorded(store: Store, recorded: Sequence[RecordedFile]) -> Iterator[Path]:
    """Files among the artifacts that no run has recorded: what an interrupted copy leaves, or another program put."""
    known = {(file.uid, file.path) for file in recorded}
    for folder, folders, names in os.walk(store.artifacts):
        folders.sort()
        for name in sorted(names):
            path = Path(folder, name)
            uid, *rest = path.relative_to(store.artifacts).parts
            if (uid, "/".join(rest)) not in known:
                yield path
