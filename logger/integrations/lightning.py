"""A logger for PyTorch Lightning: `Trainer(logger=TrackerLogger("churn"))`."""

from __future__ import annotations

import sys
import weakref
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from logger.integrations.borrowing import BorrowedRun, numbers, record_params
from logger.integrations.together import STEPS_BETWEEN

# Lightning comes under two names, whose classes are not each other's: the one that the script uses is meant.
if not TYPE_CHECKING and "lightning" not in sys.modules and "pytorch_lightning" in sys.modules:
    from pytorch_lightning.callbacks import Callback
    from pytorch_lightning.loggers.logger import Logger, rank_zero_experiment
    from pytorch_lightning.utilities import rank_zero_only
else:
    from lightning.pytorch.callbacks import Callback
    from lightning.pytorch.loggers.logger import Logger, rank_zero_experiment
    from lightning.pytorch.utilities import rank_zero_only

if TYPE_CHECKING:
    from logger.run import Run


class TrackerLogger(Logger):  # type: ignore[misc]
    """Logs hyperparameters and metrics of a Trainer, and its checkpoints where `log_model` says so.

    `log_model`: True keeps the best checkpoints at the end, "all" each as it is saved, False none.
    `starting`: further arguments of `logger.start_run`. Only the process of rank 0 logs. A training stops when a
    person asks for it; of several processes, all at the same step.
    """

    def __init__(
        self,
        experiment: str | None = None,
        *,
        log_model: bool | str = False,
        prefix: str = "",
        **starting: Any,
    ) -> None:
        super().__init__()
        self._experiment_name = experiment
        self._log_model = log_model
        self._prefix = prefix
        self._borrowed = BorrowedRun(experiment, **starting)
        self._kept: set[str] = set()
        self._checkpoints: Any = None
        self._module: Any = None

    @property
    @rank_zero_experiment  # type: ignore[untyped-decorator]
    def experiment(self) -> Run:
        """The run, for whatever else a module wants to log."""
        return self._borrowed.run

    @property
    def name(self) -> str:
        """The experiment's name; Lightning makes a directory of it."""
        return self._experiment_name or "tracker"

    @property
    def version(self) -> str:
        """The run's id."""
        return self._borrowed.run.id

    @rank_zero_only  # type: ignore[untyped-decorator]
    def log_hyperparams(self, params: Mapping[str, Any] | Namespace, *_: Any, **__: Any) -> None:
        record_params(self.experiment, _mapping(params))

    def log_graph(self, model: Any, *_: Any, **__: Any) -> None:
        """Keep the module, by which the Trainer is reached: Lightning hands it to loggers here alone, on every rank."""
        self._module = weakref.ref(model)
        trainer = getattr(model, "_trainer", None)
        if trainer is not None and trainer.world_size > 1:
            present = any(isinstance(callback, _StopTogether) for callback in trainer.callbacks)
            if not present:
                trainer.callbacks.append(_StopTogether(self))

    @rank_zero_only  # type: ignore[untyped-decorator]
    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        found = numbers(metrics)
        # Lightning tells the epoch beside every metric; alone it is worth no point.
        if set(found) - {"epoch"}:
            self.experiment.log({self._prefix + key: value for key, value in found.items()}, step=step)
        self._stop_if_asked()

    def _stop_if_asked(self) -> None:
        module = self._module() if self._module is not None else None
        trainer = getattr(module, "_trainer", None)
        if trainer is not None and trainer.world_size == 1 and self.experiment.should_stop:
            trainer.should_stop = True

    @rank_zero_only  # type: ignore[untyped-decorator]
    def after_save_checkpoint(self, checkpoint_callback: Any) -> None:
        self._checkpoints = checkpoint_callback
        if self._log_model == "all":
            self._keep_checkpoints()

    @rank_zero_only  # type: ignore[untyped-decorator]
    def finalize(self, status: str) -> None:
        if self._log_model is True and status == "success":
            self._keep_checkpoints()
        if self._borrowed.is_open:
            self._borrowed.finish("FINISHED" if status == "success" else "FAILED")

    def _keep_checkpoints(self) -> None:
        callback = self._checkpoints
        if callback is None:
            return
        paths = {callback.last_model_path, callback.best_model_path, *callback.best_k_models}
        for path in sorted(path for path in paths if path and Path(path).exists()):
            if path not in self._kept:
                self._kept.add(path)
                self.experiment.log_artifact(path, "checkpoints")


class _StopTogether(Callback):  # type: ignore[misc]
    """Stops all processes of a training at one step: one that went on alone would wait for the others for ever."""

    def __init__(self, tracker: TrackerLogger) -> None:
        self._tracker = tracker

    def on_train_batch_end(self, trainer: Any, *_: Any, **__: Any) -> None:
        if trainer.global_step % STEPS_BETWEEN:
            return
        asked = bool(trainer.is_global_zero and self._tracker.experiment.should_stop)
        if trainer.strategy.reduce_boolean_decision(asked, all=False):
            trainer.should_stop = True


def _mapping(params: Any) -> Mapping[str, Any]:
    if isinstance(params, Namespace):
        return vars(params)
    if is_dataclass(params) and not isinstance(params, type):
        return asdict(params)
    return dict(params)
