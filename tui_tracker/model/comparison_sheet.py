"""What the cells of a comparison say, and the comparison as a sheet to take elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from logger.store.runs import StoredRun
from tui_tracker.model import formats
from tui_tracker.model.columns import format_cell
from tui_tracker.model.comparison import ComparisonRow, Subject
from tui_tracker.model.sheet import Sheet, SheetCell
from tui_tracker.model.text import clean

Change = Literal["difference", "percent", "both"]
CHANGES: tuple[Change, ...] = ("difference", "percent", "both")
MISSING = "—"
SHORT_ID = 8
_LONGEST = 200


def cell_text(row: ComparisonRow, place: int) -> str:
    """The value of a run, cleaned; a dash where it has none."""
    value = row.values[place]
    if value is None:
        return MISSING
    if row.field is None:
        return clean(str(value), _LONGEST)
    # Nothing compared is an age, so the clock has no say.
    return format_cell(row.field, value, 0.0)


def change_text(row: ComparisonRow, place: int, change: Change) -> str:
    """How far a run is from the baseline; empty where that is not known."""
    delta = row.deltas[place] if row.deltas else None
    if delta is None:
        return ""
    percent = row.percent(place)
    share = "" if percent is None else percent_text(percent)
    if change == "percent":
        return share
    return f"{formats.signed(delta)} {share}".rstrip() if change == "both" else formats.signed(delta)


def percent_text(percent: float) -> str:
    """`+12.5%`; from a hundred times on without decimals, what rounds to nothing is `0%`."""
    text = f"{percent:+.0f}%" if abs(percent) >= 9_999.5 else f"{percent:+.1f}%"
    return "0%" if text in ("+0.0%", "-0.0%") else text


def run_labels(compared: Sequence[StoredRun]) -> list[str]:
    """The runs' names, not cleaned; with the beginning of the id where two share one."""
    names = [run.name for run in compared]
    return [
        name if names.count(name) == 1 else f"{name} {run.uid[:SHORT_ID]}"
        for name, run in zip(names, compared, strict=True)
    ]


def comparison_sheet(
    subjects: Sequence[Subject], rows: Sequence[ComparisonRow], change: Change = "difference"
) -> Sheet:
    """These rows; a metric's cell also tells people how far it is from the baseline, and its best stand out."""
    return Sheet(
        ("", *run_labels([subject.run for subject in subjects])),
        tuple(
            (
                SheetCell(row.label),
                *(
                    SheetCell(_told(row, place, change), "" if value is None else value, place in row.best)
                    for place, value in enumerate(row.values)
                ),
            )
            for row in rows
        ),
    )


def _told(row: ComparisonRow, place: int, change: Change) -> str:
    changed = change_text(row, place, change)
    return f"{cell_text(row, place)} ({changed})" if changed else cell_text(row, place)
