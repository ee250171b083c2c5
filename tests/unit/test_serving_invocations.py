"""MLflow's scoring formats: each means the same values, and each mistake is told."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from tui_tracker.serving import invocations
from tui_tracker.serving.tensors import ANY, BadRequestError, TensorSpec

MATRIX = (TensorSpec("x", "FP32", (ANY, 2)),)
COLUMNS = (TensorSpec("age", "INT64", (ANY, 1)), TensorSpec("city", "BYTES", (ANY, 1)))
ROWS = [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("request_body", "rows"),
    [
        ({"dataframe_split": {"columns": ["a", "b"], "data": ROWS}}, True),
        ({"dataframe_split": {"data": ROWS}}, True),
        ({"dataframe_records": [{"a": 1, "b": 2}, {"a": 3, "b": 4}]}, True),
        ({"instances": ROWS}, False),
        ({"instances": [{"x": [1, 2]}, {"x": [3, 4]}]}, False),
        ({"inputs": ROWS}, False),
        ({"inputs": {"x": ROWS}, "params": {}}, False),
    ],
)
def test_every_json_form_means_the_same(request_body: dict[str, Any], rows: bool) -> None:
    arrays, as_rows = invocations.parse(json.dumps(request_body).encode(), "application/json", MATRIX)
    assert arrays["x"].dtype == np.float32
    assert arrays["x"].tolist() == ROWS
    assert as_rows is rows


def test_csv_with_a_line_of_names() -> None:
    arrays, rows = invocations.parse(b"a,b\r\n1,2\r\n3,4\r\n", "text/csv; charset=utf-8", MATRIX)
    assert arrays["x"].tolist() == ROWS
    assert rows


def test_columns_that_bear_the_names_of_the_inputs_go_to_them_in_any_order() -> None:
    body = {"dataframe_split": {"columns": ["city", "age"], "data": [["Ulm", 7], ["Pau", 8]]}}
    arrays, _ = invocations.parse(json.dumps(body).encode(), "application/json", COLUMNS)
    assert arrays["age"].tolist() == [[7], [8]]
    assert arrays["city"].tolist() == [["Ulm"], ["Pau"]]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{}", "application/json"),
        (b'{"instances": [[1, 2]], "inputs": [[1, 2]]}', "application/json"),
        (b'{"instances": [[1]]}', "application/json"),
        (b'{"instances": 5}', "application/json"),
        (b'{"instances": [{"x": [1, 2]}, {"z": 1}]}', "application/json"),
        (b'{"inputs": {"z": [[1, 2]]}}', "application/json"),
        (b'{"dataframe_split": []}', "application/json"),
        (b'{"dataframe_split": {"data": [1]}}', "application/json"),
        (b'{"dataframe_split": {"columns": 1, "data": [[1, 2]]}}', "application/json"),
        (b'{"dataframe_split": {"columns": ["a"], "data": [[1, 2]]}}', "application/json"),
        (b'{"dataframe_records": [{"a": 1}, {"b": 1}]}', "application/json"),
        (b'{"dataframe_records": 1}', "application/json"),
        (b"a,b\n", "text/csv"),
        (b"a,b\n1,x\n", "text/csv"),
        (b"\xff\xfe", "text/csv"),
        (b"<x/>", "application/xml"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(body: bytes, kind: str) -> None:
    with pytest.raises(BadRequestError) as refusal:
        invocations.parse(body, kind, MATRIX)
    assert "\n" not in str(refusal.value)


def test_one_output_is_answered_by_its_values_and_several_by_name() -> None:
    label, odds = np.array([1, 0]), np.array([[0.5, 0.5], [np.nan, 1.0]])
    assert json.loads(invocations.render({"label": label}, rows=True)) == {"predictions": [1, 0]}
    both = {"label": label, "odds": odds}
    assert json.loads(invocations.render(both, rows=False)) == {
        "predictions": {"label": [1, 0], "odds": [[0.5, 0.5], [None, 1.0]]}
    }
    assert json.loads(invocations.render(both, rows=True)) == {
        "predictions": [{"label": 1, "odds": [0.5, 0.5]}, {"label": 0, "odds": [None, 1.0]}]
    }
