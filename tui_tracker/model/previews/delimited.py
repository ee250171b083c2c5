"""Tables in text: CSV, TSV, and the JSON that `log_table` writes."""

from __future__ import annotations

import csv
import io
import json
from typing import BinaryIO

from tui_tracker.model import formats
from tui_tracker.model.previews.preview import (
    MOST_COLUMNS,
    MOST_ROWS,
    Preview,
    UnreadableError,
    grid,
    left_out,
)

_MOST_BYTES = 256 * 1024
_MOST_JSON = 4 * 1024 * 1024
_DELIMITERS = ",;\t|"
_LONGEST_NUMBER = 40


def preview(file: BinaryIO, size: int) -> Preview:
    """The first rows of a file with a row a line. Raises UnreadableError where there are none."""
    data = file.read(_MOST_BYTES)
    text = data.decode("utf-8-sig", "replace")
    whole = len(data) >= size
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append(row)
            if len(rows) > MOST_ROWS + 1:
                break
    except csv.Error as error:
        if not rows:
            raise UnreadableError(f"it is not the CSV that its name says ({error})") from None
    if not whole and len(rows) <= MOST_ROWS + 1:
        # The last row was cut where reading ended.
        rows = rows[:-1]
    if not rows:
        raise UnreadableError("it has no rows")
    head, *body = rows
    is_all = whole and len(body) <= MOST_ROWS
    facts = f"{formats.count(len(body))} rows × " if is_all else ""
    remark = "" if is_all else f"showing the first {min(len(body), MOST_ROWS)} rows"
    if len(head) > MOST_COLUMNS:
        remark = ", ".join(filter(None, (remark, left_out(0, len(head)))))
    return Preview("CSV", f"{facts}{formats.count(len(head))} columns", grid(head, body), remark=remark)


def table_of_json(file: BinaryIO, size: int) -> Preview | None:
    """A table as `log_table` writes it: an object of `columns` and `data`; None for any other JSON."""
    if size > _MOST_JSON or b'"columns"' not in file.read(64):
        return None
    file.seek(0)
    try:
        found = json.loads(file.read(_MOST_JSON), parse_int=_integer)
        columns, rows = found["columns"], found["data"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    if (
        not isinstance(columns, list)
        or not isinstance(rows, list)
        or not all(isinstance(row, list) for row in rows)
    ):
        return None
    shown = [
        [value if isinstance(value, (int, float)) else str(value)[:200] for value in row]
        for row in rows[:MOST_ROWS]
    ]
    return Preview(
        "table",
        f"{formats.count(len(rows))} rows × {formats.count(len(columns))} columns",
        grid([str(column)[:200] for column in columns], shown),
        remark=left_out(len(rows), len(columns)),
    )


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else digits
