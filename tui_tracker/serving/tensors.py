"""Tensors as the Open Inference Protocol names them, and checked conversion of JSON values into arrays.

Source of the names and of the byte layout: the protocol's REST specification (KServe, "Open Inference Protocol V2") and
Triton's binary tensor data extension.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Arrays = Mapping[str, Array]

DTYPES: Mapping[str, np.dtype[Any]] = {
    "BOOL": np.dtype(np.bool_),
    "UINT8": np.dtype("<u1"),
    "UINT16": np.dtype("<u2"),
    "UINT32": np.dtype("<u4"),
    "UINT64": np.dtype("<u8"),
    "INT8": np.dtype("<i1"),
    "INT16": np.dtype("<i2"),
    "INT32": np.dtype("<i4"),
    "INT64": np.dtype("<i8"),
    "FP16": np.dtype("<f2"),
    "FP32": np.dtype("<f4"),
    "FP64": np.dtype("<f8"),
    "BYTES": np.dtype(object),
}
# An element of a BYTES tensor is preceded by its length.
_LENGTH_BYTES = 4
ANY = -1


class BadRequestError(ValueError):
    """What a client sent cannot be answered: one sentence that says why."""


@dataclass(frozen=True)
class TensorSpec:
    """What a model takes or gives under one name."""

    name: str
    datatype: str
    """a key of `DTYPES`"""
    shape: tuple[int, ...]
    """sizes; `ANY` where the model leaves one open"""

    def check(self, datatype: str, shape: Sequence[int]) -> None:
        """Raises BadRequestError for a tensor that does not fit."""
        if datatype != self.datatype:
            raise BadRequestError(f"the input {self.name!r} is of type {self.datatype}, not {datatype}")
        fits = len(shape) == len(self.shape) and all(
            wanted in (ANY, found) for wanted, found in zip(self.shape, shape, strict=True)
        )
        if not fits:
            raise BadRequestError(
                f"the input {self.name!r} has the shape {list(self.shape)} (-1: any), not {list(shape)}"
            )


def datatype_of(array: Array) -> str:
    """The protocol's name for what an array holds. Raises ValueError when it has none."""
    if array.dtype.kind in "OUS":
        return "BYTES"
    for name, dtype in DTYPES.items():
        if dtype == array.dtype.newbyteorder("<"):
            return name
    raise ValueError(f"no tensor can hold {array.dtype}")


def from_json(values: Any, datatype: str, label: str) -> Array:
    """JSON values, nested or flat, as an array of that type. Raises BadRequestError for what does not fit exactly."""
    natural = _natural(values, label)
    dtype = DTYPES[datatype]
    if natural.size == 0:
        return natural.astype(dtype)
    if datatype == "BYTES":
        fits = natural.dtype.kind == "U"
    elif dtype.kind == "b":
        fits = natural.dtype.kind == "b"
    elif dtype.kind == "f":
        fits = natural.dtype.kind in "iuf"
    else:
        limits = np.iinfo(dtype)
        if natural.dtype.kind == "f" and np.array_equal(natural, np.floor(natural)):
            natural = _whole(natural, label)
        fits = natural.dtype.kind in "iu" and limits.min <= natural.min() and natural.max() <= limits.max
    if not fits:
        raise BadRequestError(f"the values of {label} are not all {datatype}")
    return natural.astype(dtype)


def _natural(values: Any, label: str) -> Array:
    try:
        natural = np.asarray(values)
    except (ValueError, OverflowError):
        raise BadRequestError(f"the values of {label} form no tensor: rows differ in length") from None
    if natural.dtype.kind == "O":
        raise BadRequestError(f"the values of {label} are not all numbers, truths or texts")
    return natural


def _whole(values: Array, label: str) -> Array:
    """Floats that are whole numbers, as integers."""
    if not np.isfinite(values).all() or np.abs(values).max() >= 2.0**63:
        raise BadRequestError(f"the values of {label} are too large for an integer")
    return values.astype(np.int64)


def shaped(array: Array, shape: Sequence[int], label: str) -> Array:
    """The array in that shape, row-major. Raises BadRequestError where the number of values is another."""
    if array.size != math.prod(shape):
        raise BadRequestError(
            f"{label} has {array.size} values, and the shape {list(shape)} needs another number"
        )
    return array.reshape(shape)


def from_bytes(data: bytes, datatype: str, shape: Sequence[int], label: str) -> Array:
    """Raw little-endian values. Raises BadRequestError when there are too few or too many."""
    if datatype == "BYTES":
        return shaped(_texts(data, label), shape, label)
    dtype = DTYPES[datatype]
    if len(data) != math.prod(shape) * dtype.itemsize:
        raise BadRequestError(
            f"{label} has {len(data)} bytes, and {datatype} {list(shape)} needs another number"
        )
    return np.frombuffer(data, dtype).reshape(shape)


def _texts(data: bytes, label: str) -> Array:
    found: list[str] = []
    place = 0
    while place < len(data):
        start = place + _LENGTH_BYTES
        end = start + int.from_bytes(data[place:start], "little")
        if end > len(data) or start > len(data):
            raise BadRequestError(f"{label} ends in the middle of a text")
        found.append(data[start:end].decode("utf-8", "replace"))
        place = end
    return np.array(found, dtype=object)


def to_bytes(array: Array) -> bytes:
    """The raw little-endian values of an array, row-major."""
    if datatype_of(array) != "BYTES":
        return np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes()
    texts = [_encoded(value) for value in array.ravel()]
    return b"".join(len(text).to_bytes(_LENGTH_BYTES, "little") + text for text in texts)


def to_json(array: Array) -> list[Any]:
    """The values, row-major and flat; what is not finite is null, since JSON has no word for it."""
    flat = array.ravel()
    if array.dtype.kind == "f" and not np.isfinite(flat).all():
        return [value if math.isfinite(value) else None for value in flat.tolist()]
    if datatype_of(array) == "BYTES":
        return [_encoded(value).decode("utf-8", "replace") for value in flat]
    return list(flat.tolist())


def _encoded(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")
