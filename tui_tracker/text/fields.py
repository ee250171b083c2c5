"""Fields of runs as columns: what `--columns` and `--sort` name, and how their values are read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from logger.store.fields import Field, Names, Sort
from logger.store.query import compile_order
from logger.store.search import Cell, Row
from tui_tracker.model.columns import format_cell
from tui_tracker.text import shown
from tui_tracker.text.command import UsageError
from tui_tracker.text.table import Column, Value

_DIRECTIONS = {"": "", "asc": "", "desc": " DESC"}


def parse_fields(text: str, names: Names) -> tuple[Field, ...]:
    """The fields that a list like `name, lr, min(val/loss)` names. Raises FilterError for an unknown one."""
    return tuple(sort.field for sort in compile_order([text], names))


def parse_sort(text: str, names: Names) -> tuple[Sort, ...]:
    """`val/acc:desc` as a sort order; also MLflow's `val/acc DESC`. Raises FilterError, UsageError."""
    field, colon, direction = text.rpartition(":")
    if not colon or direction.lower() not in _DIRECTIONS:
        field, direction = text, ""
    if not field.strip():
        raise UsageError("--sort needs a field, as in --sort val/acc:desc")
    return compile_order([field + _DIRECTIONS[direction.lower()]], names)


def columns_of(fields: Sequence[Field], now: float) -> tuple[Column, ...]:
    """One column a field. A name that two fields share is told apart by its kind, as in `param:lr`."""
    labels = [field.label for field in fields]
    return tuple(
        Column(
            label if labels.count(label) == 1 else f"{field.kind}:{label}",
            _show(field, now),
            right=field.kind == "metric" or field.type in ("number", "time", "duration"),
        )
        for field, label in zip(fields, labels, strict=True)
    )


def values_of(row: Row, fields: Sequence[Field], now: float) -> tuple[Value, ...]:
    """The raw values of a row's cells; a running run lasts until now."""
    return tuple(_value(row, field, cell, now) for field, cell in zip(fields, row.cells, strict=True))


def _value(row: Row, field: Field, cell: Cell, now: float) -> Value:
    if field == Field("attribute", "duration"):
        return row.run.duration(now)
    return cell


def _show(field: Field, now: float) -> Callable[[Value], str]:
    return lambda value: format_cell(field, value, now) or shown.MISSING
