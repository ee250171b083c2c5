"""The demo's parts: real gradients, real optimizers, a sweep that can be told on a command line."""

from __future__ import annotations

import argparse
from pathlib import Path
from types import SimpleNamespace
from typing import get_args

import numpy as np
import pytest

from tui_tracker.demo.network import Descent, Network
from tui_tracker.demo.onnx import onnx_bytes
from tui_tracker.demo.plan import Configuration, Optimizer, sweep
from tui_tracker.demo.train import Pace, confusion, load
from tui_tracker.serving.onnx import OnnxModel

INPUTS, HIDDEN, CLASSES = 5, 7, 3


@pytest.fixture
def network() -> Network:
    made = Network(INPUTS, HIDDEN, CLASSES, np.random.default_rng(0))
    # In 64 bits, so that differences of the loss are exact enough to compare with.
    made.weights = {name: weights.astype(np.float64) for name, weights in made.weights.items()}
    return made


def examples(count: int = 20) -> tuple[np.ndarray, np.ndarray]:
    """Three heaps of points, one a class."""
    random = np.random.default_rng(1)
    y = random.integers(0, CLASSES, count)
    centres = np.eye(CLASSES, INPUTS) * 3
    return centres[y] + random.normal(0, 0.5, (count, INPUTS)), y


def test_gradients_are_the_slopes_of_the_loss(network: Network) -> None:
    x, y = examples()
    judgement, gradients = network.gradients(x, y)
    assert judgement == network.judge(x, y)
    step = 1e-6
    for name, weights in network.weights.items():
        assert gradients[name].shape == weights.shape
        for place in list(np.ndindex(weights.shape))[:: max(1, weights.size // 6)]:
            kept = weights[place]
            weights[place] = kept + step
            above = network.judge(x, y).loss
            weights[place] = kept - step
            below = network.judge(x, y).loss
            weights[place] = kept
            assert gradients[name][place] == pytest.approx((above - below) / (2 * step), abs=1e-6)


def test_an_untrained_network_is_about_as_good_as_chance_and_its_accuracy_is_that_of_its_predictions(
    network: Network,
) -> None:
    x, y = examples(300)
    judgement = network.judge(x, y)
    assert judgement.loss > 0.3
    assert judgement.accuracy == np.mean(network.predict(x) == y)


@pytest.mark.parametrize(("optimizer", "lr"), [("sgd", 0.1), ("momentum", 0.03), ("adam", 0.02)])
def test_every_optimizer_learns(network: Network, optimizer: Optimizer, lr: float) -> None:
    x, y = examples(60)
    before = network.judge(x, y).loss
    descent = Descent(optimizer, lr)
    norms = []
    for _ in range(60):
        _, gradients = network.gradients(x, y)
        norms.append(descent.step(network.weights, gradients))
    after = network.judge(x, y)
    assert after.loss < before / 4
    assert after.accuracy > 0.95
    assert norms[-1] < norms[0]


def test_adams_first_step_is_as_long_as_the_learning_rate_in_every_direction() -> None:
    weights = {"w": np.zeros(3, np.float32)}
    gradients = {"w": np.array([3.0, -0.01, 100.0], np.float32)}
    norm = Descent("adam", 0.5).step(weights, gradients)
    assert weights["w"] == pytest.approx([-0.5, 0.5, -0.5], rel=1e-4)
    assert norm == pytest.approx(np.sqrt(9 + 0.0001 + 10000), rel=1e-5)


def test_momentum_goes_on_where_the_slope_ends() -> None:
    weights = {"w": np.zeros(1, np.float32)}
    descent = Descent("momentum", 1.0)
    descent.step(weights, {"w": np.ones(1, np.float32)})
    descent.step(weights, {"w": np.zeros(1, np.float32)})
    assert weights["w"] == pytest.approx([-1.9])


def test_a_configuration_survives_the_command_line() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--optimizer", choices=get_args(Optimizer))
    parser.add_argument("--lr", type=float)
    for name in ("--hidden", "--seed", "--batch-size"):
        parser.add_argument(name, type=int)
    for configuration in sweep():
        given = vars(parser.parse_args(configuration.arguments()))
        assert Configuration(**given) == configuration


@pytest.mark.parametrize("runs", [1, 12, 40])
def test_a_sweep_of_any_length_trains_nothing_twice(runs: int) -> None:
    found = sweep(runs)
    assert len(found) == len(set(found)) == runs
    assert found[:12] == sweep()[:runs]


def test_the_sweep_has_one_that_diverges() -> None:
    assert [found.lr for found in sweep() if found.lr > 1] == [10.0]


def test_the_digits_are_split_the_same_way_every_time_and_whole() -> None:
    pytest.importorskip("sklearn")
    data = load()
    assert data.train_x.shape == (1437, 64) and data.val_x.shape == (360, 64)
    assert data.train_x.dtype == np.float32 and data.train_x.min() == 0 and data.train_x.max() == 1
    assert set(data.train_y) == set(data.val_y) == set(range(10))
    again = load()
    assert np.array_equal(data.val_x, again.val_x) and np.array_equal(data.train_y, again.train_y)


def test_confusion_counts_each_digit_once() -> None:
    table = confusion(np.array([1, 1, 7]), np.array([1, 7, 7])).splitlines()
    assert len(table) == 11
    assert table[1 + 7].split() == ["7", ".", "1", ".", ".", ".", ".", ".", "1", ".", "."]
    assert table[1 + 1].split() == ["1", ".", "1", ".", ".", ".", ".", ".", ".", ".", "."]


def test_a_pace_waits_for_what_is_left_and_never_when_it_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    now, waited = [100.0], list[float]()
    stopped = SimpleNamespace(monotonic=lambda: now[0], sleep=waited.append)
    monkeypatch.setattr("tui_tracker.demo.train.time", stopped)
    pace = Pace(seconds=10, steps=5)
    pace.keep()
    now[0] = 101.5
    pace.keep()
    now[0] = 200.0
    pace.keep()
    assert waited == [pytest.approx(2.0), pytest.approx(2.5)]


def test_the_onnx_graph_computes_what_the_network_does(tmp_path: Path) -> None:
    data = load()
    made = Network(data.train_x.shape[1], HIDDEN, 10, np.random.default_rng(3))
    file = tmp_path / "model.onnx"
    file.write_bytes(onnx_bytes(made))
    found = OnnxModel(file).run({"images": data.val_x})
    assert np.array_equal(found["digit"], made.predict(data.val_x))
    assert found["probabilities"].shape == (len(data.val_x), 10)
    assert np.allclose(found["probabilities"].sum(axis=1), 1, atol=1e-5)
