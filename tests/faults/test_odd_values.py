"""Values and steps that no one should log, through a process of their own: what is a number is kept as it was given."""

from __future__ import annotations

import math
from pathlib import Path

import logger
from tests.faults.trainers import start

ODD = """
import logger, math, numpy

class Tensor:
    "Of one element, as a framework's: it has a shape, and __float__."
    shape = (1,)
    def __float__(self):
        return 0.25

class Broken:
    def __float__(self):
        raise ZeroDivisionError("mine")

numbers = [
    math.nan, math.inf, -math.inf, 5e-324, -5e-324, 2**63, -(2**63), True, numpy.float16(0.5), numpy.int8(-3),
    numpy.array(0.125), numpy.bool_(False), Tensor(), -0.0,
]
no_numbers = [None, "0.5", b"1", 1j, [1], {1}, object(), Broken()]
steps = [5, 5, 3, -7, 2**62, -(2**62), 0, 2**62]
with logger.start_run("e") as run:
    for step, value in enumerate(numbers):
        run.log({"numbers": value}, step=step)
    for value in no_numbers:
        try:
            run.log({"fine": 1.0, "none": value})
        except (TypeError, ValueError, ZeroDivisionError):
            continue
        raise AssertionError(value)
    for place, step in enumerate(steps):
        run.log({"steps": place}, step=step)
"""


def test_odd_values_are_kept_or_refused_and_odd_steps_keep_the_order_of_arrival(tmp_path: Path) -> None:
    process = start(ODD, tmp_path)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b""), err.decode()
    [run] = logger.search_runs()
    assert run.status == "FINISHED"
    first, *rest = run.history("numbers").values
    assert math.isnan(first)
    assert rest == [
        math.inf,
        -math.inf,
        5e-324,
        -5e-324,
        2.0**63,
        -(2.0**63),
        1.0,
        0.5,
        -3.0,
        0.125,
        0.0,
        0.25,
        0.0,
    ]
    assert math.copysign(1, rest[-1]) == -1
    assert run.data.metrics.keys() == {"numbers", "steps"}
    history = run.history("steps")
    assert history.steps == [5, 5, 3, -7, 2**62, -(2**62), 0, 2**62]
    assert history.values == list(map(float, range(8)))
    # The value at the greatest step, and of those the latest.
    assert run.data.metrics["steps"] == 7.0
