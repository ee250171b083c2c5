"""A classifier with one hidden layer, its gradients and three optimizers, in numpy.

Numbers have 32 bits, as is usual in training, so that what diverges soon overflows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tui_tracker.demo.plan import Optimizer

    # Of 32 bits; numpy does not promise so much of what it computes from them.
    Floats = NDArray[np.floating[Any]]
    Ints = NDArray[np.int64]

# How much a unit lets through below zero: a unit that lets nothing through would stop learning for good.
LEAK = 0.01
_MOMENTUM = 0.9
# Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015: their defaults.
_BETA_1, _BETA_2, _EPSILON = 0.9, 0.999, 1e-8


@dataclass(frozen=True)
class Judgement:
    """How a network does on some examples."""

    loss: float
    """mean cross entropy, in nats"""
    accuracy: float
    """0 to 1"""


class Network:
    """inputs -> `hidden` leaky rectified units -> one logit per class, trained by cross entropy."""

    def __init__(self, inputs: int, hidden: int, classes: int, random: np.random.Generator) -> None:
        self.weights: dict[str, Floats] = {
            "hidden_weights": _normal(random, inputs, hidden),
            "hidden_bias": np.zeros(hidden, np.float32),
            "output_weights": _normal(random, hidden, classes),
            "output_bias": np.zeros(classes, np.float32),
        }

    def _forward(self, x: Floats) -> tuple[Floats, Floats]:
        """x: (n, inputs) -> activations (n, hidden), log probabilities (n, classes)."""
        weights = self.weights
        hidden = x @ weights["hidden_weights"] + weights["hidden_bias"]
        hidden = np.where(hidden > 0, hidden, np.float32(LEAK) * hidden)
        logits = hidden @ weights["output_weights"] + weights["output_bias"]
        logits = logits - logits.max(axis=1, keepdims=True)
        return hidden, logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))

    def predict(self, x: Floats) -> Ints:
        """x: (n, inputs) -> the likeliest class of each, (n,)."""
        return np.asarray(self._forward(x)[1].argmax(axis=1), dtype=np.int64)

    def judge(self, x: Floats, y: Ints) -> Judgement:
        """x: (n, inputs), y: (n,) classes."""
        return _judge(self._forward(x)[1], y)

    def gradients(self, x: Floats, y: Ints) -> tuple[Judgement, dict[str, Floats]]:
        """How it does on a batch, and the gradient of the mean loss by each weight."""
        hidden, log_probabilities = self._forward(x)
        errors = np.exp(log_probabilities)
        errors[np.arange(len(y)), y] -= 1
        errors /= len(y)
        back = (errors @ self.weights["output_weights"].T) * np.where(
            hidden > 0, np.float32(1), np.float32(LEAK)
        )
        return _judge(log_probabilities, y), {
            "hidden_weights": x.T @ back,
            "hidden_bias": back.sum(axis=0),
            "output_weights": hidden.T @ errors,
            "output_bias": errors.sum(axis=0),
        }


def _normal(random: np.random.Generator, inputs: int, outputs: int) -> Floats:
    """Weights of variance 2 / inputs, which keeps the scale of the activations (He et al., "Delving Deep into
    Rectifiers", 2015).
    """
    return np.asarray(random.standard_normal((inputs, outputs)) * np.sqrt(2 / inputs), dtype=np.float32)


def _judge(log_probabilities: Floats, y: Ints) -> Judgement:
    right = log_probabilities.argmax(axis=1) == y
    return Judgement(float(-log_probabilities[np.arange(len(y)), y].mean()), float(right.mean()))


class Descent:
    """Moves a network's weights down their gradients."""

    def __init__(self, optimizer: Optimizer, lr: float) -> None:
        self.optimizer = optimizer
        self.lr = lr
        self._steps = 0
        self._mean: dict[str, Floats] = {}
        self._square: dict[str, Floats] = {}

    def step(self, weights: dict[str, Floats], gradients: dict[str, Floats]) -> float:
        """Change the weights in place; returns the Euclidean norm of the whole gradient."""
        self._steps += 1
        for name, gradient in gradients.items():
            weights[name] -= self.lr * self._direction(name, gradient)
        return float(np.sqrt(sum(float((gradient**2).sum()) for gradient in gradients.values())))

    def _direction(self, name: str, gradient: Floats) -> Floats:
        if self.optimizer == "sgd":
            return gradient
        if self.optimizer == "momentum":
            self._mean[name] = _MOMENTUM * self._mean.get(name, np.zeros_like(gradient)) + gradient
            return self._mean[name]
        mean = self._mean[name] = _decayed(self._mean.get(name), gradient, _BETA_1)
        square = self._square[name] = _decayed(self._square.get(name), gradient**2, _BETA_2)
        mean = mean / (1 - _BETA_1**self._steps)
        square = square / (1 - _BETA_2**self._steps)
        return np.asarray(mean / (np.sqrt(square) + _EPSILON), dtype=np.float32)


def _decayed(before: Floats | None, fresh: Floats, decay: float) -> Floats:
    return (1 - decay) * fresh if before is None else decay * before + (1 - decay) * fresh
