"""Trains one model on scikit-learn's digits and logs it, as any training script would.

    python -m tui_tracker.demo.train --optimizer adam --lr 0.003 --hidden 64

Exit status: 0 trained, 3 the loss became NaN or infinite, 4 scikit-learn or onnx is missing.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import numpy as np

import logger
from tui_tracker.demo.network import Descent, Network
from tui_tracker.demo.onnx import onnx_bytes
from tui_tracker.demo.plan import EXPERIMENT, MODEL, Configuration, Optimizer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from logger.run import Run

DIVERGED, NOT_INSTALLED = 3, 4
INSTALL = "the demo needs scikit-learn and onnx: pip install 'tui-tracker[demo]'"

MODEL_FILE = "model.onnx"
_CLASSES = 10
_BRIGHTEST = 16.0
_VALIDATION = 360
# A loss that is NaN is logged so many times before the run gives up, so that it can be seen in the curve.
_PATIENCE = 5


class DivergedError(ArithmeticError):
    """The loss is no longer a number."""


@dataclass(frozen=True)
class Data:
    """Examples: images as rows of 64 brightnesses from 0 to 1, and which digit each shows."""

    train_x: NDArray[np.float32]
    train_y: NDArray[np.int64]
    val_x: NDArray[np.float32]
    val_y: NDArray[np.int64]


def load() -> Data:
    """The digits, always split the same way. Raises ImportError without scikit-learn."""
    from sklearn.datasets import load_digits

    images, digits = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(digits))
    x, y = (images[order] / _BRIGHTEST).astype(np.float32), digits[order].astype(np.int64)
    return Data(x[_VALIDATION:], y[_VALIDATION:], x[:_VALIDATION], y[:_VALIDATION])


def digits_file() -> Path:
    """Where scikit-learn has the digits."""
    from sklearn import datasets

    return Path(datasets.__file__).parent / "data" / "digits.csv.gz"


class Pace:
    """Spreads steps evenly over some seconds, so that a person can watch; 0 seconds: as fast as it goes."""

    def __init__(self, seconds: float, steps: int) -> None:
        self._interval = seconds / steps
        self._next = time.monotonic()

    def keep(self) -> None:
        self._next += self._interval
        ahead = self._next - time.monotonic()
        if ahead > 0:
            time.sleep(ahead)


def train(configuration: Configuration, epochs: int, seconds: float) -> None:
    """Train one model and log it into the store that the environment names. Raises DivergedError."""
    data = load()
    network = Network(
        data.train_x.shape[1], configuration.hidden, _CLASSES, np.random.default_rng(configuration.seed)
    )
    with logger.start_run(
        EXPERIMENT,
        params={**asdict(configuration), "epochs": epochs},
        tags={"data": "sklearn-digits", "made-by": "tracker-tui demo"},
        total_steps=epochs * _batches(configuration, data),
    ) as run:
        run.log_input(digits_file(), name="digits")
        if _epochs(run, configuration, network, data, epochs, seconds):
            _keep(run, network, data)


def _epochs(
    run: Run, configuration: Configuration, network: Network, data: Data, epochs: int, seconds: float
) -> bool:
    """Train for so many epochs; False when the process that started this one is gone."""
    descent = Descent(configuration.optimizer, configuration.lr)
    random = np.random.default_rng(configuration.seed)
    size = configuration.batch_size
    pace = Pace(seconds, epochs * _batches(configuration, data))
    parent = os.getppid()
    step = not_finite = 0
    for epoch in range(1, epochs + 1):
        order = random.permutation(len(data.train_y))
        for start in range(0, len(order), size):
            batch = order[start : start + size]
            judgement, gradients = network.gradients(data.train_x[batch], data.train_y[batch])
            norm = descent.step(network.weights, gradients)
            run.log(
                {"train/loss": judgement.loss, "train/acc": judgement.accuracy, "train/grad_norm": norm},
                step=step,
            )
            step += 1
            not_finite = 0 if np.isfinite(judgement.loss) else not_finite + 1
            if not_finite >= _PATIENCE:
                raise DivergedError(
                    f"the loss is {judgement.loss} after {step} steps: the learning rate is too high"
                )
            # Nobody is left to watch: the demo that started this process is gone.
            if os.getppid() != parent:
                return False
            pace.keep()
        validation = network.judge(data.val_x, data.val_y)
        run.log({"val/loss": validation.loss, "val/acc": validation.accuracy, "epoch": epoch}, step=step - 1)
    return True


def _batches(configuration: Configuration, data: Data) -> int:
    """Batches in an epoch, the last of which may be smaller."""
    return -(-len(data.train_y) // configuration.batch_size)


def _keep(run: Run, network: Network, data: Data) -> None:
    """Log what came of the training, and register the model when it is the best so far."""
    run.log_text(confusion(network.predict(data.val_x), data.val_y), "confusion.txt")
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / MODEL_FILE
        file.write_bytes(onnx_bytes(network))
        run.log_artifact(str(file))
    accuracy = network.judge(data.val_x, data.val_y).accuracy
    better = logger.search_runs(
        f"metrics.`val/acc` >= {accuracy} and tag:registered", experiment_names=[EXPERIMENT], max_results=1
    )
    if not better:
        run.register_model(MODEL, MODEL_FILE)
        run.set_tags({"registered": MODEL})


def confusion(predicted: NDArray[np.int64], actual: NDArray[np.int64]) -> str:
    """How often each digit (rows) was taken for each digit (columns), as a table of text."""
    counts = np.zeros((_CLASSES, _CLASSES), dtype=np.int64)
    np.add.at(counts, (actual, predicted), 1)
    head = "actual \\ predicted" + "".join(f"{digit:>5}" for digit in range(_CLASSES))
    rows = [
        f"{digit:>18}" + "".join(f"{count or '.':>5}" for count in row) for digit, row in enumerate(counts)
    ]
    return "\n".join([head, *rows, ""])


def main() -> int:
    """The process: parse, train, tell how it ended."""
    parser = argparse.ArgumentParser(prog="python -m tui_tracker.demo.train", description=__doc__)
    parser.add_argument("--optimizer", choices=get_args(Optimizer), default="adam")
    parser.add_argument("--lr", type=float, default=0.003)
    parser.add_argument("--hidden", type=int, default=64)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=0.0, help="spread the training over so long")
    given = parser.parse_args()
    configuration = Configuration(given.optimizer, given.lr, given.hidden, given.seed, given.batch_size)
    try:
        # Overflow is what the diverging model is there to show.
        with np.errstate(all="ignore"):
            train(configuration, given.epochs, given.seconds)
    except DivergedError as error:
        print(error, file=sys.stderr)
        return DIVERGED
    except ImportError:
        print(INSTALL, file=sys.stderr)
        return NOT_INSTALLED
    return 0


if __name__ == "__main__":
    sys.exit(main())
