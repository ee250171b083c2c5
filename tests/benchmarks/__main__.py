"""What things cost, against a bare limit measured in the same run: `python -m tests.benchmarks`.

Each case is run several times, alternating with its limit where it has one; the table gives the median, and the ratio
to the limit. Figures of a shared machine drift, ratios much less.
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import time
from collections.abc import Callable, Iterable

from tests.benchmarks import measuring
from tests.benchmarks.artifacts import copying
from tests.benchmarks.beside import beside
from tests.benchmarks.charts import charts, drawing
from tests.benchmarks.comparing import comparison_keys
from tests.benchmarks.console import console_reading, printing, printing_to_a_terminal
from tests.benchmarks.crowd import crowd
from tests.benchmarks.growth import points_grow, runs_grow
from tests.benchmarks.leet import leet
from tests.benchmarks.logging import closing, cold_start, end_to_end, logging
from tests.benchmarks.long_curve import long_curve
from tests.benchmarks.many_runs import keys_100k
from tests.benchmarks.measuring import Result
from tests.benchmarks.peers import peers
from tests.benchmarks.registry import registry_keys
from tests.benchmarks.serving import serving
from tests.benchmarks.slow_link import bytes_written
from tests.benchmarks.store import reading, table
from tests.benchmarks.viewer import idle, keys, latency, live, start_large, start_small

CASES = (
    printing,
    printing_to_a_terminal,
    console_reading,
    copying,
    logging,
    crowd,
    beside,
    peers,
    end_to_end,
    cold_start,
    closing,
    reading,
    long_curve,
    table,
    points_grow,
    runs_grow,
    start_small,
    start_large,
    leet,
    keys,
    keys_100k,
    registry_keys,
    comparison_keys,
    idle,
    live,
    latency,
    bytes_written,
    drawing,
    charts,
    serving,
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "cases", nargs="*", help=f"some of: {', '.join(case.__name__ for case in CASES)}; all if none"
    )
    parser.add_argument(
        "--points", type=int, default=10_000_000, help="file up to so many (default: 10000000)"
    )
    parser.add_argument(
        "--runs", type=int, default=100_000, help="make stores of up to so many (default: 100000)"
    )
    parser.add_argument(
        "--limit", type=int, default=300, help="leave a case after so many seconds (default: 300)"
    )
    parser.add_argument("--markdown", action="store_true", help="print a table for a README")
    asked = parser.parse_args()
    unknown = set(asked.cases) - {case.__name__ for case in CASES}
    if unknown:
        parser.error(f"no case is called {', '.join(sorted(unknown))}: {parser.format_help()}")
    measuring.MOST_POINTS, measuring.MOST_RUNS = asked.points, asked.runs
    print(_heading(asked.markdown))
    for case in CASES:
        if not asked.cases or case.__name__ in asked.cases:
            _run(case, asked.limit, asked.markdown)


def _run(case: Callable[[], Iterable[Result]], limit: int, markdown: bool) -> None:
    """Print what a case finds, and how long it took; go on with the next where it takes too long on a busy machine."""
    before = signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(limit)
    started = time.monotonic()
    try:
        for result in case():
            print(result.row() if markdown else result.line(), flush=True)
    except TimeoutError:
        _say(f"{case.__name__}: not done within {limit} s", markdown)
    except Exception as error:  # what one case lacks is no reason to leave out the others
        _say(f"{case.__name__}: {type(error).__name__}: {error}", markdown)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    if not markdown:
        print(f"    {case.__name__}: {time.monotonic() - started:.0f} s", flush=True)


def _say(said: str, markdown: bool) -> None:
    print(f"| {said} | | | |" if markdown else said, flush=True)


def _give_up(*_: object) -> None:
    raise TimeoutError


def _heading(markdown: bool) -> str:
    """When and on what it was measured, and the head of the table."""
    machine = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores"
    load = f"load {os.getloadavg()[0]:.1f}"
    told = f"{time.strftime('%Y-%m-%d')}, {machine}, {load}, medians of {measuring.REPEATS}"
    if markdown:
        return f"{told}\n\n| case | median | against | target |\n|---|---|---|---|"
    return f"{told}\n{'case':<58} {'median':>10} {'unit':<9} {'ratio x limit':<16} target"


if __name__ == "__main__":
    main()
