"""XGBoost and LightGBM: every round's metrics, params, early and asked-for stops."""

from __future__ import annotations

from typing import Any

import pytest

import logger
from logger.store.locate import Store

datasets = pytest.importorskip("sklearn.datasets")


@pytest.fixture(scope="module")
def cancer() -> tuple[Any, Any]:
    x, y = datasets.load_breast_cancer(return_X_y=True)
    return x, y


def only_run(store: Store) -> logger.LoggedRun:
    (found,) = logger.search_runs(store=store)
    return found


def test_xgboost_logs_every_round(cancer: tuple[Any, Any], store: Store) -> None:
    xgb = pytest.importorskip("xgboost")
    from logger.integrations.xgboost import TrackerCallback

    x, y = cancer
    train, held_out = xgb.DMatrix(x[:400], y[:400]), xgb.DMatrix(x[400:], y[400:])
    params = {"max_depth": 2, "objective": "binary:logistic", "eval_metric": ["logloss", "error"]}
    told: dict[str, dict[str, list[float]]] = {}
    xgb.train(
        params,
        train,
        num_boost_round=12,
        evals=[(train, "train"), (held_out, "val")],
        evals_result=told,
        verbose_eval=False,
        callbacks=[TrackerCallback("boost", params=params, store=store)],
    )
    run = only_run(store)
    assert run.info.status == "FINISHED"
    assert run.data.params["max_depth"] == "2"
    history = logger.metric_history(run.info.run_id, "val/logloss", store=store)
    assert history.steps == list(range(12))
    assert history.values == pytest.approx(told["val"]["logloss"])
    assert "train/error" in run.data.metrics


def test_xgboost_estimators_and_early_stopping(cancer: tuple[Any, Any], store: Store) -> None:
    xgb = pytest.importorskip("xgboost")
    from logger.integrations.xgboost import TrackerCallback

    x, y = cancer
    with logger.start_run("boost", store=store) as run:
        model = xgb.XGBClassifier(
            n_estimators=200, early_stopping_rounds=3, callbacks=[TrackerCallback()], learning_rate=1.0
        )
        model.fit(x[:400], y[:400], eval_set=[(x[400:], y[400:])], verbose=False)
        assert run.status == "RUNNING"
    rounds = run.history("validation_0/logloss").steps
    assert 3 < len(rounds) < 200
    assert run.data.tags["best_iteration"] == str(model.best_iteration)


@pytest.mark.parametrize("library", ["xgboost", "lightgbm"])
def test_a_training_stops_when_it_is_asked_to(cancer: tuple[Any, Any], store: Store, library: str) -> None:
    pytest.importorskip(library)
    x, y = cancer
    with logger.start_run("boost", store=store) as run:
        if library == "xgboost":
            import xgboost as xgb

            from logger.integrations.xgboost import TrackerCallback as XgbCallback

            class Asking(XgbCallback):
                def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
                    run.should_stop = epoch == 3
                    return super().after_iteration(model, epoch, evals_log)

            data = xgb.DMatrix(x, y)
            xgb.train({}, data, 50, evals=[(data, "train")], verbose_eval=False, callbacks=[Asking()])
            steps = run.history("train/rmse").steps
        else:
            import lightgbm as lgb

            from logger.integrations.lightgbm import TrackerCallback as LgbCallback

            class Asked(LgbCallback):
                def __call__(self, environment: Any) -> None:
                    run.should_stop = environment.iteration == 3
                    super().__call__(environment)

            dataset = lgb.Dataset(x, y)
            lgb.train({"verbose": -1, "metric": "l2"}, dataset, 50, valid_sets=[dataset], callbacks=[Asked()])
            steps = run.history("training/l2").steps
    assert steps == [0, 1, 2, 3]


def test_lightgbm_logs_every_round(cancer: tuple[Any, Any], store: Store) -> None:
    lgb = pytest.importorskip("lightgbm")
    from logger.integrations.lightgbm import TrackerCallback

    x, y = cancer
    train = lgb.Dataset(x[:400], y[:400])
    params = {"objective": "binary", "metric": ["binary_logloss", "auc"], "num_leaves": 7, "verbose": -1}
    told: dict[str, Any] = {}
    lgb.train(
        params,
        train,
        num_boost_round=10,
        valid_sets=[lgb.Dataset(x[400:], y[400:], reference=train)],
        valid_names=["val"],
        callbacks=[TrackerCallback("boost", store=store), lgb.record_evaluation(told)],
    )
    run = only_run(store)
    assert run.info.status == "FINISHED"
    assert run.data.params["num_leaves"] == "7"
    history = logger.metric_history(run.info.run_id, "val/auc", store=store)
    assert history.steps == list(range(10))
    assert history.values == pytest.approx(told["val"]["auc"])


def test_lightgbm_cross_validation_has_spreads(cancer: tuple[Any, Any], store: Store) -> None:
    lgb = pytest.importorskip("lightgbm")
    from logger.integrations.lightgbm import TrackerCallback

    x, y = cancer
    lgb.cv(
        {"objective": "binary", "verbose": -1},
        lgb.Dataset(x, y),
        num_boost_round=3,
        nfold=3,
        callbacks=[TrackerCallback("boost", store=store)],
    )
    metrics = only_run(store).data.metrics
    assert {"valid/binary_logloss", "valid/binary_logloss_std"} <= set(metrics)
