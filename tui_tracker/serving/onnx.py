"""An ONNX graph, computed by ONNX Runtime."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tui_tracker.serving.tensors import ANY, Array, Arrays, TensorSpec

# ONNX Runtime's names of element types, by the protocol's.
_ELEMENTS = {
    "bool": "BOOL",
    "uint8": "UINT8",
    "uint16": "UINT16",
    "uint32": "UINT32",
    "uint64": "UINT64",
    "int8": "INT8",
    "int16": "INT16",
    "int32": "INT32",
    "int64": "INT64",
    "float16": "FP16",
    "float": "FP32",
    "double": "FP64",
    "string": "BYTES",
}
_MAPS = "seq(map("


class OnnxModel:
    """One session. A classifier's sequence of maps from class to probability becomes a matrix, classes in order."""

    platform = "onnxruntime_onnx"

    def __init__(self, file: Path, threads: int = 0) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        # Threads that wait for work in a busy loop would take the cores from a training beside them.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        wanted = ("CUDAExecutionProvider", "CPUExecutionProvider")
        providers = [name for name in wanted if name in onnxruntime.get_available_providers()]
        self._session = onnxruntime.InferenceSession(str(file), options, providers=providers)
        self.inputs = tuple(_spec(node) for node in self._session.get_inputs())
        self.outputs = tuple(_spec(node) for node in self._session.get_outputs())
        self._names = [spec.name for spec in self.outputs]

    def run(self, inputs: Arrays) -> dict[str, Array]:
        found = self._session.run(self._names, dict(inputs))
        return {
            name: _matrix(values) if isinstance(values, list) else np.asarray(values)
            for name, values in zip(self._names, found, strict=True)
        }


def _spec(node: Any) -> TensorSpec:
    kind = str(node.type)
    if kind.startswith(_MAPS):
        element = kind.rpartition("tensor(")[2].rstrip(")")
        return TensorSpec(node.name, _ELEMENTS[element], (ANY, ANY))
    element = kind.removeprefix("tensor(").rstrip(")")
    if element not in _ELEMENTS:
        raise ValueError(f"{node.name!r} is a {kind}, which the protocol has no name for")
    sizes = tuple(size if isinstance(size, int) else ANY for size in node.shape)
    return TensorSpec(node.name, _ELEMENTS[element], sizes)


def _matrix(rows: list[dict[Any, float]]) -> Array:
    classes = sorted(rows[0]) if rows else []
    return np.array([[row[name] for name in classes] for row in rows], dtype=np.float32)
