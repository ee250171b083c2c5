"""What a promotion means: sentences about what moves, and the candidate beside the holder."""

from __future__ import annotations

import math
from pathlib import Path

from logger.opening import reading
from logger.store import registry, runs
from logger.store.connection import writing
from logger.store.locate import Store, for_writing
from logger.store.registry import ModelVersion, planned
from tests.sample import add_run
from tui_tracker.model.promotion import RunValues, compare, consequences
from tui_tracker.model.registry_view import read_model, read_roll_back, read_version, run_values


def three_versions(directory: Path) -> Store:
    """v1 in Production, v2 in Staging, v3 without a stage; v3 from no run."""
    store = for_writing(directory / ".tracker")
    for place in (1, 2):
        add_run(
            store,
            f"run-{place}",
            uid=f"{place:032x}",
            params={"lr": f"0.{place}"},
            metrics={"val/loss": [1.0 / place], "gpu/power": [300.0]},
        )
    with writing(store) as database:
        for place in (1, 2):
            registry.register_version(database, "churn", run_uid=f"{place:032x}", path="model.pkl")
        registry.register_version(database, "churn", run_uid=None, source="s3://bucket")
        registry.transition(database, "churn", 1, "Production", archive_existing=True)
        registry.transition(database, "churn", 2, "Staging", archive_existing=True)
    return store


def sentences(store: Store, number: int, stage: str, *, archive: bool = True) -> list[str]:
    with writing(store) as database:
        versions = registry.versions(database, "churn")
    return consequences(planned(versions, number, stage, archive_existing=archive), versions)


def test_sentences_say_what_moves_and_what_is_left(tmp_path: Path) -> None:
    store = three_versions(tmp_path)
    assert sentences(store, 2, "Production") == [
        "v2 becomes Production (from Staging)",
        "v1 moves from Production to Archived",
        "Staging is left without a version",
    ]
    assert sentences(store, 3, "Production", archive=False) == [
        "v3 becomes Production",
        "Production is then shared by v1 and v3",
    ]
    assert sentences(store, 3, "Archived") == ["v3 moves to Archived"]
    assert sentences(store, 1, "None") == [
        "v1 leaves Production and has no stage",
        "Production is left without a version",
    ]
    assert sentences(store, 1, "Production") == ["Nothing changes: it is there already"]


def test_metrics_are_judged_by_their_direction() -> None:
    candidate = RunValues({}, {"val/loss": 0.1, "val/acc": 0.8, "gpu/power": 2.0, "f1": 0.5, "new": 1.0})
    holder = RunValues({}, {"val/loss": 0.2, "val/acc": 0.9, "gpu/power": 1.0, "f1": 0.5, "old": 1.0})
    found = {metric.name: metric for metric in compare(candidate, holder).metrics}
    assert (found["val/loss"].verdict, found["val/acc"].verdict) == ("better", "worse")
    assert found["val/loss"].delta == 0.1 - 0.2
    assert (found["gpu/power"].verdict, found["gpu/power"].delta) == (None, 1.0)
    assert (found["f1"].verdict, found["f1"].delta) == (None, 0.0)
    assert (found["new"].holder, found["new"].delta, found["old"].candidate) == (None, None, None)
    assert compare(candidate, holder).count("better") == 1


def test_values_that_are_not_finite_are_compared_as_far_as_that_is_possible() -> None:
    candidate = RunValues({}, {"val/loss": math.nan, "val/acc": math.inf, "train/loss": math.inf})
    holder = RunValues({}, {"val/loss": 0.2, "val/acc": 0.9, "train/loss": math.inf})
    found = {metric.name: metric for metric in compare(candidate, holder).metrics}
    assert (found["val/loss"].delta, found["train/loss"].delta) == (None, None)
    assert (found["val/acc"].delta, found["val/acc"].verdict) == (math.inf, "better")


def test_only_params_that_differ_are_listed() -> None:
    comparison = compare(
        RunValues({"lr": "0.1", "depth": "6", "new": ""}, {}), RunValues({"lr": "0.2", "depth": "6"}, {})
    )
    assert [(param.name, param.holder, param.candidate) for param in comparison.params] == [
        ("lr", "0.2", "0.1"),
        ("new", None, ""),
    ]
    assert comparison.shared_params == 1


def test_a_model_is_read_by_stage_with_its_telling_metrics(tmp_path: Path) -> None:
    store = three_versions(tmp_path)
    with writing(store) as database:
        view = read_model(database, "nothing of that name")
        assert view.chosen is not None
        assert view.chosen.name == "churn"
        assert [version.version for version in view.versions] == [1, 2, 3]
        assert view.metrics == ("val/loss",)
        assert view.values == {
            version.run_id: {"val/loss": 1.0 / version.version} for version in view.versions[:2]
        }


def test_a_version_is_read_beside_the_holders(tmp_path: Path) -> None:
    store = three_versions(tmp_path)
    with writing(store) as database:
        view = read_version(database, store, "churn", 2)
        assert list(view.rivals) == ["Production"]
        comparison = view.rivals["Production"].comparison
        assert comparison is not None
        assert comparison.count("better") == 1
        assert "not there" in view.problem
        bought = read_version(database, store, "churn", 3)
        assert (bought.values, bought.path) == (None, "")
        assert all(rival.comparison is None for rival in bought.rivals.values())


def test_a_roll_back_is_read_before_it_is_made(tmp_path: Path) -> None:
    store = three_versions(tmp_path)
    with writing(store) as database:
        registry.transition(database, "churn", 2, "Production", archive_existing=True)
        view = read_roll_back(database, "churn", "Production")
        assert (view.present, [change.version for change in view.changes]) == (2, [1, 2])
        assert view.comparison is not None
        assert view.comparison.count("worse") == 1
        before: list[ModelVersion] = list(view.versions)
        assert registry.versions(database, "churn") == before


def test_the_load_of_a_machine_is_no_quality_of_a_model(tmp_path: Path) -> None:
    store = for_writing(tmp_path / ".tracker")
    load = {"system/disk_available_megabytes": [5.0], "epoch": [1.0], "val/acc": [0.9]}
    uid = add_run(store, "a", metrics=load)
    with reading(store) as (_, reader):
        values = run_values(reader, runs.find(reader, uid).id)
    assert values is not None and list(values.metrics) == ["val/acc", "epoch"]
