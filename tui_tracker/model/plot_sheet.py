"""The numbers behind a picture of many runs, as a sheet to take elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from tui_tracker.model import formats
from tui_tracker.model.importance import Importance, Importances
from tui_tracker.model.sheet import Sheet, SheetCell
from tui_tracker.model.spread import Group
from tui_tracker.model.variables import Sample, Variable

_EMPTY = SheetCell("", "")


def runs_sheet(sample: Sample, variables: Sequence[Variable], places: Sequence[int]) -> Sheet:
    """Some of the runs with their values of these variables."""
    return Sheet(
        ("run", "id", *(variable.label for variable in variables)),
        tuple(
            (
                SheetCell(sample.runs[place].name),
                SheetCell(sample.runs[place].uid[:8], sample.runs[place].uid),
                *(
                    SheetCell(
                        variable.text(place), "" if (value := variable.values[place]) is None else value
                    )
                    for variable in variables
                ),
            )
            for place in places
        ),
    )


def groups_sheet(groups: Sequence[Group], by: Variable) -> Sheet:
    """What the boxes show."""
    rows = []
    for group in groups:
        spread = group.spread
        numbers = (spread.low, spread.first, spread.median, spread.third, spread.high)
        rows.append(
            (
                SheetCell(group.label),
                SheetCell(str(len(group.values))),
                *(SheetCell(formats.number(number), number) for number in numbers),
                SheetCell(str(len(spread.outliers))),
            )
        )
    headings = (
        "runs",
        "lower whisker",
        "first quartile",
        "median",
        "third quartile",
        "upper whisker",
        "outliers",
    )
    return Sheet((by.label, *headings), tuple(rows))


def importances_sheet(found: Importances, forest: dict[str, float] | None = None) -> Sheet:
    """How strongly each param goes with the metric."""
    headings = ("param", "strength", "rho", "low", "high", "runs", "values", "remark")
    rows = []
    for row in found.rows:
        low, high = row.interval or (None, None)
        rows.append(
            (
                SheetCell(row.label),
                *(_number(number) for number in (row.strength, row.rho, low, high)),
                SheetCell(str(row.runs)),
                SheetCell(str(row.values)),
                SheetCell(row.reason or kind_of(row)),
                *(() if forest is None else (_number(forest.get(row.field.key)),)),
            )
        )
    return Sheet(headings if forest is None else (*headings, "forest"), tuple(rows))


def kind_of(row: Importance) -> str:
    """What its strength is."""
    return "" if row.strength is None else "categories" if row.rho is None else "rank correlation"


def _number(number: float | None) -> SheetCell:
    return _EMPTY if number is None else SheetCell(formats.number(number), number)
