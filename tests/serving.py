"""A real classifier, trained, exported to ONNX, registered: for the tests and benchmarks of serving."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from skl2onnx import to_onnx
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

import logger
from logger.store.locate import Store

MODEL = "iris-clf"


@dataclass(frozen=True)
class Trained:
    """A store with versions of a classifier, and the classifiers themselves."""

    store: Store
    models: dict[int, Any]
    """scikit-learn's own, by version"""
    x: Any
    """the flowers' measures, (150, 4), FP32"""


def train(store: Store, scratch: Path, versions: int = 2) -> Trained:
    """Train, export and register so many versions, each with another regularisation; none is promoted."""
    x, y = load_iris(return_X_y=True)
    x = x.astype(np.float32)
    models = {}
    for strength in range(versions):
        model = LogisticRegression(C=0.01 * 100**strength, max_iter=500).fit(x, y)
        file = scratch / "model.onnx"
        file.write_bytes(to_onnx(model, x[:1], options={"zipmap": False}).SerializeToString())
        with logger.start_run("iris", params={"C": model.C}, store=store.directory) as run:
            run.log({"val/acc": model.score(x, y)})
            run.log_artifact(file)
            models[run.register_model(MODEL, "model.onnx").version] = model
    return Trained(store, models, x)
