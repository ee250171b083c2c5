"""A callback for Hugging Face's Trainer: `Trainer(..., callbacks=[TrackerCallback("churn")])`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from logger.integrations.borrowing import BorrowedRun, numbers, record_params
from logger.integrations.together import STEPS_BETWEEN, anybody_says

# What the Trainer puts before the names of metrics, and the group they get here.
_GROUPS = (("eval_", "eval/"), ("test_", "test/"))


class TrackerCallback(TrainerCallback):  # type: ignore[misc]
    """Logs the arguments, the model's configuration and every log of the Trainer; stops it when a person asks for it.

    `log_model`: keep each checkpoint as an artifact. `starting`: further arguments of `logger.start_run`.
    """

    def __init__(self, experiment: str | None = None, *, log_model: bool = False, **starting: Any) -> None:
        self._borrowed = BorrowedRun(experiment, **starting)
        self._log_model = log_model

    def on_train_begin(self, args: Any, state: Any, control: Any, model: Any = None, **_: Any) -> None:
        if not state.is_world_process_zero:
            return
        run = self._borrowed.run
        record_params(run, args.to_sanitized_dict())
        config = getattr(model, "config", None)
        if config is not None and hasattr(config, "to_diff_dict"):
            record_params(run, {f"model/{key}": value for key, value in config.to_diff_dict().items()})

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        if state.is_world_process_zero and logs:
            self._borrowed.run.log(
                {_name(key): value for key, value in numbers(logs).items()}, step=state.global_step
            )

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> Any:
        asked = self._borrowed.is_open and self._borrowed.run.should_stop
        if args.world_size > 1:
            # All stop at one step: one that went on alone would wait for the others for ever.
            asked = state.global_step % STEPS_BETWEEN == 0 and anybody_says(asked, args.device)
        if asked:
            control.should_training_stop = True
        return control

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        checkpoint = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        if self._log_model and state.is_world_process_zero and checkpoint.is_dir():
            self._borrowed.run.log_artifact(checkpoint, "checkpoints", step=state.global_step)

    def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """The run stays open where it is not the callback's: the Trainer may evaluate after the training."""
        if state.is_world_process_zero and self._borrowed.is_open:
            self._borrowed.finish()


def _name(key: str) -> str:
    for prefix, group in _GROUPS:
        if key.startswith(prefix):
            return group + key.removeprefix(prefix)
    return f"train/{key}"
