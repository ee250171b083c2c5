"""Eight runs at once for benchmarks: 16 metrics each, so many times a second, until they are ended.

python sweep.py STEPS_PER_SECOND
"""

import contextlib
import math
import sys
import time

import logger

RUNS, METRICS = 8, 16
rate = float(sys.argv[1])
with contextlib.ExitStack() as stack:
    started = [
        stack.enter_context(logger.start_run("sweep", run_name=f"seed-{place}", nested=place > 0))
        for place in range(RUNS)
    ]
    begun = time.perf_counter()
    step = 0
    while True:
        for place, run in enumerate(started):
            values = {
                f"m{metric:02}": (1 + metric % 5) * math.exp(-step / 2000)
                + 0.1 * math.sin(step * (place + 1))
                for metric in range(METRICS)
            }
            run.log(values, step=step)
        if step == 1000:  # a history to begin with, logged as fast as it goes
            begun = time.perf_counter()
            print("started", flush=True)
        step += 1
        if step > 1000:
            time.sleep(max(begun + (step - 1000) / rate - time.perf_counter(), 0))
