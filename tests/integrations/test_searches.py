"""scikit-learn's searches and Optuna's studies as runs within a run."""

from __future__ import annotations

import time
from typing import Any

import pytest

import logger
from logger.editing import ask_to_stop
from logger.opening import reading
from logger.store import runs
from logger.store.locate import Store

pytest.importorskip("sklearn")


def children_of(store: Store, name: str = "search") -> tuple[logger.LoggedRun, list[logger.LoggedRun]]:
    found = logger.search_runs(experiment_names=[name], store=store, order_by=["start_time ASC"])
    parents = [run for run in found if "mlflow.parentRunId" not in run.data.tags]
    assert len(parents) == 1
    return parents[0], [run for run in found if run is not parents[0]]


def test_a_grid_search_is_a_run_with_a_child_a_candidate(store: Store) -> None:
    from sklearn.datasets import load_iris
    from sklearn.model_selection import GridSearchCV
    from sklearn.svm import SVC

    from logger.integrations.sklearn import log_search

    search = GridSearchCV(
        SVC(), {"C": [0.1, 1, 10], "kernel": ["rbf", "linear"]}, cv=3, return_train_score=True
    )
    with pytest.raises(ValueError, match="fit it first"):
        log_search(search, store=store)
    search.fit(*load_iris(return_X_y=True))
    log_search(search, "search", store=store)
    parent, children = children_of(store)
    assert parent.data.params["best/C"] == str(search.best_params_["C"])
    assert parent.data.metrics["best/mean_test_score"] == pytest.approx(search.best_score_)
    assert len(children) == 6
    assert {run.info.status for run in children} == {"FINISHED"}
    for run, params, score in zip(
        children, search.cv_results_["params"], search.cv_results_["mean_test_score"], strict=True
    ):
        assert run.data.params == {key: str(value) for key, value in params.items()}
        assert run.data.metrics["mean_test_score"] == pytest.approx(score)
        splits = logger.metric_history(run.info.run_id, "split/test_score", store=store)
        assert splits.steps == [0, 1, 2]
        assert sum(splits.values) / 3 == pytest.approx(score)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_study_is_a_run_with_a_child_a_trial(store: Store, jobs: int) -> None:
    optuna = pytest.importorskip("optuna")
    from logger.integrations.optuna import TrackerCallback

    optuna.logging.set_verbosity(optuna.logging.WARNING)

    def objective(trial: Any) -> float:
        x = trial.suggest_float("x", -10, 10)
        trial.report(x, 0)
        trial.report(x / 2, 1)
        if trial.number == 3:
            raise optuna.TrialPruned
        if trial.number == 4:
            raise RuntimeError("broken")
        return float((x - 2) ** 2)

    study = optuna.create_study(study_name="parabola", sampler=optuna.samplers.RandomSampler(seed=0))
    callback = TrackerCallback("search", metrics=["distance"], store=store)
    study.optimize(objective, n_trials=8, callbacks=[callback], catch=(RuntimeError,), n_jobs=jobs)
    callback.finish()
    parent, children = children_of(store)
    assert (parent.info.run_name, parent.info.status) == ("parabola", "FINISHED")
    assert parent.data.metrics["best/distance"] == pytest.approx(study.best_value)
    by_number = {int(run.data.tags["optuna.trial"]): run for run in children}
    assert sorted(by_number) == list(range(8))
    assert by_number[3].info.status == "KILLED" and by_number[4].info.status == "FAILED"
    for trial in study.trials:
        run = by_number[trial.number]
        assert float(run.data.params["x"]) == trial.params["x"]
        reported = logger.metric_history(run.info.run_id, "intermediate", store=store)
        assert reported.values == [trial.params["x"], trial.params["x"] / 2]
        if trial.value is not None:
            assert run.data.metrics["distance"] == pytest.approx(trial.value)


def test_a_study_that_is_asked_to_stop_starts_no_further_trial(store: Store) -> None:
    optuna = pytest.importorskip("optuna")
    from logger.integrations.optuna import TrackerCallback

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    callback = TrackerCallback("search", store=store)
    with logger.start_run("search", store=store) as run:

        def objective(trial: Any) -> float:
            if trial.number == 1:
                with reading(store) as (_, reader):
                    ask_to_stop(store, runs.find(reader, run.id).id, "grace")
                deadline = time.monotonic() + 20
                while not run.should_stop and time.monotonic() < deadline:
                    pass
            return float(trial.suggest_float("x", 0, 1))

        study.optimize(objective, n_trials=10, callbacks=[callback])
    assert len(study.trials) == 2
    _, children = children_of(store)
    assert {child.info.run_name for child in children} == {f"{run.name}-0", f"{run.name}-1"}


def test_several_objectives_have_a_name_each(store: Store) -> None:
    optuna = pytest.importorskip("optuna")
    from logger.integrations.optuna import TrackerCallback

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(directions=["minimize", "maximize"])
    callback = TrackerCallback("search", store=store)
    study.optimize(lambda trial: (trial.suggest_float("x", 0, 1), 2.0), n_trials=2, callbacks=[callback])
    callback.finish()
    _, children = children_of(store)
    assert all(set(run.data.metrics) >= {"value_0", "value_1"} for run in children)
