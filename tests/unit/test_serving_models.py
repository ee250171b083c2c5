"""Loading models: ONNX as it is, tensors with a person's code, pickles by leave only, and what cannot be served."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from safetensors.numpy import save_file
from skl2onnx import to_onnx
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier

from tui_tracker.serving.models import LoadError, LoadOptions, load

_BUILDER = """
import numpy as np

class Linear:
    inputs = [("x", "FP32", (-1, 2))]
    outputs = [("y", "FP32", (-1, 1))]

    def __init__(self, tensors):
        self.weights = tensors["weights"]

    def __call__(self, inputs):
        return {"y": inputs["x"] @ self.weights}
"""
WEIGHTS = np.array([[2], [3]], np.float32)


@pytest.fixture(scope="module")
def tree() -> tuple[Any, Any]:
    x, y = load_iris(return_X_y=True)
    return DecisionTreeClassifier(max_depth=3, random_state=0).fit(x, y), x.astype(np.float32)


@pytest.mark.parametrize("zipmap", [True, False])
def test_an_onnx_classifier_answers_as_the_one_it_was_made_from(
    tree: tuple[Any, Any], tmp_path: Path, zipmap: bool
) -> None:
    model, x = tree
    file = tmp_path / "m.onnx"
    file.write_bytes(to_onnx(model, x[:1], options={"zipmap": zipmap}).SerializeToString())
    servable = load(file, LoadOptions())
    (spec,) = servable.inputs
    label, odds = servable.run({spec.name: x}).values()
    assert (spec.datatype, spec.shape) == ("FP32", (-1, 4))
    assert np.array_equal(label, model.predict(x))
    assert np.allclose(odds, model.predict_proba(x), atol=1e-6)


@pytest.mark.parametrize("name", ["w.safetensors", "w.npz"])
def test_tensors_are_computed_with_by_the_code_that_is_named(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / name
    if file.suffix == ".npz":
        np.savez(file, weights=WEIGHTS)
    else:
        save_file({"weights": WEIGHTS}, file)
    with pytest.raises(LoadError, match="--builder"):
        load(file, LoadOptions())
    (tmp_path / "my_layers.py").write_text(_BUILDER)
    monkeypatch.syspath_prepend(tmp_path)
    servable = load(file, LoadOptions(builder="my_layers:Linear"))
    assert servable.inputs[0].name == "x"
    assert servable.run({"x": np.array([[1, 1]], np.float32)})["y"].tolist() == [[5]]
    for builder in ("my_layers", "my_layers:Nothing", "no_such_module:f"):
        with pytest.raises(LoadError, match="--builder"):
            load(file, LoadOptions(builder=builder))


class _Trap:
    """What a hostile pickle is: opening it makes a file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.file,))


@pytest.mark.parametrize("name", ["m.pkl", "m.joblib", "m.pt"])
def test_a_pickle_is_not_opened_without_leave(tmp_path: Path, name: str) -> None:
    trapped = tmp_path / "trapped"
    (tmp_path / name).write_bytes(pickle.dumps(_Trap(trapped)))
    with pytest.raises(LoadError, match="--allow-pickle"):
        load(tmp_path / name, LoadOptions())
    assert not trapped.exists()


def test_a_pickled_estimator_is_served_by_leave(tree: tuple[Any, Any], tmp_path: Path) -> None:
    model, x = tree
    joblib.dump(model, tmp_path / "m.joblib")
    servable = load(tmp_path / "m.joblib", LoadOptions(allow_pickle=True))
    found = servable.run({"input": x})
    assert np.array_equal(found["label"], model.predict(x))
    assert [spec.shape for spec in servable.outputs] == [(-1,), (-1, 3)]


def test_an_npz_with_objects_in_it_is_refused(tmp_path: Path) -> None:
    trapped = tmp_path / "trapped"
    np.savez(tmp_path / "m.npz", evil=np.array([_Trap(trapped)], dtype=object))
    with pytest.raises(LoadError, match="cannot load"):
        load(tmp_path / "m.npz", LoadOptions(builder="os:listdir"))
    assert not trapped.exists()


@pytest.mark.parametrize("content", [b"", b"not a model", b"\x08" * 4000])
@pytest.mark.parametrize("name", ["m.onnx", "m.safetensors", "m.npz", "m.txt"])
def test_a_broken_file_is_told_in_one_sentence(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(LoadError) as refusal:
        load(tmp_path / name, LoadOptions(builder="os:listdir"))
    assert name in str(refusal.value)


def test_a_directory_is_served_by_its_one_model(tree: tuple[Any, Any], tmp_path: Path) -> None:
    model, x = tree
    with pytest.raises(LoadError, match="holds no model"):
        load(tmp_path, LoadOptions())
    (tmp_path / "README.md").write_text("how it was made")
    (tmp_path / "sub").mkdir()
    made = to_onnx(model, x[:1]).SerializeToString()
    (tmp_path / "sub" / "m.onnx").write_bytes(made)
    assert load(tmp_path, LoadOptions()).platform == "onnxruntime_onnx"
    (tmp_path / "other.onnx").write_bytes(made)
    with pytest.raises(LoadError, match="2 models"):
        load(tmp_path, LoadOptions())
