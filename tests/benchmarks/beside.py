"""Filing beside a training loop that never leaves the interpreter: what the loop loses, how long a record waits."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from logger.store.connection import open_reader
from logger.store.locate import Store
from tests.benchmarks.measuring import REPEATS, Result, scratch

_STEPS = 1000
_LOOP = """
import json, sys, threading, time
sys.path.insert(0, sys.argv[2])
import logger

def work(rounds):
    total = 0
    for number in range(rounds):
        total += number * number % 7
    return total

clock = time.process_time_ns
rounds, spent = 1000, 0
while spent < 1_000_000:  # a step takes a millisecond
    rounds = rounds * 5 // 4
    spent = min((work(rounds), clock() - started)[1] for started in (clock() for _ in range(9)))
run = logger.start_run("loop", console=False)
run.log({"loss": 0.0, "acc": 0.0, "lr": 0.0}, 0)
logger.flush()

def loop(logged, first, steps):
    started = time.perf_counter_ns()
    for step in range(first, first + steps):
        work(rounds)
        if logged:
            run.log({"loss": 1.0 / step, "acc": 0.5, "lr": 0.001}, step)
    return (time.perf_counter_ns() - started) / 1e6 / steps

# What the scheduler and the interpreter take of it: a thread that does nothing but wake, as often as filing does.
woken = []
def wake():
    while True:
        begun = time.perf_counter()
        time.sleep(0.1)
        woken.append(time.perf_counter() - begun)
threading.Thread(target=wake, daemon=True).start()

print("ready", flush=True)
sys.stdin.readline()
# In turns, because the clock of a shared machine drifts.
turns = [(loop(False, 0, 100), loop(True, 1 + 100 * turn, 100)) for turn in range(int(sys.argv[1]) // 100)]
print(json.dumps([turns, sorted(woken)]), flush=True)
run.finish()
"""


def beside() -> Iterator[Result]:
    """A loop of pure Python, 1 ms a step, that logs 3 metrics a step; the store is watched from another process.

    The limit of a record's way is how long a thread of the same process sleeps that asks for 100 ms.
    """
    bare, logged, waited, woken = [], [], [], []
    for _ in range(REPEATS):
        turns, delays, wakings = _watched_loop()
        woken.append(wakings)
        bare.append(statistics.median(turn[0] for turn in turns))
        logged.append(statistics.median(turn[1] for turn in turns))
        waited.append(sorted(delays))
    limit = statistics.median(bare)
    yield Result(
        "a step of 1 ms that logs, against one that does not",
        statistics.median(logged),
        "ms",
        limit,
        "<= 1.01",
    )
    yield Result(
        "a record's way into the store beside it, median",
        statistics.median(delays[len(delays) // 2] for delays in waited) * 1000,
        "ms",
        statistics.median(wakings[len(wakings) // 2] for wakings in woken) * 1000,
    )
    yield Result(
        "a record's way into the store beside it, longest",
        statistics.median(delays[-1] for delays in waited) * 1000,
        "ms",
        statistics.median(wakings[-1] for wakings in woken) * 1000,
        "<= 500 ms",
    )


def _watched_loop() -> tuple[list[list[float]], list[float], list[float]]:
    """Milliseconds a step of each turn, without and with `log`; seconds until records could be read, and that a thread
    slept."""
    with scratch() as directory:
        training = subprocess.Popen(
            [sys.executable, "-c", _LOOP, str(_STEPS), str(Path(__file__).parents[2])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert training.stdin is not None and training.stdout is not None
        try:
            training.stdout.readline()
            delays: list[float] = []
            with closing(open_reader(Store(directory / ".tracker"))) as reader:
                training.stdin.write("\n")
                training.stdin.flush()
                seen_step, seen_time = 0, 0.0
                while seen_step < _STEPS and training.poll() is None:
                    step, logged_at = reader.execute(
                        "SELECT last_step, last_time FROM series WHERE key = 'loss'"
                    ).fetchone()
                    if step > seen_step:
                        # The first record that was not there when the store was last changed has waited longest.
                        # After the last one of a turn there was a pause.
                        if seen_step % 100:
                            delays.append(time.time() - seen_time)
                        seen_step, seen_time = step, logged_at
                    time.sleep(0.005)
            turns, woken = json.loads(training.stdout.readline())
            training.communicate()
        finally:
            training.kill()
    return turns, delays, woken
