"""Loading what is registered: an ONNX graph, tensors with a person's own code, or a pickle where that is allowed.

A pickle runs whatever it says when it is opened, so it takes a flag. Tensors (safetensors, npz) say nothing of how they
are computed with: `builder` names the function that knows.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from logger.store.connection import StoreError
from tui_tracker.serving.onnx import OnnxModel
from tui_tracker.serving.tensors import ANY, Array, Arrays, TensorSpec, datatype_of

_TENSOR_FILES = (".safetensors", ".npz")
_PICKLES = (".pkl", ".pickle", ".joblib", ".pt", ".pth", ".ckpt", ".bin")
_LOADABLE = "*.onnx, *.safetensors and *.npz with --builder, *.pkl and *.joblib with --allow-pickle"


class LoadError(StoreError):
    """The model cannot be loaded: one sentence that says why and what to do."""


class Servable(Protocol):
    """A model that answers."""

    @property
    def platform(self) -> str:
        """What computes it, as the protocol's metadata tells."""

    @property
    def inputs(self) -> Sequence[TensorSpec]: ...

    @property
    def outputs(self) -> Sequence[TensorSpec]: ...

    def run(self, inputs: Arrays) -> dict[str, Array]:
        """Compute; the arrays fit `inputs`. May raise anything for values that the model does not like."""


@dataclass(frozen=True)
class LoadOptions:
    """What a person allows and adds."""

    builder: str = ""
    """`module:function`, called with the tensors by name; what it returns is called with the inputs by name"""
    allow_pickle: bool = False
    threads: int = 0
    """that compute one request; 0: as many as there are cores"""


def load(path: Path, options: LoadOptions) -> Servable:
    """The model in a file, or in a directory that holds one model file. Raises LoadError."""
    file = _model_file(path) if path.is_dir() else path
    suffix = file.suffix.lower()
    if suffix == ".onnx":
        return _told(file, lambda: OnnxModel(file, options.threads))
    if suffix in _TENSOR_FILES:
        if not options.builder:
            raise LoadError(
                f"{file.name} holds tensors and no computation: name the code with --builder module:function, or"
                " register an ONNX file"
            )
        return _told(file, lambda: BuiltModel(_tensors(file), options.builder))
    if suffix in _PICKLES:
        if not options.allow_pickle:
            raise LoadError(
                f"{file.name} is a pickle, which runs code of its maker's when opened: register an ONNX file, or add"
                " --allow-pickle if you trust it"
            )
        return _told(file, lambda: PickledModel(file))
    raise LoadError(f"{file.name} is no model that can be served: {_LOADABLE}")


def _told(file: Path, make: Callable[[], Servable]) -> Servable:
    """What the libraries say of a broken file, as one sentence."""
    try:
        return make()
    except LoadError:
        raise
    except ImportError as error:
        raise LoadError(f"serving {file.name} needs {error.name}: pip install 'tui-tracker[serve]'") from None
    except Exception as error:  # each library has its own exceptions for what it cannot read
        raise LoadError(f"cannot load {file.name}: {type(error).__name__}: {str(error)[:300]}") from error


def _model_file(directory: Path) -> Path:
    files = [file for file in sorted(directory.rglob("*")) if file.is_file()]
    for suffixes in ((".onnx",), _TENSOR_FILES, _PICKLES):
        found = [file for file in files if file.suffix.lower() in suffixes]
        if len(found) == 1:
            return found[0]
        if found:
            raise LoadError(f"{directory.name} holds {len(found)} models: register one of the files instead")
    raise LoadError(f"{directory.name} holds no model that can be served: {_LOADABLE}")


def _tensors(file: Path) -> dict[str, Array]:
    if file.suffix.lower() == ".npz":
        with np.load(file, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    from safetensors.numpy import load_file

    return dict(load_file(file))


class BuiltModel:
    """Tensors from a file, computed with by a person's function.

    What the function returns may have the attributes `inputs` and `outputs`: (name, datatype, shape) each, -1 for a
    free size. Without, it takes one matrix "input" of FP32 and gives "output".
    """

    platform = "numpy"

    def __init__(self, tensors: Mapping[str, Array], builder: str) -> None:
        compute = _imported(builder)(tensors)
        if not callable(compute):
            raise LoadError(
                f"{builder} returned {type(compute).__name__}, which cannot be called with inputs"
            )
        self._compute = compute
        self.inputs = _specs(getattr(compute, "inputs", None), TensorSpec("input", "FP32", (ANY, ANY)))
        self.outputs = _specs(getattr(compute, "outputs", None), TensorSpec("output", "FP32", (ANY, ANY)))

    def run(self, inputs: Arrays) -> dict[str, Array]:
        found = self._compute(dict(inputs))
        return {spec.name: np.asarray(found[spec.name]) for spec in self.outputs}


def _imported(builder: str) -> Callable[[Mapping[str, Array]], Any]:
    module, _, name = builder.partition(":")
    if not module or not name:
        raise LoadError(f"--builder {builder!r} is not module:function")
    # As `python -m` would, so that a file beside the person is found.
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise LoadError(f"--builder {builder!r} is not there: {error}") from None
    return found  # type: ignore[no-any-return]


def _specs(given: Any, otherwise: TensorSpec) -> tuple[TensorSpec, ...]:
    if given is None:
        return (otherwise,)
    return tuple(TensorSpec(name, datatype, tuple(shape)) for name, datatype, shape in given)


class PickledModel:
    """A pickled estimator with scikit-learn's methods: a matrix in, `predict` and `predict_proba` out."""

    platform = "python_pickle"

    def __init__(self, file: Path) -> None:
        import joblib

        self._model = joblib.load(file)
        if not hasattr(self._model, "predict"):
            raise LoadError(f"{file.name} holds {type(self._model).__name__}, which has no `predict`")
        width = int(getattr(self._model, "n_features_in_", ANY))
        self.inputs = (TensorSpec("input", "FP64", (ANY, width)),)
        shapes = self.run({"input": np.zeros((1, max(width, 1)))})
        self.outputs = tuple(
            TensorSpec(name, datatype_of(array), (ANY, *array.shape[1:])) for name, array in shapes.items()
        )

    def run(self, inputs: Arrays) -> dict[str, Array]:
        found = {"label": np.asarray(self._model.predict(inputs["input"]))}
        if hasattr(self._model, "predict_proba"):
            found["probabilities"] = np.asarray(self._model.predict_proba(inputs["input"]))
        return found
