"""Other trackers' files: what is read of them, and what becomes of it in a store."""

from __future__ import annotations

import json
import math
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import logger
from logger.store import registry
from logger.store.connection import open_reader
from logger.store.locate import Store
from tests import foreign_files as files
from tests.command_line import Run, caller, refused
from tests.hostile import HOSTILE, assert_harmless
from tui_tracker.importers import sources
from tui_tracker.importers.foreign import ForeignError
from tui_tracker.importers.record_files import leveldb_records, tf_records
from tui_tracker.importers.restore import ORIGIN_TAG, restore

FIRST, CHILD = "a" * 32, "b" * 32
BEGAN = 1_700_000_000_000


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return caller(capsys)


def imported(store: Store, path: Path) -> dict[str, logger.LoggedRun]:
    """The runs of a store into which a place was imported, by name."""
    restore(store, sources.read(path))
    return {found.info.run_name: found for found in logger.search_runs(store=store)}


def values(store: Store, run: logger.LoggedRun, key: str) -> list[tuple[int, float]]:
    history = logger.metric_history(run.info.run_id, key, store=store)
    return list(zip(history.steps, history.values, strict=True))


def mlflow_files(top: Path) -> Path:
    """A database of MLflow's with a run, its child, a deleted one, and a model in Production."""
    artifacts = top / "mlruns" / "1" / FIRST / "artifacts"
    (artifacts / "model").mkdir(parents=True)
    (artifacts / "model" / "weights.bin").write_bytes(b"weights")
    return files.mlflow_database(
        top / "mlflow.db",
        [
            ("experiments", (1, "churn", "active")),
            # The child stands first: parents are recorded first all the same.
            ("runs", (CHILD, "kid", "", "RUNNING", BEGAN - 1, None, "active", "", 1)),
            ("runs", (FIRST, "first", "", "FINISHED", BEGAN, BEGAN + 5000, "active", str(artifacts), 1)),
            ("runs", ("c" * 32, "gone", "", "FAILED", BEGAN, None, "deleted", "", 1)),
            *(("metrics", ("val/acc", step / 10, BEGAN + step, FIRST, step, 0)) for step in range(10)),
            ("metrics", ("loss", 0.0, BEGAN, FIRST, 1, 1)),
            ("metrics", ("loss", 1.79769313486232e308, BEGAN, FIRST, 2, 0)),
            ("metrics", ("loss", -1.7976931348623157e308, BEGAN, FIRST, 3, 0)),
            ("params", ("lr", "0.1", FIRST)),
            ("tags", ("team", "growth", FIRST)),
            ("tags", ("mlflow.user", "root", FIRST)),
            ("tags", ("mlflow.note.content", "a note", FIRST)),
            ("tags", ("mlflow.parentRunId", FIRST, CHILD)),
            ("registered_models", ("clf", "a model")),
            ("registered_model_tags", ("owner", "us", "clf")),
            ("model_versions", ("clf", 3, "good", "root", "Production", f"{artifacts}/model", FIRST)),
            ("model_versions", ("clf", 7, "", "", "None", "s3://bucket/model", None)),
            ("registered_model_aliases", ("champion", 3, "clf")),
            ("model_version_tags", ("reviewed", "yes", "clf", 3)),
        ],
    )


def test_a_database_of_mlflow(store: Store, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    runs = imported(store, mlflow_files(tmp_path / "there"))
    first = runs["first"]
    assert set(runs) == {"first", "kid"}
    assert (first.info.run_id, first.info.status) == (FIRST, "FINISHED")
    assert (first.info.start_time, first.info.end_time) == (BEGAN, BEGAN + 5000)
    assert first.data.params == {"lr": "0.1"}
    assert first.data.tags["team"] == "growth" and first.data.tags[ORIGIN_TAG] == "MLflow"
    assert first.data.tags["mlflow.note.content"] == "a note"
    assert values(store, first, "val/acc") == [(step, step / 10) for step in range(10)]
    (_, nan), (_, plus), (_, minus) = values(store, first, "loss")
    assert math.isnan(nan) and (plus, minus) == (math.inf, -math.inf)
    assert runs["kid"].info.status == "LOST"
    assert runs["kid"].data.tags["mlflow.parentRunId"] == FIRST


def test_the_registry_of_mlflow_keeps_numbers_stages_aliases_and_files(store: Store, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    database = mlflow_files(tmp_path / "there")
    for _ in range(2):
        imported(store, database)
        with closing(open_reader(store)) as connection:
            seventh, third = registry.versions(connection, "clf")
            assert registry.model(connection, "clf").tags == {"owner": "us"}
        assert (third.version, third.stage, third.aliases, third.run_uid) == (
            3,
            "Production",
            ("champion",),
            FIRST,
        )
        assert (third.description, third.tags) == ("good", {"reviewed": "yes"})
        assert (seventh.version, seventh.source, seventh.run_uid) == (7, "s3://bucket/model", None)
    path = Path(logger.model_path("models:/clf/Production", store=store))
    assert (path / "weights.bin").read_bytes() == b"weights"


def test_a_directory_of_mlflow(store: Store, tmp_path: Path) -> None:
    top = tmp_path / "mlruns"
    run = top / "12" / FIRST
    for name, text in {
        "../meta.yaml": "experiment_id: '12'\nlifecycle_stage: active\nname: 'it''s'\n",
        "meta.yaml": f"run_id: {FIRST}\nrun_name: first\nstatus: 3\nstart_time: {BEGAN}\nend_time: {BEGAN + 1}\n"
        f"lifecycle_stage: active\nartifact_uri: file:///elsewhere/12/{FIRST}/artifacts\n",
        "metrics/val/acc": f"{BEGAN} 0.5 0\n{BEGAN} nan 1\nnonsense\n{BEGAN} inf 2\n",
        "params/lr": "0.1",
        "tags/mlflow.runName": "second name",
        "artifacts/plot.txt": "a plot",
        f"../../12/{CHILD}/meta.yaml": f"run_id: {CHILD}\nlifecycle_stage: deleted\n",
        "../../models/clf/meta.yaml": "name: clf\ndescription: >-\n  over two\n  lines\n",
        "../../models/clf/version-2/meta.yaml": f"run_id: {FIRST}\ncurrent_stage: Staging\n"
        f"source: file:///elsewhere/12/{FIRST}/artifacts/plot.txt\n",
        "../../models/clf/aliases/best": "2",
    }.items():
        path = run / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    found = imported(store, top)["second name"]
    (_, half), (_, nan), (_, infinite) = values(store, found, "val/acc")
    assert half == 0.5 and math.isnan(nan) and infinite == math.inf
    assert found.data.params == {"lr": "0.1"}
    with closing(open_reader(store)) as connection:
        (version,) = registry.versions(connection, "clf")
        assert registry.model(connection, "clf").description == "over two lines"
    assert (version.version, version.stage, version.aliases, version.path) == (
        2,
        "Staging",
        ("best",),
        "plot.txt",
    )
    assert Path(logger.model_path("models:/clf@best", store=store)).read_text() == "a plot"


def test_event_files_of_tensorboard(store: Store, tmp_path: Path) -> None:
    top = tmp_path / "tb"
    for name, events in {
        "a/events.out.tfevents.1.box": [
            files.scalar_event("loss", 1 / (step + 1), step, 100.0 + step) for step in range(5)
        ],
        "a/events.out.tfevents.2.box": [files.tensor_event("loss", 0.125, 5, 105.0)],
        # As `add_hparams` does, into a directory of its own.
        "a/1700000000.25/events.out.tfevents.3.box": [
            files.hparams_event({"lr": 0.1, "opt": "adam", "amp": True, "depth": 3.0}, 99.0),
            files.scalar_event("hp/acc", 0.5, 0, 106.0),
        ],
        "b/events.out.tfevents.4.box": [files.scalar_event("loss", 2.0, -1, 50.0)],
    }.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_bytes(files.tf_records(events))
    with (top / "b" / "events.out.tfevents.4.box").open("ab") as cut_short:
        cut_short.write(files.tf_records([files.scalar_event("loss", 3.0, 0, 51.0)])[:-9])
    runs = imported(store, top)
    assert set(runs) == {"a", "b"}
    assert [step for step, _ in values(store, runs["a"], "loss")] == [0, 1, 2, 3, 4, 5]
    assert values(store, runs["a"], "hp/acc") == [(0, 0.5)]
    assert runs["a"].data.params == {"lr": "0.1", "opt": "adam", "amp": "True", "depth": "3"}
    assert (runs["a"].info.start_time, runs["a"].info.end_time) == (99_000, 106_000)
    assert values(store, runs["b"], "loss") == [(-1, 2.0)]


def test_offline_runs_of_wandb(store: Store, tmp_path: Path) -> None:
    first, resumed = tmp_path / "wandb" / "offline-run-1-abc123", tmp_path / "wandb" / "offline-run-2-abc123"
    for directory, records in {
        first: [
            files.wandb_history(step, {"loss": 1.0 / (step + 1), "at": {"x": step}}) for step in range(3)
        ],
        resumed: [
            files.wandb_history(3, {"loss": "NaN", "note": "text", "_runtime": 3.0}),
            files.wandb_exit(1),
        ],
    }.items():
        (directory / "files").mkdir(parents=True)
        (directory / "files" / "requirements.txt").write_text("numpy")
        (directory / "run-abc123.wandb").write_bytes(files.wandb_run(records))
    (found,) = imported(store, tmp_path / "wandb").values()
    assert (found.info.run_name, found.info.status) == ("first", "FAILED")
    assert found.data.params == {"lr": "0.1", "opt.name": "adam"}
    assert found.data.tags["good"] == "" and found.data.tags["mlflow.note.content"] == "a note"
    assert [step for step, _ in values(store, found, "loss")] == [0, 1, 2, 3]
    assert math.isnan(values(store, found, "loss")[-1][1])
    assert values(store, found, "at.x") == [(0, 0.0), (1, 1.0), (2, 2.0)]
    assert set(found.data.metrics) == {"loss", "at.x"}
    assert (store.artifacts / found.info.run_id / "requirements.txt").read_text() == "numpy"


@pytest.mark.parametrize("has_ids", [True, False])
def test_projects_of_trackio(store: Store, tmp_path: Path, has_ids: bool) -> None:
    database = tmp_path / "there" / "proj.db"
    database.parent.mkdir()
    own = "run_id TEXT, " if has_ids else ""
    with closing(sqlite3.connect(database)) as connection, connection:
        for table, rest in {
            "metrics": "timestamp TEXT, run_name TEXT, step INTEGER, metrics TEXT",
            "configs": "run_name TEXT, config TEXT",
            "system_metrics": "timestamp TEXT, run_name TEXT, metrics TEXT",
        }.items():
            connection.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, {own}{rest})")
        time = "2023-11-14T22:13:20"
        rows: list[tuple[str, list[object]]] = [
            *(
                ("metrics", [time, "r1", step, json.dumps({"loss": 1 / (step + 1), "at": {"x": 1}})])
                for step in range(3)
            ),
            ("configs", ["r1", '{"lr": 0.1, "layers": [1, 2], "_Username": "ada"}']),
            ("system_metrics", [f"{time}+00:00", "r1", '{"gpu": 50}']),
        ]
        for table, row in rows:
            whole = [FIRST, *row] if has_ids else row
            connection.execute(f"INSERT INTO {table} VALUES (NULL, {', '.join('?' * len(whole))})", whole)
    found = imported(store, tmp_path / "there")["r1"]
    assert (found.info.run_id == FIRST) == has_ids
    assert found.info.start_time == BEGAN
    assert found.data.params == {"lr": "0.1", "layers": "[1, 2]"}
    assert [step for step, _ in values(store, found, "loss")] == [0, 1, 2]
    assert values(store, found, "system/gpu") == [(0, 50.0)]


def test_the_command_imports_once_and_says_what(run: Run, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    mlflow_files(tmp_path / "there")
    told = run("import", "there", "--dry-run")
    assert (told.status, told.output) == (
        0,
        "MLflow: 2 runs in 1 experiment, 2 model versions; 1 deleted left out; nothing was imported\n",
    )
    assert not (tmp_path / ".tracker").exists()
    told = run("import", "there", "--experiment", "taken over")
    assert told.status == 0 and "2 runs with 13 points, 1 file, 2 model versions" in told.output
    assert {row["experiment"] for row in run("ls", "--columns", "experiment", "--csv").rows} == {"taken over"}
    told = run("import", "there")
    assert "0 runs with 0 points; 2 runs were here already" in told.output
    assert len(run("ls", "--csv").rows) == 2


def test_what_cannot_be_read_is_refused_in_a_sentence(run: Run, tmp_path: Path) -> None:
    assert "there is nothing at" in refused(run("import", "nowhere"), 1)
    (tmp_path / "empty").mkdir()
    assert "there is nothing of MLflow" in refused(run("import", "empty"), 1)
    (tmp_path / "mlflow.db").write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    assert "cannot be read" in refused(run("import", "mlflow.db"), 1)
    assert "that wandb has written" in refused(run("import", "empty", "--from", "wandb"), 1)


def test_a_damaged_run_is_left_out_and_the_others_are_not(run: Run, tmp_path: Path) -> None:
    for name, data in {
        "good": files.tf_records([files.scalar_event("loss", 1.0, 0, 1.0)]),
        "bad": files.tf_records([b"\xff" * 20]),
        "huge": files.tf_records([files.scalar_event("loss", 1.0, 0, math.inf)]),
    }.items():
        (tmp_path / "tb" / name).mkdir(parents=True)
        (tmp_path / "tb" / name / "events.out.tfevents.1").write_bytes(data)
    told = run("import", "tb")
    assert told.status == 1 and "1 run with 1 point" in told.output
    assert "bad" in told.errors and "'huge'" in told.errors
    assert [row["name"] for row in run("ls", "--csv").rows] == ["good"]


@pytest.mark.parametrize("text", [text for text in HOSTILE if text.strip()])
def test_hostile_names_are_taken_over_and_shown_harmless(run: Run, tmp_path: Path, text: str) -> None:
    files.mlflow_database(
        tmp_path / "mlflow.db",
        [
            ("experiments", (1, text, "active")),
            ("runs", (FIRST, text, text, text, BEGAN, None, "active", text, 1)),
            ("metrics", (text, 1.0, BEGAN, FIRST, 0, 0)),
            ("params", (text, text, FIRST)),
            ("tags", (text, text, FIRST)),
            ("registered_models", (text, text)),
            ("model_versions", (text, 1, text, text, text, text, FIRST)),
        ],
    )
    told = run("import", "mlflow.db")
    assert "1 run with 1 point" in told.output
    assert_harmless(told.output + told.errors)
    assert_harmless(run("show", FIRST).output)


def test_files_of_a_run_elsewhere_are_not_taken(store: Store, tmp_path: Path) -> None:
    """A database can name any directory; only one that is called as MLflow calls it is a run's."""
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "key").write_text("secret")
    database = files.mlflow_database(
        tmp_path / "mlflow.db",
        [
            ("experiments", (1, "e", "active")),
            ("runs", (FIRST, "first", "", "FINISHED", BEGAN, BEGAN, "active", str(tmp_path / "secrets"), 1)),
        ],
    )
    imported(store, database)
    assert not list(store.artifacts.glob("**/key"))


@given(st.lists(st.binary(max_size=100_000), max_size=5))
def test_records_come_back_whatever_blocks_they_cross(
    tmp_path_factory: pytest.TempPathFactory, records: list[bytes]
) -> None:
    path = tmp_path_factory.mktemp("log") / "records"
    data = files.leveldb_log(b":W&B", records)
    path.write_bytes(data)
    assert list(leveldb_records(path, b":W&B")) == records
    path.write_bytes(data[:-1])
    assert list(leveldb_records(path, b":W&B")) == records[: len(records) - 1]
    path.write_bytes(files.tf_records(records))
    assert list(tf_records(path)) == records


@given(st.binary(max_size=300))
def test_any_bytes_are_a_message_or_refused(data: bytes) -> None:
    from tui_tracker.importers import protobuf

    try:
        assert all(isinstance(value, (int, bytes)) for _, value in protobuf.fields(data))
    except ForeignError as error:
        assert str(error)
