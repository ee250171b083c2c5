"""Columns of the run table: which there are at first, how wide, and what stands in their cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from logger.store import runs
from logger.store.fields import Field, Names
from logger.store.runs import StoredRun
from logger.store.search import Cell, Row
from tui_tracker.model import formats
from tui_tracker.model.cells import width_of
from tui_tracker.model.direction import direction_of
from tui_tracker.model.pace import progress
from tui_tracker.model.table_look import TREND, readable
from tui_tracker.model.text import clean

# The longest text that a cell can show; what is longer is not even measured.
LONGEST_CELL = 200
NAME = Field("attribute", "name")
STATUS = Field("attribute", "status")
STATUS_GLYPHS = {
    runs.RUNNING: "●",
    runs.SCHEDULED: "○",
    runs.FINISHED: "✓",
    runs.FAILED: "✗",
    runs.KILLED: "■",
    runs.LOST: "?",
}

_TITLES = {"name": "run", "started": "age", "ended": "ended"}
_ATTRIBUTE_WIDTHS = {
    "id": 8,
    "name": 16,
    "status": 9,
    "experiment": 12,
    "started": 4,
    "ended": 5,
    "duration": 7,
    "heartbeat": 9,
    "host": 10,
    "pid": 7,
    "user": 8,
    "source": 24,
    "commit": 8,
    "dirty": 5,
    "note": 20,
    "parent": 8,
}
# Cells of a trend, each the mean of an equal part of the points.
TREND_WIDTH = 12
_HEX_SHOWN = 8
_TITLE_MAX = 16
_VALUE_MIN = 5
# Room for the arrow of the sort order.
_ARROW = 1
# Columns chosen for someone who has not chosen any.
_FIRST_METRICS = 3
_FIRST_PARAMS = 4
_SPLITS = ({"val", "valid", "validation", "eval", "dev"}, {"test"}, {"train", "training"})
_SYSTEM = re.compile(r"^(system|sys|gpu|cpu|mem|memory|disk|net)\b", re.IGNORECASE)
_KNOWN_PARAMS = ("lr", "learning_rate", "batch_size", "epochs", "depth", "model", "optimizer", "seed")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")

CellAlign = Literal["left", "right", "auto"]


@dataclass(frozen=True)
class Column:
    """One column of a table of runs."""

    field: Field
    title: str
    """clean text"""
    width: int
    """cells, before it has seen any value; at least 1"""
    align: CellAlign = "left"
    """`auto`: numbers to the right, text to the left"""

    @property
    def reads(self) -> Field:
        """What the store is asked for; it differs from `field` where that is only drawn."""
        return readable(self.field)


def column_of(field: Field) -> Column:
    """The column that shows a field."""
    if field.aggregate == TREND:
        return Column(field, clean(field.key, LONGEST_CELL), TREND_WIDTH)
    is_attribute = field.kind == "attribute"
    title = clean(_TITLES.get(field.key, field.key) if is_attribute else field.label, LONGEST_CELL)
    least = _ATTRIBUTE_WIDTHS[field.key] if is_attribute else _VALUE_MIN
    align: CellAlign = (
        "right" if field.type in ("number", "time", "duration") else "left" if is_attribute else "auto"
    )
    return Column(field, title, max(least, min(width_of(title), _TITLE_MAX) + _ARROW), align)


def columns_of(fields: Iterable[Field]) -> tuple[Column, ...]:
    return tuple(column_of(field) for field in fields)


def default_columns(names: Names, *, several_experiments: bool = False) -> tuple[Column, ...]:
    """A first choice: name, status, age, duration, the telling metrics, then params.

    Metrics measured on held-out data come first, those of the machine never; a name that tells a direction (a
    loss, an accuracy) comes before one that does not.
    """
    attributes = ["name", "status", "started", "duration"]
    if several_experiments:
        attributes.insert(1, "experiment")
    metrics = sorted((key for key in names.metrics if not is_of_machine(key)), key=metric_rank)
    params = sorted(names.params, key=param_rank)
    return columns_of(
        [
            *(Field("attribute", key) for key in attributes),
            *(Field("metric", key) for key in metrics[:_FIRST_METRICS]),
            *(Field("param", key) for key in params[:_FIRST_PARAMS]),
        ]
    )


def is_of_machine(key: str) -> bool:
    """Whether a metric tells the load of a machine rather than of a training, by its name."""
    return _SYSTEM.match(key) is not None


def metric_rank(key: str) -> tuple[int, int, str]:
    """Where a metric stands among others, the most telling first."""
    words = re.split(r"[^a-z]+", key.lower())
    split = next(
        (place for place, names in enumerate(_SPLITS) if any(name in words for name in names)), len(_SPLITS)
    )
    return direction_of(key) is None, split, key


def param_rank(key: str) -> tuple[int, str]:
    """Where a param stands among others, the best known first."""
    return _KNOWN_PARAMS.index(key) if key in _KNOWN_PARAMS else len(_KNOWN_PARAMS), key


def format_cell(field: Field, value: Cell, now: float) -> str:
    """What a cell shows: clean text of one line, empty where the run has no such thing."""
    if value is None:
        return ""
    if not isinstance(value, (int, float)):
        return _format_text(field, value)
    if field.type == "time":
        return formats.age(value, now)
    if field.type == "duration":
        return formats.duration(value)
    if field == Field("attribute", "dirty"):
        return "yes" if value else "no"
    return formats.number(value)


def _format_text(field: Field, value: object) -> str:
    """Text; or bytes, where another program wrote them."""
    text = value if isinstance(value, str) else repr(value)
    if field.kind == "attribute":
        if field.key == "status":
            text = text.lower()
        elif field.key in ("id", "commit", "parent"):
            text = text[:_HEX_SHOWN]
    return clean(text, LONGEST_CELL)


def row_texts(columns: Sequence[Column], row: Row, now: float) -> tuple[str, ...]:
    """The texts of a row's cells, in the order of the columns that the row was read for."""
    return tuple(
        _text(column.field, row, value, now) for column, value in zip(columns, row.cells, strict=False)
    )


def aged_texts(columns: Sequence[Column], row: Row, texts: Sequence[str], now: float) -> tuple[str, ...]:
    """The texts of a row as they have become by `now`: those that tell a time again, the others as they are."""
    return tuple(
        _text(column.field, row, value, now)
        if column.field.type in ("time", "duration") or (row.run.is_running and column.field == STATUS)
        else text
        for column, value, text in zip(columns, row.cells, texts, strict=False)
    )


def _text(field: Field, row: Row, value: Cell, now: float) -> str:
    if field.aggregate == TREND:
        # Drawn from the points, which are read when the row is seen.
        return ""
    if field == STATUS and row.run.is_running:
        return progress(row.run, row.pace, now)
    return format_cell(field, _fresh(field, row.run, value, now), now)


def _fresh(field: Field, run: StoredRun, value: Cell, now: float) -> Cell:
    """A running run lasts until now, not until its last sign of life."""
    if run.is_running and field == Field("attribute", "duration"):
        return run.duration(now)
    return value


def is_number(text: str) -> bool:
    """Whether the text of a cell is a number, with or without its spread, and so stands to the right."""
    text = text.partition(formats.SPREAD)[0]
    return _NUMBER.fullmatch(text) is not None or text in ("nan", "inf", "-inf")


def decimals(text: str) -> int | None:
    """How many characters follow the place of the decimal point, itself included: 5 for `0.9421`, 0 for `12`.

    None for what is not lined up by its point: text, an exponent, nan and the infinities.
    """
    if not text[-1:].isdigit() or "e" in text.lower() or formats.SPREAD in text or not is_number(text):
        return None
    _, point, fraction = text.partition(".")
    return len(point) + len(fraction)
