"""MLflow's names with MLflow's meanings."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

import logger
import logger as mlflow

MLFLOW_SCRIPT = """
import logger as mlflow

mlflow.set_experiment("wine")
with mlflow.start_run(run_name="baseline", tags={"team": "a"}, description="first") as run:
    mlflow.log_param("alpha", 0.5)
    mlflow.log_params({"l1_ratio": 0.1, "seed": 42})
    for epoch in range(3):
        mlflow.log_metric("rmse", 1.0 / (epoch + 1), step=epoch)
    mlflow.log_metrics({"r2": 0.9, "mae": 0.2}, step=2)
    mlflow.set_tag("release", "1.0")
    mlflow.log_text("hello", "notes.txt")
    mlflow.log_dict({"a": 1}, "config.json")
    with open("model.txt", "w") as f:
        f.write("weights")
    mlflow.log_artifact("model.txt", artifact_path="model")
    with mlflow.start_run(run_name="child", nested=True):
        mlflow.log_metric("rmse", 3)
    uri = f"runs:/{run.info.run_id}/model"
found = mlflow.search_runs(experiment_names=["wine"], filter_string="metrics.rmse < 0.5 and params.alpha = '0.5'",
                           order_by=["metrics.rmse ASC"], output_format="list")
assert [r.info.run_id for r in found] == [run.info.run_id]
assert found[0].data.metrics == {"rmse": 1.0 / 3, "r2": 0.9, "mae": 0.2}
assert found[0].data.params == {"alpha": "0.5", "l1_ratio": "0.1", "seed": "42"}
version = mlflow.register_model(uri, "wine-model")
assert version.version == 1
assert mlflow.get_run(run.info.run_id).info.status == "FINISHED"
assert mlflow.get_experiment_by_name("wine").experiment_id == run.info.experiment_id
assert mlflow.active_run() is None
"""


def test_an_ordinary_mlflow_script_runs_unchanged(tmp_path: Path) -> None:
    exec(compile(MLFLOW_SCRIPT, "script", "exec"), {})
    assert logger.model_path("models:/wine-model/1").joinpath("model.txt").read_text() == "weights"
    child = logger.get_run("child")
    assert child.data.tags["mlflow.parentRunId"] == logger.get_run("baseline").id
    assert logger.get_run("baseline").note == "first"


def test_a_metric_without_a_step_is_at_step_zero() -> None:
    with mlflow.start_run() as run:
        mlflow.log_metric("a", 1)
        mlflow.log_metric("a", 2)
    assert run.history("a").steps == [0, 0]


def test_the_latest_is_the_greatest_step_then_time_then_value() -> None:
    with mlflow.start_run() as run:
        mlflow.log_metric("a", 5, step=3, timestamp=1000)
        mlflow.log_metric("a", 4, step=2, timestamp=9000)
        mlflow.log_metric("b", 5, step=1, timestamp=1000)
        mlflow.log_metric("b", 3, step=1, timestamp=1000)
    assert mlflow.get_run(run.id).data.metrics == {"a": 5.0, "b": 5.0}


def test_a_negative_timestamp_is_refused() -> None:
    with mlflow.start_run(), pytest.raises(ValueError, match="timestamp"):
        mlflow.log_metric("a", 1, timestamp=-1)


def test_logging_without_a_run_starts_one() -> None:
    mlflow.log_metric("a", 1)
    run = mlflow.active_run()
    assert run is not None
    mlflow.end_run()
    assert mlflow.active_run() is None
    assert mlflow.get_run(run.id).experiment == "Default"
    mlflow.end_run()


def test_active_runs_belong_to_their_thread() -> None:
    seen = []
    with mlflow.start_run():
        thread = threading.Thread(target=lambda: seen.append(mlflow.active_run()))
        thread.start()
        thread.join()
    assert seen == [None]


def test_deletion_is_soft_and_twice_is_fine() -> None:
    with mlflow.start_run() as run:
        pass
    mlflow.delete_run(run.id)
    mlflow.delete_run(run.id)
    assert mlflow.search_runs(output_format="list") == []
    assert [found.id for found in mlflow.search_runs(run_view_type=2)] == [run.id]
    with pytest.raises(mlflow.StoreError, match="deleted"):
        mlflow.start_run(run_id=run.id)
    mlflow.restore_run(run.id)
    assert [found.id for found in mlflow.search_runs()] == [run.id]


def test_experiments_by_name_and_id() -> None:
    number = mlflow.create_experiment("one")
    with pytest.raises(ValueError, match="already"):
        mlflow.create_experiment("one")
    mlflow.set_experiment(experiment_id=number)
    with mlflow.start_run() as run:
        pass
    with mlflow.start_run(experiment_id=number) as other:
        pass
    assert {found.id for found in mlflow.search_runs(experiment_ids=[number])} == {run.id, other.id}
    assert mlflow.search_runs(experiment_names=["none such"]) == []
    with pytest.raises(mlflow.StoreError):
        mlflow.set_experiment(experiment_id="99")


def test_runs_are_ordered_by_metric_with_missing_ones_last() -> None:
    for name, value in (("low", 1.0), ("none", None), ("high", 2.0), ("nan", float("nan"))):
        with mlflow.start_run(run_name=name):
            if value is not None:
                mlflow.log_metric("m", value)
    down = [run.name for run in mlflow.search_runs(order_by=["metrics.m DESC"])]
    up = [run.name for run in mlflow.search_runs(order_by=["metrics.m ASC"])]
    assert down == ["high", "low", "nan", "none"]
    assert up == ["low", "high", "nan", "none"]


def test_tags_with_meaning_set_what_they_mean() -> None:
    with mlflow.start_run() as run:
        mlflow.set_tags({"mlflow.note.content": "text", "mlflow.runName": "renamed", "a": 1})
        mlflow.set_tag("a", 2)
        mlflow.set_tag("b", 3)
        mlflow.delete_tag("b")
        with pytest.raises(mlflow.StoreError):
            mlflow.delete_tag("b")
    back = mlflow.get_run(run.id)
    assert (back.note, back.name, back.data.tags["a"], "b" in back.data.tags) == (
        "text",
        "renamed",
        "2",
        False,
    )


def test_artifact_uris_point_at_the_files() -> None:
    with mlflow.start_run() as run:
        mlflow.log_text("x", "a/b.txt")
        uri = mlflow.get_artifact_uri("a/b.txt")
    assert Path(uri.removeprefix("file://")).read_text() == "x"
    assert uri.startswith(run.info.artifact_uri)


def test_logging_to_another_run_by_its_id() -> None:
    with mlflow.start_run() as first:
        pass
    mlflow.log_metrics({"late": 1.0}, run_id=first.id)
    assert mlflow.get_run(first.id).data.metrics == {"late": 1.0}
    assert mlflow.get_run(first.id).status == "FINISHED"


def test_the_store_can_be_named(tmp_path: Path) -> None:
    mlflow.set_tracking_uri((tmp_path / "elsewhere").as_uri())
    with mlflow.start_run() as run:
        pass
    assert run.store.directory == tmp_path / "elsewhere"
    assert mlflow.search_runs()[0].id == run.id
    with pytest.raises(ValueError, match="no server"):
        mlflow.set_tracking_uri("http://localhost:5000")


def test_without_a_store_reading_says_what_to_do() -> None:
    with pytest.raises(mlflow.StoreError, match="log a run first"):
        mlflow.search_runs()


@pytest.mark.parametrize("order", ["metrics.a UPWARDS", "nonsense"])
def test_mistakes_in_a_search_are_value_errors(order: str) -> None:
    with mlflow.start_run():
        mlflow.log_metric("a", 1)
    with pytest.raises(mlflow.FilterError):
        mlflow.search_runs(order_by=[order])
    with pytest.raises(ValueError, match="max_results"):
        mlflow.search_runs(max_results=0)
