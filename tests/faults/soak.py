"""Kills processes for as long as you like: `python -m tests.faults soak --kills 10000`.

Trainers log as fast as they can into one store and tell of each call that has returned; collectors file what dead ones
left. All are killed at random instants, collectors too, so that kills fall into filings, commits and removals. At the
end each run must hold every told record once and in order.
"""

from __future__ import annotations

import math
import random
import subprocess
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import logger
from logger.journal import DAMAGED_SUFFIX, SUFFIX
from logger.orphans import collect_orphans
from logger.store import locate
from logger.store.connection import open_reader
from logger.store.locate import Store
from tests.faults.trainers import LOGS_FOR_EVER, kill, read_acknowledged, start

COLLECTS_FOR_EVER = """
import os, sqlite3
from logger.orphans import collect_orphans
from logger.store import locate
from logger.store.connection import StoreError
store = locate.for_writing()
os.write(1, b".")
while True:
    collect_orphans(store)
"""
# Most of what a kill can strike is between records; fewer of them leave the time for more kills.
LOGS_AND_RESTS = LOGS_FOR_EVER.replace("step += 1", "step += 1; time.sleep(0.0002)").replace(
    "import os", "import os, time"
)
_AT_ONCE = 4
_LONGEST_LIFE = 0.25
_LAST_SECONDS = 30.0


@dataclass
class Tally:
    """What a soak found."""

    kills: int = 0
    told: int = 0
    lost: int = 0
    repeated: int = 0
    untold: int = 0
    """recorded, though the kill came before the call could tell"""


def soak(kills: int, directory: Path, seed: int, seconds: float = math.inf) -> Tally:
    """Kill so many trainers, or as many as can be in so many seconds, and judge what is there afterwards."""
    end = time.monotonic() + seconds
    generator = random.Random(seed)
    tally = Tally()
    told: dict[str, int] = {}
    trainers: dict[str, subprocess.Popen[bytes]] = {}
    collector = start(COLLECTS_FOR_EVER, directory)
    try:
        while (tally.kills < kills and time.monotonic() < end) or trainers:
            while len(trainers) < _AT_ONCE and tally.kills + len(trainers) < kills and time.monotonic() < end:
                name = f"victim-{len(told)}"
                told[name] = 0
                trainers[name] = start(LOGS_AND_RESTS, directory, name)
            name = generator.choice(list(trainers))
            told[name] += read_acknowledged(trainers[name], generator.randrange(1, 2000))
            time.sleep(generator.random() * _LONGEST_LIFE)
            told[name] += kill(trainers.pop(name))
            tally.kills += 1
            if generator.random() < 0.3:
                kill(collector)
                collector = start(COLLECTS_FOR_EVER, directory)
    finally:
        for process in (collector, *trainers.values()):
            kill(process)
    file_what_is_left(locate.for_writing(directory / ".tracker"))
    judge(directory, told, tally)
    return tally


def file_what_is_left(store: Store) -> None:
    """File every journal; the last process that was killed may not have let go of its lock yet."""
    deadline = time.monotonic() + _LAST_SECONDS
    while any(store.journals.glob(f"*{SUFFIX}")):
        collect_orphans(store)
        assert time.monotonic() < deadline, list(store.journals.iterdir())
    assert not any(store.journals.glob(f"*{DAMAGED_SUFFIX}"))


def judge(directory: Path, told: dict[str, int], tally: Tally) -> None:
    """Compare the store with what the trainers told."""
    store = locate.for_writing(directory / ".tracker")
    with closing(open_reader(store)) as reader:
        (verdict,) = reader.execute("PRAGMA integrity_check").fetchone()
    assert verdict == "ok", verdict
    found = {run.name: run for run in logger.search_runs(store=store, max_results=50_000)}
    for name, count in told.items():
        values = found[name].history("a").values if name in found else []
        expected = list(map(float, range(len(values))))
        tally.told += count
        tally.lost += max(count - len(values), 0)
        assert count <= len(values), f"{name}: {count} told, {len(values)} there, known: {name in found}"
        tally.untold += max(len(values) - count, 0)
        tally.repeated += len(values) - len(set(values))
        assert values == expected, f"{name} is out of order"
