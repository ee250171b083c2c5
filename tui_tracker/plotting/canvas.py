"""The one place that talks to plotext: axes with ticks and labels around an empty canvas, as character codes.

plotext has one figure for the whole process, so whoever draws holds a lock. Most pictures of a curve that grows have
the axes of the picture before, and finished axes are kept.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Codes = NDArray[np.uint32]

KEPT_FRAMES = 256
"""Several pages of charts; a frame takes four bytes a cell."""

ASCII_FRAME = {ord(box): ord(plain) for box, plain in zip("─│└┘┌┐┤├┬┴┼", "-|+++++++++", strict=True)}

_figure_lock = threading.Lock()

Ticks = tuple[tuple[float, str], ...]
"""Places, in cells of the canvas, and their labels."""


@dataclass(frozen=True)
class Frame:
    """Axes and tick labels around an empty canvas."""

    codes: Codes
    """Character codes, height x width of the whole picture; not to be drawn on."""
    left: int
    """The canvas' first column."""
    width: int
    """The canvas' width in cells; its first row is row 0."""
    height: int
    """The canvas' height in cells."""


@lru_cache(maxsize=KEPT_FRAMES)
def frame(
    width: int, height: int, label_width: int, x_ticks: Ticks, y_ticks: Ticks, ascii_only: bool = False
) -> Frame:
    """Draw the axes of a picture of `width` x `height` cells, y labels in `label_width` cells on the left."""
    import plotext

    canvas_width, canvas_height = width - label_width - 1, height - 2
    with _figure_lock:
        plotext.terminal.limit(False, False)  # sizes are ours, not the terminal's
        figure = plotext.figure
        figure.clear()
        figure.plot_size(width, height)
        figure.canvas("default")
        figure.axes(False)
        figure.axes(True, axis="x", side="lower")
        figure.axes(True, axis="y", side="left")
        for axis, cells, ticks in (("x", canvas_width, x_ticks), ("y", canvas_height, y_ticks)):
            ruler = figure.ruler(axis)
            ruler.lim(0, cells)
            ruler.alignment(lim="edge")
            labels = [label.rjust(label_width) if axis == "y" else label for _, label in ticks]
            ruler.ticks([place for place, _ in ticks], labels)
        lines = figure.build().string(colorless=True).split("\n")
        figure.clear()
    return Frame(_codes(lines, width, height, ascii_only), label_width + 1, canvas_width, canvas_height)


def _codes(lines: list[str], width: int, height: int, ascii_only: bool) -> Codes:
    codes = np.full((height, width), ord(" "), dtype=np.uint32)
    for row, line in enumerate(lines[:height]):
        found = np.frombuffer(line[:width].encode("utf-32-le"), dtype=np.uint32)
        codes[row, : len(found)] = found
    if ascii_only:
        for box, plain in ASCII_FRAME.items():
            codes[codes == box] = plain
    codes.flags.writeable = False
    return codes
