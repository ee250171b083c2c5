"""The values at the cursor: a line below the plot, or a table beside the cursor where there is room for one."""

from __future__ import annotations

from collections.abc import Sequence

from tui_tracker.plotting import roles
from tui_tracker.plotting.chart import Reading
from tui_tracker.plotting.grid import Grid, fit
from tui_tracker.plotting.layout import shortened
from tui_tracker.plotting.spec import ChartSpec, XAxis, format_step
from tui_tracker.plotting.words import format_duration, format_number

GAP = 2
"""Cells between entries."""

LEAST_NAME, LONGEST_NAME = 6, 24
"""Cells that a table gives a run's name."""

DIGITS = 6
"""Significant digits of a value in the table."""


def write_readout(
    canvas: Grid,
    spec: ChartSpec,
    place: str,
    readings: Sequence[Reading],
    side: tuple[int, int],
    plot_rows: int,
) -> None:
    """Write what is read off at the cursor.

    `side` is the first column and the width of the free part of the plot, whose first row is 1.
    """
    if spec.detailed and readings and _write_table(canvas, spec, place, readings, side, plot_rows):
        return
    _write_line(canvas, spec, canvas.height - 1, place, readings)


def value_text(reading: Reading, ascii_only: bool = False) -> str:
    """Return a value as read off the line; a tilde says that it is smoothed, a spread that it is a mean."""
    smoothed = "~" if reading.curve.raw is not None else ""
    if reading.band is None:
        return smoothed + format_number(reading.y)
    half = (reading.band[1] - reading.band[0]) / 2
    return f"{smoothed}{format_number(reading.y)}{'+-' if ascii_only else '±'}{format_number(half, 2)}"


def _write_table(
    canvas: Grid,
    spec: ChartSpec,
    place: str,
    readings: Sequence[Reading],
    side: tuple[int, int],
    plot_rows: int,
) -> bool:
    """Write the table; False where it would not fit beside the cursor."""
    columns = _columns(readings, spec)
    widths = [max(map(len, column)) for column in columns]
    rest = sum(widths) + GAP * len(widths) + 4
    name_width = min(
        LONGEST_NAME, side[1] - rest, max(len(fit(r.curve.label, LONGEST_NAME)) for r in readings)
    )
    name_width = max(name_width, min(len(place), LEAST_NAME))
    shown = min(len(readings), plot_rows - 2)
    if name_width < LEAST_NAME or rest + name_width > side[1] or shown < min(3, len(readings)):
        return False
    left, width = side[0] + 1, rest + name_width - 1
    heading = _aligned([column[0] for column in columns], widths)
    canvas.write(1, left, [" "] * width, roles.READOUT)
    title = fit(f"{spec.x_name} {place}", name_width + 3, spec.ascii_only)
    canvas.write(1, left, [" ", *title], roles.CURSOR)
    canvas.write(1, left + name_width + 3, list(heading), roles.NOTE)
    for row, reading in enumerate(readings[:shown], start=2):
        canvas.write(row, left, [" "] * width, roles.READOUT)
        name = fit(reading.curve.label, name_width, spec.ascii_only)
        glyph = reading.curve.glyph(spec.ascii_only)
        canvas.write(row, left, [" ", glyph, " ", *name], roles.series_role(reading.curve.slot))
        cells = _aligned([column[row - 1] for column in columns], widths)
        canvas.write(row, left + name_width + 3, list(cells), roles.READOUT)
    if shown < len(readings):
        text = fit(f" +{len(readings) - shown} more", width)
        canvas.write(shown + 2, left, [*text, *" " * (width - len(text))], roles.NOTE)
    return True


def _columns(readings: Sequence[Reading], spec: ChartSpec) -> list[list[str]]:
    """The columns of the table with a heading each; those that would say nothing are left out."""
    plus_minus = "+-" if spec.ascii_only else "±"
    columns = [["value", *(format_number(r.raw, DIGITS) for r in readings)]]
    if any(r.curve.raw is not None for r in readings):
        columns.append(["smoothed", *(format_number(r.y, DIGITS) for r in readings)])
    if any(r.band is not None for r in readings):
        spreads = (
            "" if r.band is None else plus_minus + format_number((r.band[1] - r.band[0]) / 2, 3)
            for r in readings
        )
        columns.append(["spread", *spreads])
    if (any(r.step is not None for r in readings) and spec.x_axis is not XAxis.STEP) or _differ(readings):
        columns.append(["step", *("" if r.step is None else format_step(r.step) for r in readings)])
    if any(r.time is not None for r in readings):
        columns.append(["time", *("" if r.time is None else format_duration(r.time) for r in readings)])
    return columns


def _differ(readings: Sequence[Reading]) -> bool:
    """Whether the points read off were logged at different steps."""
    return len({r.step for r in readings if r.step is not None}) > 1


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "".join(" " * GAP + cell.rjust(width) for cell, width in zip(cells, widths, strict=True))


def _write_line(canvas: Grid, spec: ChartSpec, row: int, place: str, readings: Sequence[Reading]) -> None:
    """Write the place, then each run with its value, names where they fit; runs that do not fit are counted."""
    names = max((len(fit(r.curve.label, spec.width)) for r in readings), default=0)
    start = len(place) + GAP
    values = [value_text(reading, spec.ascii_only) for reading in readings]
    bare = sum(len(value) + 2 + GAP for value in values)
    room = (spec.width - start - bare) // max(1, len(readings)) - 1
    name_width = min(names, room) if room >= 4 else 0
    canvas.write(row, 0, [" "] * spec.width, roles.TEXT)
    column = canvas.write(row, 0, fit(place, spec.width), roles.CURSOR) + GAP
    labels = shortened([reading.curve.label for reading in readings], name_width, spec.ascii_only)
    for index, (reading, value, name) in enumerate(zip(readings, values, labels, strict=True)):
        entry = [reading.curve.glyph(spec.ascii_only), " ", *name, *([" "] if name else [])]
        rest = f"+{len(readings) - index}"
        reserved = 0 if index == len(readings) - 1 else len(rest) + GAP
        if column + len(entry) + len(value) + reserved > spec.width:
            canvas.write(row, column, fit(rest, spec.width - column), roles.NOTE)
            return
        column = canvas.write(row, column, entry, roles.series_role(reading.curve.slot))
        column = canvas.write(row, column, list(value), roles.READOUT) + GAP
