"""What many runs have in one field, as a variable: numbers, or categories where any value is no number.

NaN, the infinities and what a run does not have are missing; nothing is filled in.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from logger.store import run_values, search
from logger.store.connection import Reader
from logger.store.fields import Field, Names
from logger.store.runs import StoredRun
from logger.store.search import Cell, Query
from tui_tracker.model import formats
from tui_tracker.model.columns import format_cell, metric_rank, param_rank
from tui_tracker.model.direction import direction_of
from tui_tracker.model.text import clean

# More runs are neither told apart in a picture nor read at once.
MOST_RUNS = 10_000
# More params are not looked through.
MOST_PARAMS = 200
_LONGEST = 60


@dataclass(frozen=True)
class Variable:
    """One field of several runs."""

    field: Field
    values: tuple[Cell, ...]
    """one a run, as the store has them"""

    @property
    def label(self) -> str:
        """What it is called, cleaned."""
        return clean(self.field.label, _LONGEST)

    @cached_property
    def is_numeric(self) -> bool:
        """Whether every value that is there is a number, however it is written, and at least one is."""
        found = [_number(value) for value in self.values if value is not None]
        return bool(found) and None not in found

    @cached_property
    def distinct(self) -> tuple[Cell, ...]:
        """The different values: numbers by size, then text by alphabet."""
        found = {value for value in self.values if value is not None}
        return tuple(sorted(found, key=_order))

    @cached_property
    def categories(self) -> tuple[str, ...]:
        """The different values, cleaned, in the order of `distinct`."""
        return tuple(self._text(value) for value in self.distinct)

    @cached_property
    def numbers(self) -> tuple[float, ...]:
        """One a run: its number, or the place of its category; NaN where it has neither."""
        if self.is_numeric:
            numbers = (None if value is None else _number(value) for value in self.values)
            return tuple(
                math.nan if number is None or not math.isfinite(number) else number for number in numbers
            )
        places = {value: float(place) for place, value in enumerate(self.distinct)}
        return tuple(math.nan if value is None else places[value] for value in self.values)

    @property
    def is_constant(self) -> bool:
        """Whether it has fewer than two different values."""
        return len({number for number in self.numbers if not math.isnan(number)}) < 2

    @property
    def known(self) -> int:
        """How many runs have a value."""
        return sum(not math.isnan(number) for number in self.numbers)

    def text(self, place: int) -> str:
        """The value of one run for a person, cleaned; empty where it has none."""
        value = self.values[place]
        return "" if value is None else self._text(value)

    def _text(self, value: Cell) -> str:
        if self.field.type == "time" and isinstance(value, (int, float)):
            return formats.moment(value)
        return clean(format_cell(self.field, value, 0.0), _LONGEST) or '""'

    def at(self, places: Sequence[int]) -> Variable:
        """The same field of some of the runs."""
        return Variable(self.field, tuple(self.values[place] for place in places))


def _number(value: Cell) -> float | None:
    if isinstance(value, str):
        return run_values.number(value)
    return float(value) if isinstance(value, (int, float)) else None


def _order(value: Cell) -> tuple[bool, float, str]:
    number = _number(value)
    known = number is not None and not math.isnan(number)
    return not known, (number or 0.0) if known else 0.0, str(value)


@dataclass(frozen=True)
class Sample:
    """Runs, and what they have in some fields."""

    runs: tuple[StoredRun, ...]
    total: int
    """how many there are; more than `runs` where not all were read"""
    variables: dict[Field, Variable]
    names: Names
    """the names that these runs have"""

    def variable(self, field: Field | None) -> Variable | None:
        return None if field is None else self.variables.get(field)


def read_sample(
    reader: Reader,
    chosen: Query | Sequence[int],
    fields: Sequence[Field],
    *,
    now: float,
    all_params: bool = False,
) -> Sample:
    """The runs of a query's answer, or of a list of ids, at most `MOST_RUNS`; with `all_params` all of these too."""
    if isinstance(chosen, Query):
        total = search.count(reader, chosen)
        run_ids = search.ids(reader, chosen, limit=MOST_RUNS, total=total)
    else:
        run_ids, total = list(chosen[:MOST_RUNS]), len(chosen)
    found = search.by_ids(reader, run_ids)
    experiments = tuple({row.run.experiment_id for row in found})
    names = search.names(reader, experiments)
    wanted = list(dict.fromkeys(fields))
    if all_params:
        params = [Field("param", key) for key in sorted(names.params, key=param_rank)[:MOST_PARAMS]]
        wanted += [field for field in params if field not in wanted]
    rows = search.by_ids(reader, run_ids, wanted)
    variables = {
        field: Variable(field, tuple(_cell(row, field, place, now) for row in rows))
        for place, field in enumerate(wanted)
    }
    return Sample(tuple(row.run for row in rows), total, variables, names)


def _cell(row: search.Row, field: Field, place: int, now: float) -> Cell:
    """A running run lasts until now."""
    return row.run.duration(now) if field == Field("attribute", "duration") else row.cells[place]


def telling_metric(names: Names) -> Field | None:
    """The metric that says most of a run, at its best where its name tells which way that is."""
    key = min(names.metrics, key=metric_rank, default=None)
    if key is None:
        return None
    direction = direction_of(key)
    return Field("metric", key, "last" if direction is None else "min" if direction == "lower" else "max")


def varying_params(sample: Sample) -> list[Variable]:
    """The params that were read and differ between runs, the best known first."""
    found = [variable for field, variable in sample.variables.items() if field.kind == "param"]
    return sorted(
        (variable for variable in found if not variable.is_constant),
        key=lambda variable: param_rank(variable.field.key),
    )
