"""A callback for Keras 3: `model.fit(..., callbacks=[TrackerCallback("churn")])`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras

from logger.integrations.borrowing import BorrowedRun, numbers, record_params


class TrackerCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Logs what `fit` reports: each epoch, and every so many batches; stops it when a person asks for it.

    `batches`: log the running values every so many batches as `batch/...`; 0: never.
    `starting`: further arguments of `logger.start_run`.
    """

    def __init__(self, experiment: str | None = None, *, batches: int = 0, **starting: Any) -> None:
        super().__init__()
        self._borrowed = BorrowedRun(experiment, **starting)
        self._every = batches
        self._seen = 0

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        run = self._borrowed.run
        optimizer = getattr(self.model, "optimizer", None)
        record_params(run, {f"fit/{key}": value for key, value in (self.params or {}).items()})
        if optimizer is not None:
            told = {
                key: value for key, value in optimizer.get_config().items() if not isinstance(value, dict)
            }
            record_params(run, {f"optimizer/{key}": value for key, value in told.items()})
        record_params(run, {"model/parameters": self.model.count_params()})

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        if self._every and self._seen % self._every == 0:
            found = numbers(logs or {})
            self._borrowed.run.log({f"batch/{key}": value for key, value in found.items()}, step=self._seen)
        self._seen += 1
        if self._borrowed.run.should_stop:
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        found = {}
        for key, value in numbers(logs or {}).items():
            group, _, name = key.partition("val_")
            found[f"val/{name}" if not group and name else f"train/{key}"] = value
        if found:
            self._borrowed.run.log(found, step=epoch)

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        self._borrowed.finish()
