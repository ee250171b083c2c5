"""The run as a training script uses it, read back through the store."""

from __future__ import annotations

import json
import math
import threading
from decimal import Decimal
from pathlib import Path

import numpy
import pytest

import logger
from logger.store.locate import Store


def test_a_run_is_read_back_as_it_was_logged(store: Store) -> None:
    with logger.start_run("churn", params={"lr": 1e-3, "net": {"depth": 6}}, tags={"team": "x"}) as run:
        for step in range(10):
            run.log({"train/loss": 1 / (step + 1), "train/acc": step / 10}, step=step)
        run.note("a first try")
    back = logger.get_run(run.id)
    assert back.status == "FINISHED"
    assert back.experiment == "churn"
    assert back.note == "a first try"
    assert back.data.params == {"lr": "0.001", "net/depth": "6"}
    assert back.data.tags["team"] == "x"
    assert back.data.metrics == {"train/loss": 0.1, "train/acc": 0.9}
    history = back.history("train/loss")
    assert history.steps == list(range(10))
    assert history.values == [1 / (step + 1) for step in range(10)]
    assert history.times == sorted(history.times)
    assert not any(store.journals.iterdir()) or run.store == store


def test_steps_count_by_themselves_and_go_on_from_a_given_one() -> None:
    with logger.start_run("e") as run:
        run.log({"a": 1})
        run.log({"a": 2})
        run.log({"a": 3}, step=10)
        run.log({"a": 4})
    assert run.history("a").steps == [0, 1, 10, 11]


@pytest.mark.parametrize(
    "value",
    [
        1,
        2.5,
        True,
        numpy.float32(0.5),
        numpy.float64(0.1),
        numpy.int64(7),
        numpy.array(0.25),
        numpy.bool_(True),
        Decimal("0.5"),
        -0.0,
        5e-324,
        2**63,
        math.inf,
        -math.inf,
    ],
)
def test_anything_that_is_a_number_is_logged_as_a_double(value: object) -> None:
    with logger.start_run("e") as run:
        run.log({"x": value})
    assert run.history("x").values == [float(value)]  # type: ignore[arg-type]


def test_nan_survives() -> None:
    with logger.start_run("e") as run:
        run.log({"x": math.nan})
        run.log({"x": 1.0})
        run.log({"x": math.nan})
    assert [math.isnan(value) for value in run.history("x").values] == [True, False, True]
    assert math.isnan(logger.get_run(run.id).data.metrics["x"])


@pytest.mark.parametrize(
    ("metrics", "error"),
    [
        ({"x": "0.5"}, TypeError),
        ({"x": None}, TypeError),
        ({"x": 1j}, TypeError),
        ({"x": [1]}, TypeError),
        ({"x": 10**400}, ValueError),
        ({"": 1}, ValueError),
        ({" ": 1}, ValueError),
        ({3: 1}, ValueError),
    ],
)
def test_what_is_not_a_number_raises_and_is_not_logged(
    metrics: dict[str, object], error: type[Exception]
) -> None:
    with logger.start_run("e") as run:
        run.log({"fine": 1})
        with pytest.raises(error):
            run.log(metrics)
    assert logger.get_run(run.id).data.metrics == {"fine": 1.0}


def test_an_error_of_the_value_itself_comes_through() -> None:
    class Broken:
        def __float__(self) -> float:
            raise ZeroDivisionError

    with logger.start_run("e") as run, pytest.raises(ZeroDivisionError):
        run.log({"x": Broken()})


@pytest.mark.parametrize("step", [-3, 2**62, numpy.int64(5), 4.0])
def test_steps_may_be_any_whole_number(step: int) -> None:
    with logger.start_run("e") as run:
        run.log({"x": 1}, step=step)
    assert run.history("x").steps == [int(step)]


@pytest.mark.parametrize("step", [1.5, 2**64, math.nan])
def test_other_steps_raise(step: float) -> None:
    with logger.start_run("e") as run, pytest.raises((ValueError, OverflowError)):
        run.log({"x": 1}, step=step)  # type: ignore[arg-type]


def test_nested_dicts_make_names_with_slashes() -> None:
    with logger.start_run("e") as run:
        run.log({"train": {"loss": 1, "acc": 2}, "lr": 3})
    assert logger.get_run(run.id).data.metrics == {"train/loss": 1.0, "train/acc": 2.0, "lr": 3.0}


def test_any_printable_name_works_and_ten_thousand_of_them() -> None:
    names = [
        "train/loss",
        "späße",
        "a b",
        "損失",
        "x" * 500,
        "run[/]1",
        "'; DROP TABLE runs;--",
        "\x1b[2J",
        "a\ud800",
    ]
    names += [f"m{number}" for number in range(10_000)]
    with logger.start_run("e") as run:
        run.log(dict.fromkeys(names, 1.0))
    assert len(logger.get_run(run.id).data.metrics) == len(names)


def test_ever_new_sets_of_names_do_not_lose_points() -> None:
    with logger.start_run("e") as run:
        for step in range(300):
            run.log({f"m{step % 17}": step, f"n{step % 13}": step}, step=step)
    assert run.history("m3").steps == list(range(3, 300, 17))


def test_params_are_set_once() -> None:
    with logger.start_run("e", params={"lr": 0.1}) as run:
        run.log_params({"lr": 0.1, "depth": 3})
        with pytest.raises(ValueError, match="lr"):
            run.log_params({"lr": 0.2})
    assert run.data.params == {"lr": "0.1", "depth": "3"}


def test_a_resumed_run_goes_on_and_keeps_its_params() -> None:
    with logger.start_run("e", params={"lr": 0.1}) as run:
        run.log({"a": 1}, step=7)
    with logger.start_run(run_id=run.id) as again:
        assert again.id == run.id
        assert logger.get_run(run.id).status == "RUNNING"
        again.log({"a": 2})
        with pytest.raises(ValueError, match="lr"):
            again.log_params({"lr": 0.2})
    with logger.start_run(run.id) as third:
        third.log({"a": 3})
    assert run.history("a").steps == [7, 8, 9]
    assert logger.get_run(run.id).status == "FINISHED"
    assert [found.id for found in logger.search_runs()] == [run.id]


def test_resuming_what_is_not_there_is_said_clearly() -> None:
    with logger.start_run("e"):
        pass
    with pytest.raises(logger.StoreError, match="no run"):
        logger.start_run(run_id="0" * 32)


def test_nested_runs_have_their_parent() -> None:
    with logger.start_run("e") as outer, logger.start_run(nested=True) as inner:
        assert logger.active_run() is inner
        inner.log({"a": 1})
    back = logger.get_run(inner.id)
    assert back.data.tags["mlflow.parentRunId"] == outer.id
    assert back.experiment == "e"
    assert logger.active_run() is None


def test_a_second_run_needs_to_be_nested() -> None:
    with logger.start_run("e"), pytest.raises(RuntimeError, match="nested"):
        logger.start_run("e")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ValueError(), "FAILED"),
        (KeyboardInterrupt(), "KILLED"),
        (SystemExit(1), "FAILED"),
        (SystemExit(0), "FINISHED"),
    ],
)
def test_the_status_says_how_the_block_was_left(error: BaseException, status: str) -> None:
    with pytest.raises(type(error)), logger.start_run("e") as run:
        raise error
    assert logger.get_run(run.id).status == status


def test_finishing_twice_changes_nothing_and_metrics_may_follow_the_end() -> None:
    run = logger.start_run("e")
    run.finish("FAILED")
    run.finish()
    run.log({"late": 1})
    assert logger.get_run(run.id).status == "FAILED"
    assert run.history("late").values == [1.0]


def test_an_unknown_status_is_refused() -> None:
    run = logger.start_run("e")
    with pytest.raises(ValueError, match="FINISHED"):
        run.finish("DONE")


def test_threads_log_to_one_run_without_losing_a_point() -> None:
    def work(name: str) -> None:
        for step in range(500):
            run.log({name: step, "shared": step}, step=step)

    with logger.start_run("e") as run:
        threads = [threading.Thread(target=work, args=(f"t{number}",)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(run.history("shared").values) == 2000
    assert run.history("t2").values == list(map(float, range(500)))


def test_secrets_are_masked_in_params() -> None:
    with logger.start_run(
        "e", params={"api_key": "abcdef123", "note": "sk-" + "a" * 30, "max_token": 512}
    ) as run:
        pass
    assert run.data.params == {"api_key": "***", "note": "***", "max_token": "512"}


# Files.


def test_files_texts_and_dicts_become_artifacts(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"weights")
    (tmp_path / "plots" / "deep").mkdir(parents=True)
    (tmp_path / "plots" / "deep" / "a.txt").write_text("a")
    with logger.start_run("e") as run:
        run.log_artifact("model.bin")
        run.log_artifact("plots")
        run.log_artifacts("plots", "again")
        run.log_text("hello", "notes/hello.txt")
        run.log_dict({"a": [1, 2]}, "config.json")
        run.log_table({"x": [1, 2], "y": ["a", "b"]}, "table.json")
        run.log_table({"x": [3], "y": ["c"]}, "table.json")
    back = logger.get_run(run.id)
    assert back.artifact("model.bin").read_bytes() == b"weights"
    assert back.artifact("plots/deep/a.txt").read_text() == "a"
    assert back.artifact("again/deep/a.txt").read_text() == "a"
    assert back.artifact("notes/hello.txt").read_text() == "hello"
    assert json.loads(back.artifact("config.json").read_text()) == {"a": [1, 2]}
    assert json.loads(back.artifact("table.json").read_text())["data"] == [[1, "a"], [2, "b"], [3, "c"]]
    assert back.artifact("model.bin").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "name", ["../x", "/etc/passwd", "a/../../x", "a\x00b", "", "..\\x", "x" * 300, "a\nb", "."]
)
def test_unsafe_artifact_names_are_refused(name: str, tmp_path: Path) -> None:
    with logger.start_run("e") as run, pytest.raises(ValueError, match="artifact path"):
        run.log_text("x", name)
    assert [path.name for path in tmp_path.iterdir()] == [".tracker"]


def test_a_missing_file_raises_and_a_pipe_is_refused(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "pipe")
    with logger.start_run("e") as run:
        with pytest.raises(FileNotFoundError):
            run.log_artifact("missing.bin")
        with pytest.raises(ValueError, match="regular"):
            run.log_artifact("pipe")


def test_a_full_disk_costs_the_artifact_and_not_the_training(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with logger.start_run("e") as run:
        monkeypatch.setattr("logger.artifacts.write_all", full)
        with pytest.warns(RuntimeWarning, match="No space left"):
            run.log_text("x", "x.txt")
        run.log({"a": 1})
    assert run.history("a").values == [1.0]


def test_a_model_is_registered_from_a_file_and_found_by_stage(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"weights")
    with logger.start_run("e") as run:
        first = run.register_model("clf", "model.bin")
        second = run.register_model("clf", "model.bin")
    assert (first.version, second.version) == (1, 2)
    assert first.run_id == run.id
    assert first.size == 7
    assert logger.model_path("models:/clf/1").read_bytes() == b"weights"
    with pytest.raises(logger.StoreError, match="Production"):
        logger.model_path("models:/clf/Production")
    with logger.start_run("e") as run, pytest.raises(FileNotFoundError):
        run.register_model("clf", "nothing.bin")
