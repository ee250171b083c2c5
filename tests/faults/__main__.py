"""Runs the long versions of the fault tests, and prints a table of what they found."""

from __future__ import annotations

import argparse
import math
import os
import platform
import random
import sqlite3
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from logger import code_capture, monitor, process
from tests.faults import (
    test_crowds,
    test_disk_errors,
    test_kill_instants,
    test_power_loss,
    watched,
)
from tests.faults.shim import FaultyDisk
from tests.faults.soak import soak

_EXAMPLES = """\
examples:
  python -m tests.faults                            everything, smaller: some minutes
  python -m tests.faults --scale 10                 everything, ten times as long
  python -m tests.faults soak --kills 10000         ten thousand kills
  python -m tests.faults watched --minutes 10       a viewer held open beside a busy writer
  python -m tests.faults power kills                power cuts, and a kill before every operation on the disk
"""


@dataclass(frozen=True)
class Options:
    """How much of each to do."""

    kills: int
    cuts: int
    starts: int
    ranks: int
    minutes: float
    limit: float
    seed: int


def soaked(options: Options, directory: Path) -> Iterator[str]:
    tally = soak(options.kills, directory, options.seed, options.limit * 60)
    yield (
        f"{tally.kills:,} kills at random instants of trainers and of those who file for the dead:"
        f" {tally.told:,} records acknowledged, {tally.lost} lost, {tally.repeated} repeated"
    )


def kills(options: Options, directory: Path) -> Iterator[str]:
    (directory / "whole").mkdir()
    disk = FaultyDisk(directory)
    count = test_kill_instants.count_operations(test_kill_instants.SHORT, disk, directory / "whole")
    for instant in range(1, count + 1):
        test_kill_instants.die_at(instant, directory)
    yield f"a kill before each of the {count} operations of a short run on its disk: nothing lost or repeated"
    for instant in range(1, 31):
        test_kill_instants.die_at(count // 2, directory, collector=instant)
    yield "a kill before each of the first 30 operations of one that files for the dead: the same"


def power(options: Options, directory: Path) -> Iterator[str]:
    recorded = test_power_loss.record(directory, 6.0)
    generator = random.Random(options.seed)
    whole = range(len(recorded) + 1)
    instants = whole if options.cuts >= len(whole) else sorted(generator.sample(whole, options.cuts))
    longest = max(test_power_loss.cut(recorded, at, directory, generator) for at in instants)
    yield (
        f"{len(instants):,} power cuts within {len(recorded):,} recorded operations: every store whole,"
        f" at most {longest:.2f} s of records gone"
    )


def disk(options: Options, directory: Path) -> Iterator[str]:
    del options
    for place in test_disk_errors.PLACES:
        for error in test_disk_errors.ERRORS:
            where = directory / f"{place}-{error}"
            where.mkdir()
            test_disk_errors.train_through(place, error, where)
    places, errors = ", ".join(test_disk_errors.PLACES), ", ".join(test_disk_errors.ERRORS)
    yield f"{errors} at each of {places}: training went on, one warning, nothing lost"


def crowds(options: Options, directory: Path) -> Iterator[str]:
    for name in ("starts", "ranks"):
        (directory / name).mkdir()
    test_crowds.begin_at_once(options.starts, directory / "starts")
    yield f"{options.starts} processes that start at once on a missing store: every run finished, no message"
    test_crowds.log_to_one_run(options.ranks, directory / "ranks")
    yield f"{options.ranks} processes that log to one run: {200 * options.ranks:,} records, each once"


def watching(options: Options, directory: Path) -> Iterator[str]:
    seen = watched.watch(directory, options.minutes * 60)
    yield (
        f"a viewer open for {options.minutes:g} min beside a writer of {seen.points:,} points: the WAL at most"
        f" {seen.wal_bytes / 2**20:.0f} MB, the viewer's memory {seen.first_bytes / 2**20:.0f} MB at first,"
        f" {seen.last_bytes / 2**20:.0f} MB at last, {seen.growth / seen.points:.1f} bytes a point"
    )
    assert seen.wal_bytes <= watched.MOST_WAL, "the WAL grew too long"
    assert seen.growth <= seen.most_growth, "the viewer grew with what was logged"


SUITES: dict[str, Callable[[Options, Path], Iterator[str]]] = {
    "soak": soaked,
    "kills": kills,
    "power": power,
    "disk": disk,
    "crowds": crowds,
    "watched": watching,
}


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults",
        description=__doc__.partition("\n")[0],
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "suites", nargs="*", metavar="SUITE", help=f"any of {', '.join(SUITES)} (default: all)"
    )
    parser.add_argument("--scale", type=float, default=1.0, help="multiplies what is not said otherwise")
    parser.add_argument("--kills", type=int, help="of the soak (default: 200)")
    parser.add_argument("--cuts", type=int, help="of the power (default: 300)")
    parser.add_argument("--starts", type=int, default=128, help="processes at once (default: 128)")
    parser.add_argument("--ranks", type=int, default=64, help="processes on one run (default: 64)")
    parser.add_argument("--minutes", type=float, help="to watch (default: 1)")
    parser.add_argument(
        "--limit", type=float, default=math.inf, help="minutes after which the soak kills no more"
    )
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    if unknown := [name for name in given.suites if name not in SUITES]:
        parser.error(f"unknown suite {unknown[0]!r}: choose from {', '.join(SUITES)}")
    options = Options(
        kills=given.kills or int(200 * given.scale),
        cuts=given.cuts or int(300 * given.scale),
        starts=given.starts,
        ranks=given.ranks,
        minutes=given.minutes or given.scale,
        limit=given.limit,
        seed=given.seed,
    )
    print(
        f"{date.today()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version},"
        f" {platform.system()} {platform.machine()}\n\n| fault | found | s |\n|---|---|---:|"
    )
    # As in the suite: no machine is sampled and no code kept, so that the disk sees what the scripts log alone.
    os.environ.update({monitor.ENVIRONMENT_VARIABLE: "0", code_capture.ENVIRONMENT_VARIABLE: "0"})
    failed = False
    for name in given.suites or SUITES:
        started = time.monotonic()
        try:
            with tempfile.TemporaryDirectory(prefix="tracker-faults-") as directory:
                for line in SUITES[name](options, Path(directory)):
                    print(f"| {name} | {line} | {time.monotonic() - started:.0f} |", flush=True)
                # What this process itself has recorded is filed before its store goes.
                process.close_all("FINISHED")
        except Exception:
            failed = True
            traceback.print_exc()
            print(f"| {name} | FAILED | {time.monotonic() - started:.0f} |", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
