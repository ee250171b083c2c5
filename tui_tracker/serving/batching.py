"""Running a model for many clients: whoever waits while it computes is computed together next.

No request waits for others to come: a batch is what arrived during the one before, so a lone client has no delay and
many clients share the cost.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from tui_tracker.serving.models import Servable
from tui_tracker.serving.tensors import ANY, Array, Arrays

MOST_ROWS = 1024


@dataclass(frozen=True, eq=False)
class _Waiting:
    """One client's inputs, and where its outputs go."""

    inputs: Arrays
    rows: int
    alike: tuple[object, ...]
    """requests with the same value can be stacked; empty: this one cannot"""
    answer: asyncio.Future[Mapping[str, Array]]


class Batcher:
    """Runs one model in `executor`, one batch at a time; `most_rows` 1 keeps requests apart."""

    def __init__(self, servable: Servable, executor: Executor, most_rows: int = MOST_ROWS) -> None:
        self._servable = servable
        self._executor = executor
        self._most_rows = most_rows
        self._stackable = all(
            spec.shape and spec.shape[0] == ANY for spec in (*servable.inputs, *servable.outputs)
        )
        self._waiting: deque[_Waiting] = deque()
        self._work: asyncio.Task[None] | None = None
        self.batches = 0
        """how often the model was run"""

    async def run(self, inputs: Arrays) -> Mapping[str, Array]:
        """The model's outputs for these inputs; raises what the model raises for them."""
        answer: asyncio.Future[Mapping[str, Array]] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(inputs, *self._kind(inputs), answer))
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._run_all())
        return await answer

    def _kind(self, inputs: Arrays) -> tuple[int, tuple[object, ...]]:
        rows = {len(array) if array.ndim else 0 for array in inputs.values()}
        if not self._stackable or len(rows) != 1:
            return 1, ()
        return rows.pop(), tuple(
            (name, array.dtype, array.shape[1:]) for name, array in sorted(inputs.items())
        )

    async def _run_all(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            batch = self._next_batch()
            if batch:
                answers = await loop.run_in_executor(self._executor, self._compute, batch)
                for waiting, answer in zip(batch, answers, strict=True):
                    _settle(waiting.answer, answer)

    def _next_batch(self) -> list[_Waiting]:
        """The first that waits, and those behind it that can be stacked on it. Who has gone away is left out."""
        batch: list[_Waiting] = []
        rows = 0
        while self._waiting:
            first = self._waiting[0]
            alone = not first.alike or rows + first.rows > self._most_rows
            if batch and (alone or first.alike != batch[0].alike):
                break
            self._waiting.popleft()
            if first.answer.cancelled():
                continue
            batch.append(first)
            rows += first.rows
            if not first.alike:
                break
        return batch

    def _compute(self, batch: Sequence[_Waiting]) -> list[Mapping[str, Array] | Exception]:
        self.batches += 1
        if len(batch) == 1:
            return [self._compute_one(batch[0])]
        names = batch[0].inputs
        try:
            found = self._servable.run(
                {name: np.concatenate([one.inputs[name] for one in batch]) for name in names}
            )
        except Exception:  # one bad row is to fail alone
            return [self._compute_one(one) for one in batch]
        ends = np.cumsum([one.rows for one in batch])
        if any(len(array) != ends[-1] for array in found.values()):
            return [self._compute_one(one) for one in batch]
        return [
            {name: array[end - one.rows : end] for name, array in found.items()}
            for one, end in zip(batch, ends, strict=True)
        ]

    def _compute_one(self, one: _Waiting) -> Mapping[str, Array] | Exception:
        try:
            return self._servable.run(one.inputs)
        except Exception as error:  # the model's own; the client is told
            return error


def _settle(future: asyncio.Future[Mapping[str, Array]], answer: Mapping[str, Array] | Exception) -> None:
    if future.done():
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
