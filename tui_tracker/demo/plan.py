"""Which models a sweep trains: values only, and their way through a command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Optimizer = Literal["sgd", "momentum", "adam"]

EXPERIMENT = "digits"
MODEL = "digits-clf"


@dataclass(frozen=True)
class Configuration:
    """One model to train."""

    optimizer: Optimizer
    lr: float
    """learning rate"""
    hidden: int
    """units in the hidden layer"""
    seed: int = 0
    """of the weights and of the order of the batches; the data is always split the same way"""
    batch_size: int = 32

    def arguments(self) -> list[str]:
        """As arguments of `python -m tui_tracker.demo.train`."""
        return [
            f"--optimizer={self.optimizer}",
            f"--lr={self.lr!r}",
            f"--hidden={self.hidden}",
            f"--seed={self.seed}",
            f"--batch-size={self.batch_size}",
        ]


# In the order of training: something to compare early, one that diverges soon, the best ones late.
_SWEEP = (
    Configuration("sgd", 0.01, 32),
    Configuration("adam", 0.001, 32),
    Configuration("momentum", 10.0, 64),  # far too high: the weights overflow and the loss becomes NaN
    Configuration("sgd", 0.1, 32),
    Configuration("momentum", 0.03, 64),
    Configuration("adam", 0.003, 64),
    Configuration("adam", 0.003, 64, seed=1),
    Configuration("sgd", 0.3, 64),
    Configuration("momentum", 0.03, 128),
    Configuration("momentum", 0.03, 128, seed=1),
    Configuration("adam", 0.003, 128),
    Configuration("adam", 0.03, 128),
)


def sweep(runs: int | None = None) -> tuple[Configuration, ...]:
    """So many configurations, all of the sweep by default; beyond those it goes round with other seeds."""
    count = len(_SWEEP) if runs is None else runs
    return tuple(_again(_SWEEP, place) for place in range(count))


def _again(configurations: Sequence[Configuration], place: int) -> Configuration:
    round_number, index = divmod(place, len(configurations))
    found = configurations[index]
    if not round_number:
        return found
    # Two seeds of one configuration are in the sweep already.
    return Configuration(
        found.optimizer, found.lr, found.hidden, found.seed + 2 * round_number, found.batch_size
    )
