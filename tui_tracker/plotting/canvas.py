"""The one place that talks to plotext: frames with ticks, and lines, each as an array of character codes.

plotext has one figure for the whole process, so whoever draws holds a lock from the first call to the last:

    with Pen() as pen:
        frame = pen.frame(width, height, x_ticks, y_ticks)
        line = pen.line(frame.width, frame.height, path, marker)

Coordinates are dots, the smallest thing a marker can set. Every line is a picture of its own, so that the
caller decides what lies over what; plotext is never told a colour.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tui_tracker.plotting.strokes import Strokes

    Codes = NDArray[np.uint32]

BRAILLE = "braille"
"""Marker of 2 x 4 dots a cell."""

RESOLUTION = {BRAILLE: (2, 4)}
"""Dots a cell, across and up; every other marker is one character and sets whole cells."""

_figure_lock = threading.Lock()

Ticks = Sequence[tuple[float, str]]
"""Places, in cells of the canvas, and their labels."""


@dataclass(frozen=True)
class Frame:
    """Axes and tick labels around an empty canvas."""

    codes: Codes
    """Character codes, height x width of the whole picture."""
    left: int
    """The canvas' first column."""
    width: int
    """The canvas' width in cells; its first row is row 0."""
    height: int
    """The canvas' height in cells."""


def resolution(marker: str) -> tuple[int, int]:
    """Return how many dots a cell has with this marker, across and up."""
    return RESOLUTION.get(marker, (1, 1))


class Pen:
    """Exclusive use of plotext's figure."""

    def __enter__(self) -> Pen:
        import plotext

        _figure_lock.acquire()
        self._plotext: Any = plotext
        self._figure: Any = plotext.figure
        plotext.terminal.limit(False, False)  # sizes are ours, not the terminal's
        self._figure.clear()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._figure.clear()
        _figure_lock.release()

    def frame(self, width: int, height: int, label_width: int, x_ticks: Ticks, y_ticks: Ticks) -> Frame:
        """Draw the axes of a picture of `width` x `height` cells, y labels in `label_width` cells on the
        left."""
        canvas_width, canvas_height = width - label_width - 1, height - 2
        figure = self._canvas(width, height)
        figure.axes(True, axis="x", side="lower")
        figure.axes(True, axis="y", side="left")
        self._ruler("x", canvas_width, [(place, label) for place, label in x_ticks])
        self._ruler("y", canvas_height, [(place, label.rjust(label_width)) for place, label in y_ticks])
        return Frame(self._build(width, height), label_width + 1, canvas_width, canvas_height)

    def line(self, width: int, height: int, path: Strokes, marker: str) -> Codes:
        """Draw one path on a canvas of `width` x `height` cells: character codes, blank where nothing is
        set."""
        dots_across, dots_up = resolution(marker)
        figure = self._canvas(width, height)
        self._ruler("x", width * dots_across, [])
        self._ruler("y", height * dots_up, [])
        signal = figure.signal(
            [column + 0.5 for column in path.columns],
            [row + 0.5 for row in path.rows],
            marker=self._plotext.marker(marker),
        )
        for index, drawn in enumerate(path.drawn):
            if drawn:
                signal.line(index)
        # draw() asks the signal for the colours of every point, at 8 us each, to keep its colour cycle apart
        # from them. No cycle is used here; if plotext renames the method, drawing is only slower.
        signal._get_unique_pixels = list
        figure.draw(signal)
        return self._build(width, height)

    def _canvas(self, width: int, height: int) -> Any:
        figure = self._figure
        figure.clear()
        figure.plot_size(width, height)
        figure.canvas("default")
        figure.axes(False)
        return figure

    def _ruler(self, axis: str, dots: int, ticks: Ticks) -> None:
        ruler = self._figure.ruler(axis)
        ruler.lim(0, dots)
        ruler.alignment(lim="edge")
        ruler.ticks([place for place, _ in ticks], [label for _, label in ticks])

    def _build(self, width: int, height: int) -> Codes:
        lines = self._figure.build().string(colorless=True).split("\n")
        codes = np.full((height, width), ord(" "), dtype=np.uint32)
        for row, line in enumerate(lines[:height]):
            found = np.frombuffer(line[:width].encode("utf-32-le"), dtype=np.uint32)
            codes[row, : len(found)] = found
        return codes
