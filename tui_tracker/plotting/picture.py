"""A finished picture of many runs: rows of characters with roles, and where each run is in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui_tracker.plotting import canvas, layout, roles
from tui_tracker.plotting.axes import Scale
from tui_tracker.plotting.canvas import Frame, Ticks
from tui_tracker.plotting.grid import Grid, Span, fit
from tui_tracker.plotting.ramp import Colouring
from tui_tracker.plotting.variable_axis import VariableAxis

CELLS_PER_X_TICK = 13
CELLS_PER_Y_TICK = 3
LEGEND_SHARE = 4
"""The legend takes at most one part in this many of the width."""
MIN_WIDTH, MIN_HEIGHT = 20, 6
_HELD = "."
"""Stands where a label will be: plotext draws no tick without one."""


@dataclass(frozen=True)
class Picture:
    """What is drawn, without a cursor."""

    rows: tuple[tuple[Span, ...], ...]
    spots: tuple[tuple[int, int] | None, ...]
    """column and row of each thing that can be pointed at, of a run or a group; None where it is not drawn"""
    spot_width: int = 1
    """cells of a row that stand out where the cursor is"""

    def text(self) -> str:
        """The picture without roles, one line a row."""
        return "\n".join("".join(span.text for span in row).rstrip() for row in self.rows)


def message(width: int, height: int, sentence: str) -> Picture:
    """A sentence in the middle."""
    grid = Grid(max(width, 1), max(height, 1))
    cells = fit(sentence, grid.width)
    grid.write(grid.height // 2, (grid.width - len(cells)) // 2, cells, roles.NOTE)
    return Picture(grid.spans(), ())


def write_title(grid: Grid, title: str, notes: Sequence[str], ascii_only: bool = False) -> None:
    """The first row: what is drawn, and remarks on the right as far as there is room."""
    end = grid.write(0, 0, fit(title, grid.width, ascii_only), roles.TITLE)
    text = (" - " if ascii_only else " · ").join(notes)
    if text and end + 2 + len(text) <= grid.width:
        grid.write(0, grid.width - len(text), fit(text, len(text)), roles.NOTE)


def legend_width(colouring: Colouring, width: int, title: str) -> int:
    """Cells that the legend takes on the right; 0 where there is none, or no room for one."""
    if len(colouring.keys) < 2 or width < layout.MIN_WIDTH_FOR_LABELS:
        return 0
    longest = max(len(fit(f"{key.label} {key.runs}", width)) for key in colouring.keys) + 3
    return min(max(longest, len(fit(title, width)) + 1), width // LEGEND_SHARE)


def write_legend(
    grid: Grid, column: int, rows: int, title: str, colouring: Colouring, ascii_only: bool = False
) -> None:
    """A line for each key from row 1 on, under the name of the variable."""
    room = grid.width - column - 3
    grid.write(1, column + 1, fit(title, grid.width - column - 1, ascii_only), roles.NOTE)
    shown = colouring.keys if len(colouring.keys) < rows else colouring.keys[: rows - 2]
    for place, key in enumerate(shown):
        count = f" {key.runs}"
        cells = [" ", key.glyph, " ", *fit(key.label, room - len(count), ascii_only), *count]
        grid.write(2 + place, column, cells, key.role)
    if len(shown) < len(colouring.keys):
        left_out = f"+{len(colouring.keys) - len(shown)} more"
        grid.write(2 + len(shown), column + 1, fit(left_out, room + 2), roles.NOTE)


@dataclass(frozen=True)
class Axes:
    """Axes of a picture, and what is written beside them: plotext counts characters, and names may be wider."""

    frame: Frame
    x_ticks: Ticks
    y_ticks: Ticks


def axes_of(x: VariableAxis, y: VariableAxis, width: int, height: int, ascii_only: bool = False) -> Axes:
    """The axes of both variables in a picture of that size. Both have limits."""
    y_places, y_labels = y.ticks(max(2, (height - 2) // CELLS_PER_Y_TICK))
    label_width = min(max((len(fit(label, width)) for label in y_labels), default=1), width // 3)
    canvas_width = width - label_width - 1
    x_places, x_labels = x.ticks(max(2, canvas_width // CELLS_PER_X_TICK))
    return axes_at(
        width,
        height,
        label_width,
        placed(x.scale(canvas_width), x_places, x_labels),
        placed(y.scale(height - 2), y_places, y_labels),
        ascii_only,
    )


def axes_at(
    width: int, height: int, label_width: int, x_ticks: Ticks, y_ticks: Ticks, ascii_only: bool = False
) -> Axes:
    """Axes with ticks at these places, in cells of the canvas."""
    bare_x, bare_y = (tuple((place, _HELD) for place, _ in ticks) for ticks in (x_ticks, y_ticks))
    return Axes(canvas.frame(width, height, label_width, bare_x, bare_y, ascii_only), x_ticks, y_ticks)


def placed(scale: Scale | None, places: Sequence[float], labels: Sequence[str]) -> Ticks:
    """Ticks in the middle of the cells that hold their places."""
    if scale is None:
        return ()
    return tuple(
        (round(scale.position(place)) + 0.5, label)
        for place, label in zip(places, labels, strict=True)
        if -0.5 <= scale.position(place) <= scale.dots - 0.5
    )


def lay_axes(grid: Grid, axes: Axes, top: int, ascii_only: bool = False) -> None:
    """Put axes with their labels into a picture, from the row `top` on."""
    import numpy as np

    frame = axes.frame
    codes = frame.codes.copy()
    codes[:, : frame.left - 1] = ord(" ")
    codes[frame.height + 1] = ord(" ")
    parts = np.full(codes.shape, roles.TICK, dtype=np.uint16)
    parts[: frame.height + 1, frame.left - 1] = roles.AXIS
    parts[frame.height, frame.left - 1 :] = roles.AXIS
    grid.lay(top, 0, codes, parts)
    for place, label in axes.y_ticks:
        cells = fit(label, frame.left - 1, ascii_only)
        grid.write(top + frame.height - 1 - int(place), frame.left - 1 - len(cells), cells, roles.TICK)
    free = 0
    end = frame.left + frame.width
    for place, label in axes.x_ticks:
        cells = fit(label, CELLS_PER_X_TICK - 1, ascii_only)
        start = max(min(frame.left + int(place) - len(cells) // 2, end - len(cells)), 0)
        if start >= free:
            free = grid.write(top + frame.height + 1, start, cells, roles.TICK) + 1
