"""Which way a metric is better, by its name; where the best values stand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logger.store.fields import Field, Sort
from tui_tracker.model.direction import Direction, best_first, best_places, direction_of


@pytest.mark.parametrize(
    "name",
    [
        "loss", "val/loss", "valLoss", "trainloss", "Test RMSE", "error_rate", "perplexity", "wer",
        "mae", "acc/loss",
        "false_negative_rate", "ms_per_step", "epoch_time", "neg_accuracy", "negative_log_likelihood",
    ],
)  # fmt: skip
def test_lower_is_better(name: str) -> None:
    assert direction_of(name) == "lower"


@pytest.mark.parametrize(
    "name",
    [
        "acc", "val/acc", "ValAccuracy", "top5_acc", "f1", "F1Score", "roc_auc", "mAP50", "IoU", "bleu4",
        "r2", "neg_mean_squared_error", "neg_log_loss", "tokens_per_second", "loss/accuracy",
        "win_rate", "reward/mean",
    ],
)  # fmt: skip
def test_higher_is_better(name: str) -> None:
    assert direction_of(name) == "higher"


@pytest.mark.parametrize(
    "name", ["", "lr", "learning_rate", "epoch", "grad_norm", "日本語", "glossy", "[/]", "per"]
)
def test_no_direction(name: str) -> None:
    assert direction_of(name) is None


@given(st.text())
def test_any_name_is_understood_or_not(name: str) -> None:
    assert direction_of(name) in ("lower", "higher", None)


def test_best_places_skip_what_is_no_number() -> None:
    values = [None, 3.0, math.nan, 1.0, 1.0]
    assert best_places(values, "lower") == (3, 4)
    assert best_places(values, "higher") == (1,)
    assert best_places(values, None) == ()
    assert best_places([1.0, None], "lower") == ()
    assert best_places([1.0, 1.0], "lower") == ()


@given(st.lists(st.none() | st.floats()), st.sampled_from(["lower", "higher"]))
def test_no_value_is_better_than_the_best(values: list[float | None], direction: Direction) -> None:
    for place in best_places(values, direction):
        best = values[place]
        assert best is not None
        for value in values:
            if value is not None and not math.isnan(value):
                assert best <= value if direction == "lower" else best >= value


def test_orders_that_bring_the_best_first() -> None:
    loss, acc = Field("metric", "loss", "min"), Field("metric", "acc")
    others = [Field("metric", "loss", "count"), Field("metric", "lr"), Field("param", "loss")]
    assert best_first([loss, acc, *others]) == {loss: Sort(loss), acc: Sort(acc, descending=True)}
