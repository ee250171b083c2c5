"""Power cuts, from a recording: what a process did to its disk is replayed up to an instant, and what was not synced
by then is kept or dropped at will. The store opens, is whole, and lacks at most what was logged since the last sync.

Per file, a cut keeps what was synced and any beginning of what was written since, also half of a write; of the names
made, given and taken away, those before the last sync of their directory and any beginning of the rest.
"""

from __future__ import annotations

import itertools
import random
import shutil
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import logger
from logger.store import locate
from logger.store.connection import open_reader
from tests.faults.shim import (
    CREATE,
    MKDIR,
    RENAME,
    SYNC,
    TRUNCATE,
    UNLINK,
    WRITE,
    FaultyDisk,
    Operation,
    operations,
)
from tests.faults.soak import file_what_is_left

# Long enough for some syncs, which come once a second, with a run that ends, so that a journal is removed.
RECORDED = """
import logger, time
with logger.start_run("e", run_name="short") as run:
    for step in range(300):
        run.log({"a": step}, step=step)
run = logger.start_run("e", run_name="long")
end = time.monotonic() + SECONDS
step = 0
while time.monotonic() < end:
    run.log({"a": step, "t": time.monotonic()}, step=step)
    step += 1
    if step % 100 == 0:
        run.log_text(f"{step} " * 3000, f"{step}.txt")
    time.sleep(0.002)
run.finish()
"""
# A sync is asked for a second after the last; it takes its time, on a busy machine above all.
MOST_SECONDS = 1.0
_SECTOR = 512


@dataclass
class File:
    """A file of the replayed disk, by what was done to it."""

    changes: list[Operation] = field(default_factory=list)
    synced: int = 0
    """how many of the changes are certain"""

    def content(self, generator: random.Random) -> bytes:
        kept = generator.randint(self.synced, len(self.changes))
        data = bytearray()
        for place, change in enumerate(self.changes[:kept]):
            body = change.data
            if change.kind == TRUNCATE:
                del data[change.length :]
                data.extend(bytes(change.length - len(data)))
                continue
            if place == kept - 1 and kept > self.synced:
                # The last one got as far as some sector.
                body = body[: generator.randrange(0, len(body) + 1, min(_SECTOR, max(len(body), 1)))]
            data.extend(bytes(max(change.offset - len(data), 0)))
            data[change.offset : change.offset + len(body)] = body
        return bytes(data)


class Disk:
    """What a recording left behind at a cut."""

    def __init__(self, recorded: Sequence[Operation]) -> None:
        files: dict[str, File] = {}
        self.names: list[tuple[str, str, str, File | None]] = []
        """kind, path, path before, and the file, of each change of a name, in order"""
        self.certain: set[int] = set()
        for operation in recorded:
            if operation.kind in (CREATE, MKDIR):
                files[operation.path] = File()
                self.names.append((operation.kind, operation.path, "", files[operation.path]))
            elif operation.kind == RENAME:
                before = operation.data.decode()
                files[operation.path] = files.pop(before)
                self.names.append((RENAME, operation.path, before, files[operation.path]))
            elif operation.kind == UNLINK:
                self.names.append((UNLINK, operation.path, "", files.pop(operation.path, None)))
            elif operation.kind == SYNC and operation.path in files and files[operation.path].changes:
                files[operation.path].synced = len(files[operation.path].changes)
                self._make_certain(operation.path, is_file=True)
            elif operation.kind == SYNC:
                self._make_certain(operation.path, is_file=False)
            elif operation.path in files:
                files[operation.path].changes.append(operation)

    def _make_certain(self, path: str, *, is_file: bool) -> None:
        """A sync of a file keeps the name that it has; one of a directory, all changes of names in it."""
        for number, (_, name, _, _) in enumerate(self.names):
            if name == path if is_file else name.rpartition("/")[0] == path:
                self.certain.add(number)

    def write(self, root: str, target: Path, generator: random.Random) -> None:
        """Make what is left, of what was at `root`, at `target`."""
        certain = max(self.certain, default=-1) + 1
        kept = generator.randint(certain, len(self.names))
        names: dict[str, File | None] = {}
        # A file system's own journal keeps the order of names: nothing before what is certain is missing.
        for kind, path, before, file in self.names[:kept]:
            if kind == UNLINK:
                names.pop(path, None)
                continue
            if kind == RENAME:
                names.pop(before, None)
            names[path] = None if kind == MKDIR else file
        target.mkdir(parents=True)
        for path, file in names.items():
            place = target / Path(path).relative_to(root)
            if file is None:
                place.mkdir(parents=True, exist_ok=True)
            elif not path.endswith("-shm"):
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(file.content(generator))


def record(directory: Path, seconds: float) -> list[Operation]:
    disk = FaultyDisk(directory)
    project = directory / "project"
    project.mkdir()
    process = disk.start(RECORDED.replace("SECONDS", str(seconds)), project, FAULT_LOG=str(disk.log))
    _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err.decode()
    return list(operations(disk.log))


def cut(recorded: Sequence[Operation], at: int, directory: Path, generator: random.Random) -> float:
    """Cut the power after so many operations; returns how many seconds of records are gone."""
    root = str(directory / "project" / ".tracker")
    target = directory / f"cut-{at}-{generator.random()}" / ".tracker"
    Disk(recorded[:at]).write(root, target, generator)
    store = locate.for_writing(target)
    file_what_is_left(store)
    lost = 0.0
    if at:
        lost = look(store, recorded[:at])
    shutil.rmtree(target.parent)
    return lost


def look(store: locate.Store, recorded: Sequence[Operation]) -> float:
    """What is there is whole and in order; returns the seconds from the last record there to the cut."""
    runs = {}
    if store.database.exists() and store.database.stat().st_size:
        with closing(open_reader(store)) as reader:
            assert reader.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        runs = {run.name: run for run in logger.search_runs(store=store)}
    for run in runs.values():
        values = run.history("a").values
        assert values == list(map(float, range(len(values)))), f"{run.name}: repeated, or out of order"
    journal = [each for each in recorded if each.kind == WRITE and "/journal/" in each.path]
    if not journal:
        return 0.0
    end = journal[-1].time
    if "long" not in runs:
        return end - journal[0].time
    times = runs["long"].history("t").values
    # That of the run before, whose end was waited for, is there whole.
    assert len(runs["short"].history("a").values) == 300
    made = {each.path.rpartition("/")[2]: each.time for each in recorded if each.kind == RENAME}
    broken = [
        made[f"{step}.txt"] for step in files_of(runs["long"], store) if not is_whole(runs["long"], step)
    ]
    return max(end - min([*times[-1:], *broken]), 0.0) if times else 0.0


def files_of(run: logger.LoggedRun, store: locate.Store) -> list[int]:
    with closing(open_reader(store)) as reader:
        rows = reader.execute(
            "SELECT a.path FROM artifacts a JOIN runs r ON r.id = a.run_id WHERE r.uid = ?", (run.id,)
        )
        return [int(path.removesuffix(".txt")) for (path,) in rows]


def is_whole(run: logger.LoggedRun, step: int) -> bool:
    try:
        return run.artifact(f"{step}.txt").read_text() == f"{step} " * 3000
    except logger.StoreError:
        return False


def test_a_cut_at_any_instant_leaves_a_whole_store_and_costs_a_second(tmp_path: Path) -> None:
    recorded = record(tmp_path, 2.5)
    kinds = {operation.kind for operation in recorded}
    assert {WRITE, SYNC, CREATE, RENAME, UNLINK, MKDIR} <= kinds
    generator = random.Random(0)
    # Of all instants, and of those at which a journal goes, since what it held must be safe elsewhere by then.
    removals = [
        place for place, each in enumerate(recorded) if each.kind == UNLINK and "/journal/" in each.path
    ]
    instants = generator.sample(range(len(recorded) + 1), 40)
    instants += [min(place + after, len(recorded)) for place in removals for after in range(1, 8)]
    longest = max(cut(recorded, at, tmp_path, generator) for at in instants)
    syncs = [each.time for each in recorded if each.kind == SYNC and "/journal/" in each.path]
    gaps = [after - before for before, after in itertools.pairwise(syncs)]
    # As much as passes between two syncs, which is a second and what the machine was late by.
    assert longest <= max([MOST_SECONDS, *gaps]) + MOST_SECONDS
