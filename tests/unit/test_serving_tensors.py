"""Values of the Open Inference Protocol: what goes in exactly comes out exactly, and what does not fit is refused."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_tracker.serving import open_inference
from tui_tracker.serving.tensors import (
    ANY,
    DTYPES,
    BadRequestError,
    TensorSpec,
    datatype_of,
    from_bytes,
    from_json,
    to_bytes,
    to_json,
)

NUMBERS = [name for name in DTYPES if name not in ("BOOL", "BYTES")]


def arrays() -> st.SearchStrategy[Any]:
    """Arrays of every datatype."""

    def of(name: str) -> st.SearchStrategy[Any]:
        dtype = DTYPES[name]
        if name == "BYTES":
            element: st.SearchStrategy[Any] = st.text(st.characters(exclude_categories=("Cs",)))
        elif name == "BOOL":
            element = st.booleans()
        elif dtype.kind == "f":
            element = st.floats(width=dtype.itemsize * 8)
        else:
            limits = np.iinfo(dtype)
            element = st.integers(int(limits.min), int(limits.max))
        return st.lists(element, max_size=6).map(lambda values: (name, np.array(values, dtype=dtype)))

    return st.sampled_from(list(DTYPES)).flatmap(of)


@given(arrays())
def test_bytes_bring_back_every_array(case: tuple[str, Any]) -> None:
    datatype, array = case
    back = from_bytes(to_bytes(array), datatype, array.shape, "x")
    assert datatype_of(back) == datatype
    assert np.array_equal(back, array, equal_nan=DTYPES[datatype].kind == "f")


@given(arrays())
def test_json_brings_back_what_is_finite(case: tuple[str, Any]) -> None:
    datatype, array = case
    values = json.loads(json.dumps(to_json(array), allow_nan=False))
    finite = [value for value in values if value is not None]
    assert np.array_equal(
        from_json(finite, datatype, "x"),
        array[[value is not None for value in values]] if array.size else array,
    )
    if DTYPES[datatype].kind == "f":
        assert [value is None for value in values] == [not math.isfinite(value) for value in array.tolist()]


@pytest.mark.parametrize(
    ("values", "datatype"),
    [
        ([1.5], "INT64"),
        ([300], "UINT8"),
        ([-1], "UINT64"),
        ([2**64], "INT64"),
        ([1e300], "INT64"),
        (["1"], "FP32"),
        ([True], "FP32"),
        ([1], "BOOL"),
        ([1], "BYTES"),
        ([None], "FP32"),
        ([{}], "FP32"),
        ([[1], [1, 2]], "FP32"),
        ([float("nan")], "INT8"),
    ],
)
def test_a_value_that_does_not_fit_its_type_is_refused(values: list[Any], datatype: str) -> None:
    with pytest.raises(BadRequestError, match="the values of x"):
        from_json(values, datatype, "x")


@pytest.mark.parametrize("datatype", NUMBERS)
def test_whole_numbers_fit_every_type_of_number(datatype: str) -> None:
    assert from_json([[1, 2.0]], datatype, "x").tolist() == [[1, 2]]


@pytest.mark.parametrize("data", [b"\x01\x00\x00", b"\x05\x00\x00\x00abc", b"\xff\xff\xff\xff"])
def test_texts_that_end_too_early_are_refused(data: bytes) -> None:
    with pytest.raises(BadRequestError):
        from_bytes(data, "BYTES", [1], "x")


INPUTS = (TensorSpec("x", "FP32", (ANY, 2)),)
OUTPUTS = (TensorSpec("y", "FP32", (ANY,)),)


def _asked(**changes: Any) -> bytes:
    tensor = {"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [1, 2]}
    return json.dumps({"inputs": [{**tensor, **changes}]}).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        b'{"inputs": [{"name": "x", "shape": [1], "datatype": "FP32", "data": [' + b"9" * 5000 + b"]}]}",
        b'{"inputs": {}}',
        b'{"inputs": []}',
        b'{"inputs": [1]}',
        _asked(name="z"),
        _asked(name=["x"]),
        _asked(shape=[2, 2]),
        _asked(shape=[2]),
        _asked(shape=[-1, 2]),
        _asked(shape=[True, 2]),
        _asked(shape="12"),
        _asked(datatype="FP64"),
        _asked(datatype="FP99"),
        _asked(datatype=[]),
        _asked(data=None),
        _asked(data=[1]),
        _asked(parameters={"binary_data_size": 8}),
        _asked(parameters={"binary_data_size": -1}),
        _asked() + b" {}",
    ],
)
def test_a_request_that_makes_no_sense_is_refused_in_one_sentence(body: bytes) -> None:
    with pytest.raises(BadRequestError) as refusal:
        open_inference.parse(body, None, INPUTS, OUTPUTS)
    assert "\n" not in str(refusal.value)


@given(st.binary(max_size=60), st.integers(-5, 70))
def test_no_bytes_break_the_reading(body: bytes, length: int) -> None:
    with pytest.raises(BadRequestError):
        open_inference.parse(body, length, INPUTS, OUTPUTS)


def test_raw_values_follow_the_json_in_the_order_of_the_inputs() -> None:
    raw = np.array([1, 2], "<f4").tobytes()
    text = _asked(data=None, parameters={"binary_data_size": len(raw)})
    asked = open_inference.parse(text + raw, len(text), INPUTS, OUTPUTS)
    assert asked.inputs["x"].tolist() == [[1, 2]]
    with pytest.raises(BadRequestError, match="follow"):
        open_inference.parse(text + raw + b"x", len(text), INPUTS, OUTPUTS)
    with pytest.raises(BadRequestError, match="announces"):
        open_inference.parse(text + raw[:-1], len(text), INPUTS, OUTPUTS)
