"""Which params matter, as a picture: a bar for each, by how strongly it goes with the metric."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tui_tracker.model.importance import SHORT_METHOD, Importance, Importances
from tui_tracker.plotting import picture, roles
from tui_tracker.plotting.grid import Grid, fit
from tui_tracker.plotting.picture import Picture

_HEAD, _FOOT = 2, 2
_LONGEST_BAR = 40
_NUMBERS = 26
"""Cells for the strength and its interval."""
_FOREST = 9
_EIGHTHS = "▏▎▍▌▋▊▉█"


@dataclass(frozen=True)
class Bars:
    """What is drawn."""

    found: Importances
    forest: Mapping[str, float] | None = None
    """by param, what permuting it costs the forest; None where none was grown"""
    forest_words: str = ""
    """how well the forest predicts"""
    first: int = 0
    """the uppermost row"""
    ascii_only: bool = False


def draw(bars: Bars, width: int, height: int) -> Picture:
    """The picture in so many cells; `spots` has a cell for each param that is in view."""
    found = bars.found
    if width < picture.MIN_WIDTH or height < picture.MIN_HEIGHT:
        return picture.message(width, height, "no room")
    if found.problem:
        return picture.message(width, height, found.problem)
    grid = Grid(width, height)
    picture.write_title(grid, f"what goes with {found.metric}", [f"{found.runs:,} runs"], bars.ascii_only)
    name = min(max(len(fit(row.label, width)) for row in found.rows) + 1, max(width // 3, 8))
    numbers = _NUMBERS + (_FOREST if bars.forest is not None else 0)
    bar = min(max(width - name - numbers - 2, 0), _LONGEST_BAR)
    grid.write(1, name + bar + 2, fit(_headings(bars), width - name - bar - 2), roles.NOTE)
    room = height - _HEAD - _FOOT
    spots: list[tuple[int, int] | None] = [None] * len(found.rows)
    for line, row in enumerate(found.rows[bars.first : bars.first + room]):
        _write_row(grid, bars, row, _HEAD + line, name, bar)
        spots[bars.first + line] = (0, _HEAD + line)
    words = bars.forest_words or "f grows a random forest as well"
    grid.write(height - 2, 0, fit(SHORT_METHOD, width, bars.ascii_only), roles.NOTE)
    grid.write(height - 1, 0, fit(words, width, bars.ascii_only), roles.NOTE)
    return Picture(grid.spans(), tuple(spots), name - 1)


def rows_in(height: int) -> int:
    """How many params are in view in a picture so high."""
    return max(height - _HEAD - _FOOT, 1)


def _headings(bars: Bars) -> str:
    text = "strength  95% interval".ljust(_NUMBERS)
    return text + "forest" if bars.forest is not None else text


def _write_row(grid: Grid, bars: Bars, row: Importance, y: int, name: int, bar: int) -> None:
    quiet = row.strength is None
    grid.write(y, 0, fit(row.label, name - 1, bars.ascii_only), roles.NOTE if quiet else roles.TEXT)
    if row.strength is None:
        grid.write(y, name, fit(row.reason, grid.width - name, bars.ascii_only), roles.NOTE)
        return
    role = roles.series_role(0 if row.rho is None or row.rho >= 0 else 1) if row.is_certain else roles.TICK
    grid.write(y, name, list(_bar(row.strength, bar, bars.ascii_only)), role)
    grid.write(y, name + bar + 2, fit(_numbers(row), _NUMBERS, bars.ascii_only), role)
    if bars.forest is not None and row.field.key in bars.forest:
        text = f"{bars.forest[row.field.key]:.3f}"
        grid.write(y, name + bar + 2 + _NUMBERS, fit(text, _FOREST), roles.TEXT)


def _numbers(row: Importance) -> str:
    if row.rho is None:
        return f"{row.strength or 0.0:.2f}      {row.values} categories"
    low, high = row.interval or (row.rho, row.rho)
    return f"{row.rho:+.2f}     {low:+.2f} to {high:+.2f}"


def _bar(share: float, width: int, ascii_only: bool) -> str:
    if ascii_only:
        return "=" * round(share * width)
    eighths = round(share * width * 8)
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (_EIGHTHS[rest - 1] if rest else "")
