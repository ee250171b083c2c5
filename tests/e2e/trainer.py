"""A training script for tests: logs a step for every line it reads, and answers with the step's number.

python trainer.py [NAME]
"""

import sys

import logger

with logger.start_run("live", run_name=sys.argv[1], params={"lr": 0.5}) as run:
    for step, _ in enumerate(sys.stdin):
        run.log({"train/loss": 1000.0 + step})
        print(step, flush=True)
