"""MLflow's scoring requests (`POST /invocations`) to arrays, and arrays to its answers.

Source: MLflow's documentation of the model server's formats: `dataframe_split`, `dataframe_records`, `instances`,
`inputs` as JSON, or a table as CSV.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tui_tracker.serving.open_inference import json_object
from tui_tracker.serving.tensors import ANY, Array, Arrays, BadRequestError, TensorSpec, from_json, to_json

_FORMS = ("dataframe_split", "dataframe_records", "instances", "inputs")
_TABLES = ("dataframe_split", "dataframe_records")


def parse(body: bytes, content_type: str, specs: Sequence[TensorSpec]) -> tuple[Arrays, bool]:
    """The arrays of a request, and whether it was a table, which is answered by rows. Raises BadRequestError."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "text/csv":
        return _table(*_csv(body), specs), True
    if kind not in ("application/json", ""):
        raise BadRequestError(
            f"the content type {kind[:80]!r} is not served: send application/json or text/csv"
        )
    request = json_object(body)
    forms = [form for form in _FORMS if form in request]
    if len(forms) != 1:
        raise BadRequestError(f"the request has to have one of {', '.join(_FORMS)}")
    form, given = forms[0], request[forms[0]]
    if form == "dataframe_split":
        return _table(*_split(given), specs), True
    if form == "dataframe_records":
        return _table(*_records(given), specs), True
    return _tensors(_by_name(given) if form == "instances" else given, specs), False


def render(outputs: Arrays, *, rows: bool) -> bytes:
    """`{"predictions": ...}`: one output's values; of several, an object a row, or an object of all values."""
    values = {name: _nested(array) for name, array in outputs.items()}
    predictions: Any = values
    if len(values) == 1:
        (predictions,) = values.values()
    elif rows:
        predictions = [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)]
    return json.dumps({"predictions": predictions}, separators=(",", ":"), allow_nan=False).encode()


def _nested(array: Array) -> Any:
    flat = np.empty(array.size, dtype=object)
    flat[:] = to_json(array)
    return flat.reshape(array.shape).tolist()


def _csv(body: bytes) -> tuple[list[str], list[list[Any]]]:
    try:
        lines = list(csv.reader(io.StringIO(body.decode("utf-8-sig")), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadRequestError(f"the request is not CSV: {error}") from None
    if len(lines) < 2:
        raise BadRequestError("the CSV has no rows below its line of column names")
    columns, *rows = lines
    return columns, [[_number(cell) for cell in row] for row in rows if row]


def _number(cell: str) -> float | str:
    try:
        return float(cell)
    except ValueError:
        return cell


def _split(given: Any) -> tuple[list[str], list[list[Any]]]:
    if not isinstance(given, dict) or not isinstance(given.get("data"), list):
        raise BadRequestError("dataframe_split has no data: a list of rows")
    rows = given["data"]
    if not all(isinstance(row, list) for row in rows):
        raise BadRequestError("the data of dataframe_split is not a list of rows")
    columns = given.get("columns") or [str(place) for place in range(len(rows[0]) if rows else 0)]
    if not isinstance(columns, list):
        raise BadRequestError("the columns of dataframe_split are not a list of names")
    return [str(column) for column in columns], rows


def _records(given: Any) -> tuple[list[str], list[list[Any]]]:
    if not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
        raise BadRequestError("dataframe_records is not a list of objects")
    columns = list(given[0]) if given else []
    if any(row.keys() != given[0].keys() for row in given):
        raise BadRequestError("the objects of dataframe_records have different keys")
    return columns, [[row[column] for column in columns] for row in given]


def _table(columns: Sequence[str], rows: Sequence[Sequence[Any]], specs: Sequence[TensorSpec]) -> Arrays:
    """A column an input where the names are the inputs', else all columns, in their order, as the one matrix."""
    for row in rows:
        if len(row) != len(columns):
            raise BadRequestError(f"a row has {len(row)} values, and there are {len(columns)} columns")
    named = {spec.name: spec for spec in specs}
    if set(columns) == set(named) and len(columns) == len(specs):
        by_name = {column: [row[place] for row in rows] for place, column in enumerate(columns)}
        return _tensors({name: _column(values, named[name]) for name, values in by_name.items()}, specs)
    if len(specs) != 1:
        raise BadRequestError(f"the columns have to be the inputs: {', '.join(map(repr, named))}")
    (spec,) = specs
    return {spec.name: _tensor([list(row) for row in rows], spec)}


def _column(values: list[Any], spec: TensorSpec) -> list[Any]:
    """One value a row, or one value in a list a row, as the input wants it."""
    return [[value] for value in values] if len(spec.shape) == 2 and spec.shape[1] in (1, ANY) else values


def _by_name(instances: Any) -> Any:
    """TensorFlow Serving's row format: objects become an array an input."""
    if (
        not isinstance(instances, list)
        or not instances
        or not all(isinstance(row, dict) for row in instances)
    ):
        return instances
    if any(row.keys() != instances[0].keys() for row in instances):
        raise BadRequestError("the objects of instances have different keys")
    return {name: [row[name] for row in instances] for name in instances[0]}


def _tensors(given: Any, specs: Sequence[TensorSpec]) -> Arrays:
    if not isinstance(given, Mapping):
        if len(specs) != 1:
            raise BadRequestError(
                "the model has several inputs: give an object with a list of values for each"
            )
        return {specs[0].name: _tensor(given, specs[0])}
    if set(given) != {spec.name for spec in specs}:
        raise BadRequestError(
            f"the model takes {', '.join(repr(spec.name) for spec in specs)}, no more, no less"
        )
    return {spec.name: _tensor(given[spec.name], spec) for spec in specs}


def _tensor(values: Any, spec: TensorSpec) -> Array:
    array = from_json(values, spec.datatype, f"the input {spec.name!r}")
    spec.check(spec.datatype, array.shape)
    return array
