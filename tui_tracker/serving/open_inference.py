"""The Open Inference Protocol's requests and answers, JSON and binary, to and from arrays.

Source: KServe's "Open Inference Protocol V2" (inference request and response JSON objects) and Triton's binary tensor
data extension: raw values follow the JSON part, whose length a header tells.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tui_tracker.serving.tensors import (
    DTYPES,
    Arrays,
    BadRequestError,
    TensorSpec,
    datatype_of,
    from_bytes,
    from_json,
    shaped,
    to_bytes,
    to_json,
)

LENGTH_HEADER = "Inference-Header-Content-Length"


@dataclass(frozen=True)
class InferRequest:
    """A request whose inputs fit the model."""

    id: str | None
    """the client's, for the answer"""
    inputs: Arrays
    outputs: Mapping[str, bool]
    """the outputs that are wanted, and whether as raw bytes; in the order of the answer"""


def parse(
    body: bytes, json_length: int | None, inputs: Sequence[TensorSpec], outputs: Sequence[TensorSpec]
) -> InferRequest:
    """Read a request; `json_length`: of its JSON part, where raw values follow. Raises BadRequestError."""
    if json_length is not None and not 0 <= json_length <= len(body):
        raise BadRequestError(f"{LENGTH_HEADER} is not within the request")
    request = json_object(body if json_length is None else body[:json_length])
    raw = _RawValues(body, len(body) if json_length is None else json_length)
    arrays = {}
    specs = {spec.name: spec for spec in inputs}
    for given in _objects(request, "inputs"):
        name = given.get("name")
        spec = specs.get(name) if isinstance(name, str) else None
        if spec is None or name in arrays:
            raise BadRequestError(f"the model takes {_names(inputs)}, each once, not {str(name)[:80]!r}")
        arrays[spec.name] = _input(given, spec, raw)
    if len(arrays) != len(specs):
        raise BadRequestError(f"the model needs {_names(inputs)}: {len(specs) - len(arrays)} not given")
    if raw.left:
        raise BadRequestError(f"{raw.left} bytes follow the values of the last input")
    return InferRequest(_text(request.get("id")), arrays, _wanted(request, outputs))


def json_object(text: bytes) -> dict[str, Any]:
    """A JSON object. Raises BadRequestError for anything else, however deep or long."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise BadRequestError("the request is not JSON") from None
    if not isinstance(found, dict):
        raise BadRequestError("the request is not a JSON object")
    return found


class _RawValues:
    """The bytes after the JSON part, taken from the front."""

    def __init__(self, body: bytes, place: int) -> None:
        self._body = body
        self._place = place

    @property
    def left(self) -> int:
        return len(self._body) - self._place

    def take(self, size: int, label: str) -> bytes:
        if size > self.left:
            raise BadRequestError(f"{label} announces {size} bytes, and {self.left} follow")
        self._place += size
        return self._body[self._place - size : self._place]


def _input(given: Mapping[str, Any], spec: TensorSpec, raw: _RawValues) -> Any:
    label = f"the input {spec.name!r}"
    datatype, shape = given.get("datatype"), given.get("shape")
    if not isinstance(datatype, str) or datatype not in DTYPES:
        raise BadRequestError(f"{label} has no datatype: {', '.join(DTYPES)} are possible")
    if not isinstance(shape, list) or not all(type(size) is int and size >= 0 for size in shape):
        raise BadRequestError(f"{label} has no shape: a list of sizes, like [1, 4]")
    spec.check(datatype, shape)
    size = _parameters(given).get("binary_data_size")
    if size is not None:
        if type(size) is not int or size < 0:
            raise BadRequestError(f"{label} has a binary_data_size that is no size")
        return from_bytes(raw.take(size, label), datatype, shape, label)
    if not isinstance(given.get("data"), list):
        raise BadRequestError(f"{label} has no data: a list of values, row by row")
    return shaped(from_json(given["data"], datatype, label), shape, label)


def _wanted(request: Mapping[str, Any], outputs: Sequence[TensorSpec]) -> Mapping[str, bool]:
    everything_raw = _parameters(request).get("binary_data_output") is True
    if not request.get("outputs"):
        return {spec.name: everything_raw for spec in outputs}
    known = {spec.name for spec in outputs}
    wanted = {}
    for given in _objects(request, "outputs"):
        name, parameters = given.get("name"), _parameters(given)
        if not isinstance(name, str) or name not in known:
            raise BadRequestError(f"the model gives {_names(outputs)}, not {str(name)[:80]!r}")
        if "classification" in parameters:
            raise BadRequestError("the classification extension is not offered: ask for the output itself")
        wanted[name] = parameters.get("binary_data", everything_raw) is True
    return wanted


def render(model: str, version: str, request: InferRequest, outputs: Arrays) -> tuple[bytes, int | None]:
    """The answer, and the length of its JSON part where raw values follow."""
    described, raw = [], []
    for name, as_bytes in request.outputs.items():
        array = outputs[name]
        told: dict[str, Any] = {"name": name, "shape": list(array.shape), "datatype": datatype_of(array)}
        if as_bytes:
            raw.append(to_bytes(array))
            told["parameters"] = {"binary_data_size": len(raw[-1])}
        else:
            told["data"] = to_json(array)
        described.append(told)
    answer: dict[str, Any] = {"model_name": model, "model_version": version, "outputs": described}
    if request.id is not None:
        answer["id"] = request.id
    text = json.dumps(answer, separators=(",", ":"), allow_nan=False).encode()
    return b"".join((text, *raw)), len(text) if raw else None


def _objects(request: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    found = request.get(key)
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise BadRequestError(f"the request has no {key}: a list of objects")
    return found


def _parameters(given: Mapping[str, Any]) -> Mapping[str, Any]:
    found = given.get("parameters", {})
    return found if isinstance(found, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _names(specs: Sequence[TensorSpec]) -> str:
    return ", ".join(repr(spec.name) for spec in specs) or "nothing"
