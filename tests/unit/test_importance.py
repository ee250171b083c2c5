"""Which params go with a metric, and what is refused to be said."""

from __future__ import annotations

import random

import pytest

from logger.store.fields import Field
from tui_tracker.model import forest
from tui_tracker.model.importance import FEWEST_RUNS, importances
from tui_tracker.model.variables import Variable

LOSS = Field("metric", "loss")


def param(key: str, values: list[object]) -> Variable:
    return Variable(Field("param", key), tuple(None if value is None else str(value) for value in values))


def runs(count: int) -> tuple[Variable, list[Variable]]:
    """A loss that falls with lr and depends on the optimizer, not on the seed."""
    dealer = random.Random(3)
    lr = [dealer.random() for _ in range(count)]
    optimizer = [dealer.choice(["adam", "sgd"]) for _ in range(count)]
    loss = [
        -a + (0.8 if b == "sgd" else 0.0) + dealer.gauss(0, 0.02) for a, b in zip(lr, optimizer, strict=True)
    ]
    params = [
        param("seed", [dealer.randrange(5) for _ in range(count)]),
        param("lr", list(lr)),
        param("optimizer", list(optimizer)),
        param("same", ["64"] * count),
        param("name", [f"run-{place}" for place in range(count)]),
        param("rare", ["1", "2"] + [None] * (count - 2)),
    ]
    return Variable(LOSS, tuple(loss)), params


def test_the_strongest_come_first_and_what_cannot_be_said_last() -> None:
    found = importances(*runs(60))
    assert {row.label for row in found.rows[:2]} == {"lr", "optimizer"} and found.rows[2].label == "seed"
    by = {row.label: row for row in found.rows}
    assert (by["lr"].rho or 0) < -0.3 and by["lr"].is_certain and by["optimizer"].rho is None
    assert not by["seed"].is_certain
    assert by["same"].reason == "the same in all"
    assert by["name"].reason == "60 values in 60 runs"
    assert by["rare"].reason == "only 2 runs have it"


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        (Variable(LOSS, tuple(map(float, range(FEWEST_RUNS - 1)))), "fewer than 8"),
        (Variable(LOSS, (0.5,) * 20), "the same in all 20 runs"),
        (Variable(Field("param", "optimizer"), ("adam",) * 20), "no number"),
        (Variable(LOSS, (None, float("nan"))), "No run here has loss"),
    ],
)
def test_what_is_refused(metric: Variable, said: str) -> None:
    found = importances(metric, [param("lr", list(range(len(metric.values))))])
    assert found.rows == () and said in found.problem


def test_a_forest_sees_what_no_rank_correlation_can() -> None:
    pytest.importorskip("sklearn")
    dealer = random.Random(1)
    lr = [dealer.uniform(-1, 1) for _ in range(80)]
    params = [
        param("lr", list(lr)),
        param("noise", [dealer.random() for _ in lr]),
        param("kind", [*"ab"] * 40),
    ]
    metric = Variable(LOSS, tuple(value**2 for value in lr))
    rows = {row.label: row for row in importances(metric, params).rows}
    assert not rows["lr"].is_certain
    grown = forest.grow(metric, params)
    assert grown.predicted > 0.7 and grown.runs == 80
    assert grown.importances["lr"] > 0.5 and abs(grown.importances["noise"]) < 0.1
    assert forest.grow(metric, params) == grown


def test_a_forest_of_noise_says_that_it_means_nothing() -> None:
    pytest.importorskip("sklearn")
    dealer = random.Random(2)
    metric = Variable(LOSS, tuple(dealer.random() for _ in range(40)))
    grown = forest.grow(metric, [param("lr", [dealer.random() for _ in range(40)])])
    assert grown.predicted < 0.2 and "mean nothing" in grown.words


def test_a_forest_is_refused() -> None:
    metric, params = runs(forest.FEWEST_RUNS - 1)
    with pytest.raises(forest.ForestError, match="needs 20 runs"):
        forest.grow(metric, params)
    metric, params = runs(30)
    with pytest.raises(forest.ForestError, match="no param differs"):
        forest.grow(metric, [params[3]])
