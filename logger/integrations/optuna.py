"""A callback for Optuna: `study.optimize(objective, callbacks=[TrackerCallback("churn")])`."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from logger.context import active_run
from logger.integrations.borrowing import record_params
from logger.starting import start_run

# What Optuna calls a study that nobody named, before a UUID.
_NO_NAME = "no-name-"
_STATUSES = {"COMPLETE": "FINISHED", "PRUNED": "KILLED", "FAIL": "FAILED"}


class TrackerCallback:
    """Makes each trial a run below one run of the study: its params, its values, what it reported on the way.

    `metrics`: names of the objective's values; "value", or "value_0", "value_1" ... where nothing is said.
    A pruned trial is KILLED. The study stops after the trial in which a person asks the study's run to.
    `finish` ends the study's run; else it ends with the process. May be called from several threads (`n_jobs`).
    """

    def __init__(
        self, experiment: str | None = None, *, metrics: Sequence[str] = (), **starting: Any
    ) -> None:
        self._experiment = experiment
        self._metrics = tuple(metrics)
        self._starting = starting
        self._lock = threading.Lock()
        self._study: Any = None
        self._is_own = False

    def __call__(self, study: Any, trial: Any) -> None:
        parent = self._study_run(study)
        values = trial.values or []
        run = start_run(
            self._experiment,
            run_name=f"{parent.name}-{trial.number}",
            nested=True,
            parent_run_id=parent.id,
            tags={"optuna.trial": trial.number, "optuna.state": trial.state.name},
            store=parent.store,
            log_system_metrics=False,
            console=False,
        )
        record_params(run, trial.params)
        for step, value in sorted(trial.intermediate_values.items()):
            run.log({"intermediate": value}, step=step)
        if values:
            run.log(dict(zip(self._names(len(values)), values, strict=True)))
        run.finish(_STATUSES.get(trial.state.name, "FINISHED"))
        self._tell_best(study, parent, trial.number)
        if parent.should_stop:
            study.stop()

    def finish(self) -> None:
        """End the study's run, if the callback started it."""
        with self._lock:
            if self._study is not None and self._is_own:
                self._study.finish()
            self._study = None

    def _study_run(self, study: Any) -> Any:
        with self._lock:
            if self._study is None:
                active = active_run()
                self._is_own = active is None
                self._study = active or start_run(
                    self._experiment, **{"run_name": _name_of(study), **self._starting}
                )
                directions = [direction.name.lower() for direction in study.directions]
                self._study.set_tags({"optuna.directions": ", ".join(directions)})
            return self._study

    def _tell_best(self, study: Any, parent: Any, number: int) -> None:
        """The best value so far, as a curve over the trials; of several objectives there is no one best."""
        if len(study.directions) != 1:
            return
        try:
            best = study.best_trial
        except ValueError:  # no trial has been completed
            return
        with self._lock:
            (name,) = self._names(1)
            parent.log({f"best/{name}": best.value}, step=number)
            parent.set_tags({"optuna.best_trial": best.number})

    def _names(self, count: int) -> Sequence[str]:
        if self._metrics:
            return self._metrics
        return ("value",) if count == 1 else tuple(f"value_{place}" for place in range(count))


def _name_of(study: Any) -> str | None:
    """The name that a person gave the study; the run of one without gets one that can be read."""
    name = str(study.study_name)
    return None if name.startswith(_NO_NAME) else name
