"""What things cost, against a bare limit measured in the same run: `python -m tests.benchmarks`.

Each case is run several times, alternating with its limit where it has one; the table gives the median, and the ratio
to the limit. Figures of a shared machine drift, ratios much less.
"""

from __future__ import annotations

import argparse
import os
import platform

from tests.benchmarks.beside import beside
from tests.benchmarks.charts import charts, drawing
from tests.benchmarks.crowd import crowd
from tests.benchmarks.logging import cold_start, end_to_end, logging
from tests.benchmarks.measuring import REPEATS
from tests.benchmarks.peers import peers
from tests.benchmarks.serving import serving
from tests.benchmarks.store import reading, table
from tests.benchmarks.viewer import idle, keys, latency, live, start_large, start_small

CASES = (
    logging,
    crowd,
    beside,
    peers,
    end_to_end,
    cold_start,
    reading,
    table,
    start_small,
    start_large,
    keys,
    idle,
    live,
    latency,
    drawing,
    charts,
    serving,
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "cases", nargs="*", help=f"some of: {', '.join(case.__name__ for case in CASES)}; all if none"
    )
    chosen = parser.parse_args().cases
    print(
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores, medians of {REPEATS}"
    )
    print(f"{'case':<58} {'median':>10} {'unit':<9} {'ratio x limit':<16} target")
    for case in CASES:
        if not chosen or case.__name__ in chosen:
            for result in case():
                print(result.line(), flush=True)


if __name__ == "__main__":
    main()
