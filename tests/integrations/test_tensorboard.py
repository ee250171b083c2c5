"""The SummaryWriter: the methods that training code calls, and what becomes of their values."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import numpy as np
import pytest

import logger
from logger.integrations.tensorboard import SummaryWriter
from logger.store.locate import Store
from tests.hostile import HOSTILE


def artifacts(store: Store, run_id: str) -> dict[str, Path]:
    top = store.artifacts / run_id
    return {file.relative_to(top).as_posix(): file for file in top.rglob("*") if file.is_file()}


def only_run(store: Store) -> logger.LoggedRun:
    (found,) = logger.search_runs(store=store)
    return found


def test_a_training_script_of_tensorboards_runs_unchanged(store: Store) -> None:
    Image = pytest.importorskip("PIL.Image")
    writer = SummaryWriter("runs/first", experiment="tb", store=store)
    for step in range(5):
        writer.add_scalar("Loss/train", np.float32(1 / (step + 1)), step)
        writer.add_scalars("acc", {"train": 0.5, "val": 0.4}, step, walltime=1e9 + step)
    writer.add_hparams({"lr": 0.1, "bsize": 8}, {"hparam/accuracy": 0.7})
    writer.add_text("notes", "**well**", 3)
    writer.add_image("digit", np.zeros((1, 8, 6), np.float32) + 0.5, 2)
    writer.add_images("batch", np.zeros((2, 3, 4, 4), np.uint8), 1)
    writer.add_histogram("weights", np.array([1.0, 2.0, 3.0, np.nan]), 4)
    writer.add_histogram_raw("raw", 0.0, 2.0, 4, 4.0, 6.0, [1.0, 2.0], [3, 1], 1)
    writer.add_tensor("t", np.arange(3), 1)
    writer.add_image_with_boxes("boxed", np.zeros((3, 4, 4), np.uint8), np.zeros((1, 4)), 1, labels=["cat"])
    writer.flush()
    writer.close()
    run = only_run(store)
    assert (run.info.run_name, run.info.status) == ("first", "FINISHED")
    assert run.data.params == {"lr": "0.1", "bsize": "8"}
    assert logger.metric_history(run.info.run_id, "Loss/train", store=store).steps == [0, 1, 2, 3, 4]
    assert logger.metric_history(run.info.run_id, "acc/val", store=store).times[-1] == 1e9 + 4
    assert run.data.metrics["weights/mean"] == 2
    files = artifacts(store, run.info.run_id)
    assert files["text/notes/00000003.md"].read_text() == "**well**"
    assert Image.open(files["images/digit/00000002.png"]).size == (6, 8)
    assert {"images/batch/0/00000001.png", "images/batch/1/00000001.png"} <= set(files)
    assert np.load(files["tensors/t/00000001.npy"]).tolist() == [0, 1, 2]
    assert json.loads(files["images/boxed/00000001.boxes.json"].read_text())["labels"] == ["cat"]
    assert run.data.metrics["raw/mean"] == 1
    counted = json.loads(files["histograms/weights/00000004.json"].read_text())
    assert sum(counted["counts"]) == 3 and counted["left_out"] == 1


def test_a_figure_is_kept_and_closed(store: Store) -> None:
    pyplot = pytest.importorskip("matplotlib.pyplot")
    with SummaryWriter(store=store) as writer:
        figure = pyplot.figure()
        writer.add_figure("curve", figure, 1)
        assert not pyplot.fignum_exists(figure.number)
    assert "figures/curve/00000001.png" in artifacts(store, only_run(store).info.run_id)


def test_what_a_terminal_cannot_show_is_told_once(store: Store) -> None:
    with SummaryWriter(store=store) as writer:
        with pytest.warns(RuntimeWarning, match="graphs") as told:
            writer.add_graph(object())
            writer.add_graph(object())
        assert len(told) == 1
        with pytest.warns(RuntimeWarning, match="audio"):
            writer.add_audio("a", [0.0], 1)


def test_the_active_run_is_used_and_left_open(store: Store) -> None:
    with logger.start_run("tb", store=store) as run:
        with SummaryWriter() as writer:
            writer.add_scalar("loss", 1.0, 0)
        assert run.status == "RUNNING"
        with pytest.raises(ZeroDivisionError), SummaryWriter():
            1 / 0  # noqa: B018
        assert run.status == "RUNNING"
    assert run.data.metrics == {"loss": 1.0}


def test_an_exception_fails_a_run_of_its_own(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), SummaryWriter(store=store):
        1 / 0  # noqa: B018
    assert only_run(store).info.status == "FAILED"


@pytest.mark.parametrize(
    "tag", [*HOSTILE, "../../etc/passwd", "/etc/passwd", "..", "a\\..\\b"], ids=str.__len__
)
def test_no_tag_leaves_the_run_or_ends_the_training(store: Store, tag: str) -> None:
    with SummaryWriter(store=store) as writer:
        try:
            writer.add_text(tag, "x", 1)
        except ValueError as refusal:
            assert "artifact path" in str(refusal)
    outside = [
        file for file in store.directory.parent.rglob("*.md") if not file.is_relative_to(store.artifacts)
    ]
    assert not outside


def test_every_method_of_the_original_is_there() -> None:
    pytest.importorskip("torch")
    pytest.importorskip("tensorboard")
    original = pytest.importorskip("torch.utils.tensorboard").SummaryWriter
    for name, method in inspect.getmembers(original, inspect.isfunction):
        if not name.startswith("_"):
            ours = inspect.signature(getattr(SummaryWriter, name)).parameters
            variadic = any(parameter.kind == parameter.VAR_KEYWORD for parameter in ours.values())
            assert variadic or set(inspect.signature(method).parameters) <= set(ours), name
