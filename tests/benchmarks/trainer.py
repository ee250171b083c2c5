"""A training script for benchmarks: 3 metrics at so many steps a second, until it is ended.

python trainer.py STEPS_PER_SECOND [MARKS]

With MARKS, so many times and about a second apart it also logs a value that stands nowhere else, as `mark/acc`, and
prints the value and the time of the call (seconds of the clock that all processes of a machine share).
"""

import math
import sys
import time

import logger

rate, marks = float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
with logger.start_run("live", run_name="live-run") as run:
    begun = time.perf_counter()
    step = marked = 0
    if marks:
        run.log({"mark/acc": 0.0}, step=0)
    print("started", flush=True)
    while not marks or marked < marks:
        values = {
            name: math.exp(-step / 3000) + 0.1 * math.sin(step * place) for place, name in enumerate("abc", 1)
        }
        # Not in step with the viewer's own rhythm: a little more than a second apart.
        if marks and step >= (marked + 3) * rate * 1.037:
            value = 1237 + 97 * marked
            values["mark/acc"] = value
            marked += 1
            print(value, time.perf_counter(), flush=True)
        run.log(values, step=step)
        step += 1
        time.sleep(max(begun + step / rate - time.perf_counter(), 0))
    sys.stdin.read()
