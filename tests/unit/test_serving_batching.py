"""Batches: stacked where that is possible, each client its own rows, one client's bad row its own failure."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tui_tracker.serving.batching import Batcher
from tui_tracker.serving.tensors import ANY, Array, Arrays, TensorSpec


class _Doubling:
    """Doubles rows, refuses negative ones; the first run waits until it may go on."""

    platform = "test"
    outputs: Sequence[TensorSpec] = (TensorSpec("y", "FP64", (ANY, 2)),)

    def __init__(self, shape: tuple[int, ...] = (ANY, 2)) -> None:
        self.inputs = (TensorSpec("x", "FP64", shape),)
        self.runs: list[int] = []
        self.may_go_on = threading.Event()

    def run(self, inputs: Arrays) -> dict[str, Array]:
        assert self.may_go_on.wait(10)
        self.runs.append(len(inputs["x"]))
        if (inputs["x"] < 0).any():
            raise ValueError("negative")
        return {"y": inputs["x"] * 2}


async def _all(batcher: Batcher, model: _Doubling, asked: Sequence[Array]) -> list[object]:
    """The answers to all, the first of which holds the model until the others wait too."""
    tasks = [asyncio.create_task(batcher.run({"x": array})) for array in asked]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    model.may_go_on.set()
    return list(await asyncio.gather(*tasks, return_exceptions=True))


@pytest.fixture
def executor() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1)


def _rows(*numbers: float) -> Array:
    return np.array([[number, number] for number in numbers])


async def test_who_waits_together_is_computed_together(executor: ThreadPoolExecutor) -> None:
    model = _Doubling()
    batcher = Batcher(model, executor)
    asked = [_rows(0), *(_rows(*range(number)) for number in range(1, 6))]
    answers = await _all(batcher, model, asked)
    for array, answer in zip(asked, answers, strict=True):
        assert isinstance(answer, dict)
        assert np.array_equal(answer["y"], array * 2)
    assert sum(model.runs) == sum(len(array) for array in asked)
    assert batcher.batches < len(asked)


async def test_a_row_that_the_model_refuses_fails_alone(executor: ThreadPoolExecutor) -> None:
    model = _Doubling()
    answers = await _all(Batcher(model, executor), model, [_rows(1), _rows(2), _rows(-1), _rows(3)])
    assert [isinstance(answer, ValueError) for answer in answers] == [False, False, True, False]


async def test_a_batch_has_at_most_so_many_rows_and_a_larger_request_goes_alone(
    executor: ThreadPoolExecutor,
) -> None:
    model = _Doubling()
    asked = [_rows(0), _rows(*range(3)), _rows(*range(3)), _rows(*range(9))]
    answers = await _all(Batcher(model, executor, most_rows=4), model, asked)
    assert not any(isinstance(answer, Exception) for answer in answers)
    assert max(model.runs) == 9
    assert all(rows <= 4 or rows == 9 for rows in model.runs)


async def test_a_model_of_fixed_size_gets_one_request_at_a_time(executor: ThreadPoolExecutor) -> None:
    model = _Doubling((1, 2))
    await _all(Batcher(model, executor), model, [_rows(1), _rows(2), _rows(3)])
    assert model.runs == [1, 1, 1]


async def test_who_has_gone_away_is_not_computed_for(executor: ThreadPoolExecutor) -> None:
    model = _Doubling()
    batcher = Batcher(model, executor)
    first = asyncio.create_task(batcher.run({"x": _rows(1)}))
    gone = asyncio.create_task(batcher.run({"x": _rows(2)}))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    model.may_go_on.set()
    await first
    assert np.array_equal((await batcher.run({"x": _rows(3)}))["y"], _rows(6))
    assert sum(model.runs) <= 3


async def test_different_widths_are_not_stacked(executor: ThreadPoolExecutor) -> None:
    model = _Doubling((ANY, ANY))
    answers = await _all(Batcher(model, executor), model, [_rows(1), np.ones((1, 3)), np.ones((2, 3))])
    shapes = [answer["y"].shape for answer in answers if isinstance(answer, dict)]
    assert shapes == [(1, 2), (1, 3), (2, 3)]
