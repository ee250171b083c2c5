"""The three forms of an answer: aligned text, JSON and CSV.

- **Text** is for people: cleaned of everything harmful, aligned by its width on a terminal, numbers rounded.
- **JSON** is for programs and exact: raw values, ASCII only. A table is a list of objects, a record one
  object, a report an object of both. JSON has no number for NaN and the infinities: they are the strings
  "NaN", "Infinity" and "-Infinity", so that a NaN can be told from what is missing (null).
- **CSV** carries full numbers and cleaned text, since spreadsheets and terminals show it. A report is its
  tables one after another with an empty line between them.
"""

from __future__ import annotations

import csv
import io
import json
import math
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from tui_tracker.model.cells import Align, fit, width_of
from tui_tracker.model.text import clean, clean_lines
from tui_tracker.text.table import Answer, Record, Report, Sentence, Table, Value

Form = Literal["text", "json", "csv"]

_GAP = "  "
# A cell wider than this is cut: one long value must not push the rest of its row off the screen.
_WIDEST_CELL = 48
# Text in CSV is cleaned, not cut, up to what a reader of CSV accepts in one field.
_LONGEST_CSV_CELL = 131_072


def render(answer: Answer, form: Form, width: int | None = None) -> str:
    """The answer in that form, without a final line break; tables fit `width` cells where it is given."""
    if form == "json":
        return json.dumps(_jsonable(answer), indent=2, allow_nan=False)
    if form == "csv":
        return _csv(answer).rstrip("\n")
    return "\n".join(_text(answer, width))


def _text(answer: Answer, width: int | None) -> Iterator[str]:
    if isinstance(answer, Sentence):
        yield clean(answer.text)
    elif isinstance(answer, Record):
        yield from _record_text(answer)
    elif isinstance(answer, Table):
        yield from _table_text(answer, width)
    else:
        for place, (name, part) in enumerate(answer.parts.items()):
            if place:
                yield ""
            yield clean(name)
            yield from (f"{_GAP}{line}" for line in _text(part, None if width is None else width - len(_GAP)))


def _record_text(record: Record) -> Iterator[str]:
    if not record.entries:
        yield "nothing"
    names = [clean(entry.key) for entry in record.entries]
    margin = min(max(map(width_of, names), default=0), _WIDEST_CELL)
    for name, entry in zip(names, record.entries, strict=True):
        first, *others = clean_lines(entry.show(entry.value)).split("\n")
        yield f"{fit(name, margin)}{_GAP}{first}".rstrip()
        yield from (f"{' ' * margin}{_GAP}{line}".rstrip() for line in others)


def _table_text(table: Table, width: int | None) -> Iterator[str]:
    if not table.rows:
        yield table.empty
    else:
        cells = [[clean(column.key) for column in table.columns]]
        cells += [
            [clean(column.show(value)) for column, value in zip(table.columns, row, strict=True)]
            for row in table.rows
        ]
        widths = [
            min(max(width_of(row[place]) for row in cells), _WIDEST_CELL)
            for place in range(len(table.columns))
        ]
        fitting = _fitting(widths, width)
        aligns: list[Align] = ["right" if column.right else "left" for column in table.columns]
        for row in cells:
            yield _GAP.join(map(fit, row[:fitting], widths, aligns)).rstrip()
        if fitting < len(widths):
            hidden = f"not shown, for want of room: {', '.join(cells[0][fitting:])}"
            yield hidden if width is None else fit(hidden, width).rstrip()
    if table.remark:
        yield clean(table.remark)


def _fitting(widths: Sequence[int], width: int | None) -> int:
    """How many columns of these widths fit; at least one."""
    if width is None:
        return len(widths)
    used = 0
    for place, column in enumerate(widths):
        used += column + (len(_GAP) if place else 0)
        if used > width and place:
            return place
    return len(widths)


def _jsonable(answer: Answer) -> object:
    if isinstance(answer, Sentence):
        return _jsonable(answer.record)
    if isinstance(answer, Record):
        return {entry.key: json_value(entry.value) for entry in answer.entries}
    if isinstance(answer, Report):
        return {name: _jsonable(part) for name, part in answer.parts.items()}
    keys = [column.key for column in answer.columns]
    return [dict(zip(keys, map(json_value, row), strict=True)) for row in answer.rows]


def json_value(value: Value) -> Value:
    """The value as JSON can hold it: what is not finite becomes a string."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def _csv(answer: Answer) -> str:
    if isinstance(answer, Report):
        return "\n".join(_csv(part) for part in answer.parts.values())
    if isinstance(answer, Sentence):
        return _csv(answer.record)
    lines: list[Sequence[Value]]
    if isinstance(answer, Record):
        lines = [("name", "value"), *((entry.key, entry.value) for entry in answer.entries)]
    else:
        lines = [[column.key for column in answer.columns], *answer.rows]
    return "".join(csv_line(line) + "\n" for line in lines)


def json_list(keys: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[str]:
    """A table as JSON, as `render` has it, in lines that are written as the rows come."""
    before = "[\n"
    for row in rows:
        item = dict(zip(keys, map(json_value, row), strict=True))
        yield before + textwrap.indent(json.dumps(item, indent=2, allow_nan=False), "  ")
        before = ","
    yield "[]" if before == "[\n" else "]"


def csv_table(keys: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[str]:
    """A table as CSV, as `render` has it, in lines that are written as the rows come."""
    yield csv_line(keys)
    for row in rows:
        yield csv_line(row)


def csv_line(values: Sequence[Value]) -> str:
    """One row of CSV, without its line break (a value may hold one all the same)."""
    written = io.StringIO()
    csv.writer(written, lineterminator="").writerow([_csv_cell(value) for value in values])
    return written.getvalue()


def _csv_cell(value: Value) -> str:
    if isinstance(value, float):
        return repr(value)
    return "" if value is None else clean_lines(str(value), _LONGEST_CSV_CELL)
