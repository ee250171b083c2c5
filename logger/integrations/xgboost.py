"""A callback for XGBoost and its scikit-learn estimators: `xgb.train(..., callbacks=[TrackerCallback("churn")])`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from xgboost.callback import TrainingCallback

from logger.integrations.borrowing import BorrowedRun, record_params


class TrackerCallback(TrainingCallback):  # type: ignore[misc]
    """Logs every evaluated metric each round as `data/metric`; stops the training when a person asks for it.

    `params`: to be logged (XGBoost tells a callback nothing but the booster's configuration, which is logged as well).
    `starting`: further arguments of `logger.start_run`.
    """

    def __init__(
        self, experiment: str | None = None, *, params: Mapping[str, Any] | None = None, **starting: Any
    ) -> None:
        super().__init__()
        self._borrowed = BorrowedRun(experiment, **starting)
        self._params = params or {}

    def before_training(self, model: Any) -> Any:
        record_params(self._borrowed.run, self._params)
        return model

    def after_iteration(self, model: Any, epoch: int, evals_log: Mapping[str, Mapping[str, Any]]) -> bool:
        """Returns whether the training is to stop."""
        found: dict[str, float] = {}
        for data, metrics in evals_log.items():
            for metric, values in metrics.items():
                latest = values[-1]
                # In cross validation a value comes with its spread.
                value, *spread = latest if isinstance(latest, tuple) else (latest,)
                found[f"{data}/{metric}"] = value
                if spread:
                    found[f"{data}/{metric}_std"] = spread[0]
        if found:
            self._borrowed.run.log(found, step=epoch)
        return self._borrowed.run.should_stop

    def after_training(self, model: Any) -> Any:
        run = self._borrowed.run
        if hasattr(model, "save_config"):
            run.log_dict(json.loads(model.save_config()), "booster_config.json")
        best = getattr(model, "best_iteration", None) if _stopped_early(model) else None
        if best is not None:
            run.set_tags({"best_iteration": best})
        self._borrowed.finish()
        return model


def _stopped_early(model: Any) -> bool:
    return hasattr(model, "attr") and model.attr("best_iteration") is not None
