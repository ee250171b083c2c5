"""A callback for LightGBM and its scikit-learn estimators: `lgb.train(..., callbacks=[TrackerCallback("churn")])`."""

from __future__ import annotations

from typing import Any

from lightgbm.callback import EarlyStopException

from logger.integrations.borrowing import BorrowedRun, record_params


class TrackerCallback:
    """Logs params and every evaluated metric each round as `data/metric`; stops the training when a person asks for it.

    LightGBM tells no callback that it has ended: the run ends after the last round, or with the process where an early
    stop ended the training; `finish` ends it at once. `starting`: further arguments of `logger.start_run`.
    """

    order = 50
    before_iteration = False

    def __init__(self, experiment: str | None = None, **starting: Any) -> None:
        self._borrowed = BorrowedRun(experiment, **starting)

    def __call__(self, environment: Any) -> None:
        run = self._borrowed.run
        if environment.iteration == environment.begin_iteration:
            record_params(run, environment.params)
        found = {}
        for data, metric, value, *rest in environment.evaluation_result_list or []:
            found[f"{data}/{metric}"] = value
            # In cross validation a value comes with whether higher is better, and its spread.
            if len(rest) > 1:
                found[f"{data}/{metric}_std"] = rest[1]
        if found:
            run.log(found, step=environment.iteration)
        if run.should_stop:
            self.finish()
            raise EarlyStopException(environment.iteration, environment.evaluation_result_list or [])
        if environment.iteration + 1 >= environment.end_iteration:
            self.finish()

    def finish(self) -> None:
        """End the run, if it is the callback's own."""
        self._borrowed.finish()
