"""A training loop that never leaves the interpreter, 1 ms a step, for benchmarks: what it loses to what runs beside it.

python busy_loop.py ROUNDS

Prints "ready", and, after a line was read, a JSON object: for each round the milliseconds a step took alone (`bare`),
while it logged 3 metrics a step (`logged`), and beside the least that could be done with as many bytes (`least`); and
the seconds the bytes waited there (`waited`), least to most.
"""

import json
import os
import sqlite3
import sys
import threading
import time
from collections.abc import Callable

import logger

# Steps until what runs beside the loop has found its rhythm, and those that are measured.
_BEFORE, _MEASURED = 300, 700
# As often as filing files beside such a loop; a record of three metrics takes as many bytes.
_PAUSE = 0.25
_RECORD = bytes(55)


def work(rounds: int) -> int:
    total = 0
    for number in range(rounds):
        total += number * number % 7
    return total


def rounds_of_a_millisecond() -> int:
    clock = time.process_time_ns
    rounds, spent = 1000, 0
    while spent < 1_000_000:
        rounds = rounds * 5 // 4
        spent = min((work(rounds), clock() - started)[1] for started in (clock() for _ in range(9)))
    return rounds


class Least(threading.Thread):
    """A thread that puts into SQLite what the loop has appended to a file, in a transaction each, and nothing else."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.descriptor = os.open("records", os.O_RDWR | os.O_CREAT | os.O_APPEND)
        self.is_wanted = threading.Event()
        self.unfiled: list[float] = []
        """when each record was written that is not in the database"""
        self.waited: list[float] = []

    def write(self) -> None:
        os.write(self.descriptor, _RECORD)
        self.unfiled.append(time.perf_counter())

    def run(self) -> None:
        database = sqlite3.connect("least.db", isolation_level=None)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute("CREATE TABLE records (bytes BLOB)")
        filed = 0
        while self.is_wanted.wait():
            time.sleep(_PAUSE)
            read = os.pread(self.descriptor, 1 << 20, filed)
            if read:
                # An INSERT by itself is a transaction.
                database.execute("INSERT INTO records VALUES (?)", (read,))
                filed += len(read)
                self.waited.append(time.perf_counter() - self.unfiled[0])
                del self.unfiled[: len(read) // len(_RECORD)]


def main() -> None:
    rounds = rounds_of_a_millisecond()
    run = logger.start_run("loop", console=False)
    run.log({"loss": 0.0, "acc": 0.0, "lr": 0.0}, 0)
    logger.flush()
    least = Least()
    least.start()
    step = 0

    def bare() -> None:
        work(rounds)

    def logged() -> None:
        nonlocal step
        work(rounds)
        step += 1
        run.log({"loss": 1.0 / step, "acc": 0.5, "lr": 0.001}, step)

    def beside_least() -> None:
        work(rounds)
        least.write()

    def milliseconds(action: Callable[[], None], steps: int) -> float:
        started = time.perf_counter_ns()
        for _ in range(steps):
            action()
        return (time.perf_counter_ns() - started) / 1e6 / steps

    print("ready", flush=True)
    sys.stdin.readline()
    # Until the machine is sampled for the first time, which takes an import.
    milliseconds(logged, 4000)
    found: dict[str, list[float]] = {"bare": [], "logged": [], "least": []}
    for _ in range(int(sys.argv[1])):
        logger.flush()
        # As before a fork, no thread of the logger does anything.
        run._recorder.before_fork()
        found["bare"].append(milliseconds(bare, _MEASURED))
        least.is_wanted.set()
        milliseconds(beside_least, _BEFORE)
        found["least"].append(milliseconds(beside_least, _MEASURED))
        least.is_wanted.clear()
        run._recorder.after_fork_in_parent()
        milliseconds(logged, _BEFORE)
        found["logged"].append(milliseconds(logged, _MEASURED))
    print(json.dumps({**found, "waited": sorted(least.waited)}), flush=True)
    run.finish()


if __name__ == "__main__":
    main()
