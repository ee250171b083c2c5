"""The same log call with other trackers, where they are installed; one that is not is skipped with a word."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.measuring import REPEATS, Result, scratch

# Each script defines log(step) and end(); what is timed is the same for all.
OURS = "tui-tracker"
_SCRIPTS = {
    OURS: """
import logger
run = logger.start_run("bench", console=False)  # the others record no output either
logger.flush()  # makes the database, as the others do when they start
def log(step): run.log(METRICS, step)
end = run.finish
""",
    "trackio": """
import os
os.environ["TRACKIO_DIR"] = os.getcwd()
import trackio
trackio.init(project="bench")
def log(step): trackio.log(METRICS)
end = trackio.finish
""",
    "tensorboardX": """
from tensorboardX import SummaryWriter
writer = SummaryWriter("runs")
def log(step):
    for name, value in METRICS.items():
        writer.add_scalar(name, value, step)
end = writer.close
""",
    "wandb": """
import os
os.environ["WANDB_MODE"] = "offline"
os.environ["WANDB_SILENT"] = "true"
import wandb
run = wandb.init(project="bench", dir=os.getcwd())
def log(step): run.log(METRICS, step=step)
end = run.finish
""",
    "mlflow": """
import logging, mlflow
logging.disable()
mlflow.set_tracking_uri("sqlite:///mlflow.db")
mlflow.start_run()
def log(step): mlflow.log_metrics(METRICS, step)
end = mlflow.end_run
""",
}
_TIMED = """
import json, sys, time
METRICS = {{"train/loss": 0.25, "train/acc": 0.75, "lr": 0.001}}
{script}
for step in range(20):
    log(step)
clock = time.perf_counter_ns
taken = []
first = clock()
for step in range(20, 20 + {count}):
    started = clock()
    log(step)
    taken.append(clock() - started)
end()
whole = clock() - first
taken.sort()
print("@" + json.dumps([taken[len(taken) // 2] / 1000, taken[len(taken) * 99 // 100] / 1000, 3e9 * {count} / whole]))
"""
_COUNTS = {"mlflow": 200}
_COUNT = 10_000


def peers() -> Iterator[Result]:
    """`log` of 3 metrics: the call, its 99th percentile, and metrics a second until all is in the peer's own store."""
    figures: dict[str, list[list[float]]] = {name: [] for name in _SCRIPTS}
    for _ in range(REPEATS):
        for name in list(figures):
            found = _measure(name)
            if found is None:
                del figures[name]
                print(f"{name} is not installed: skipped")
            else:
                figures[name].append(found)
    medians = {
        name: [statistics.median(column) for column in zip(*rows, strict=True)]
        for name, rows in figures.items()
    }
    ours = medians.pop(OURS)
    for name, theirs in medians.items():
        yield Result(f"log(3), median: ours against {name}", ours[0], "us", theirs[0])
        yield Result(f"log(3), 99th percentile: ours against {name}", ours[1], "us", theirs[1])
        yield Result(
            f"metrics a second, end to end: ours against {name}", ours[2] / 1000, "k/s", theirs[2] / 1000
        )


def _measure(name: str) -> list[float] | None:
    script = _TIMED.format(script=_SCRIPTS[name], count=_COUNTS.get(name, _COUNT))
    project = Path(__file__).parents[2]
    with scratch() as directory:
        done = subprocess.run(
            [sys.executable, "-c", script],
            cwd=directory,
            env={**os.environ, "PYTHONPATH": str(project)},
            capture_output=True,
            text=True,
            check=False,
        )
    if "ModuleNotFoundError" in done.stderr and done.returncode:
        return None
    if done.returncode:
        raise RuntimeError(f"{name} failed:\n{done.stderr}")
    answer: list[float] = json.loads(done.stdout.rpartition("@")[2])
    return answer
