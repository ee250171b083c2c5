"""Where text goes around the lines: names beside the line ends, the title row, the outline of a rectangle."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from tui_tracker.plotting import roles
from tui_tracker.plotting.grid import Grid, fit
from tui_tracker.plotting.spec import ChartSpec

MIN_WIDTH_FOR_LABELS = 36
"""Charts narrower than this give all their room to the lines."""

LABEL_SHARE = 4
"""Names take at most one part in this many of the width."""

MIN_LABEL = 7
"""Cells below which a name says nothing."""


def label_width(spec: ChartSpec, labels: Sequence[str]) -> int:
    """Return the width of the margin for names, with a glyph and a blank before each; 0 for none."""
    if not spec.labels or not labels or spec.width < MIN_WIDTH_FOR_LABELS:
        return 0
    longest = max(len(fit(label, spec.width)) for label in labels) + 3
    return min(longest, max(MIN_LABEL, spec.width // LABEL_SHARE))


def spread(wanted: Sequence[int], rows: int) -> list[int]:
    """Return a row for each wanted one, ascending like them, no two the same, each near its wish.

    `wanted` is ascending and holds at most `rows` rows of 0 .. rows - 1.
    """
    placed: list[int] = []
    for row in wanted:
        placed.append(max(row, placed[-1] + 1 if placed else 0))
    limit = rows - 1
    for i in range(len(placed) - 1, -1, -1):
        placed[i] = min(placed[i], limit)
        limit = placed[i] - 1
    return placed


def write_labels(
    canvas: Grid, spec: ChartSpec, column: int, rows: int, ends: Sequence[tuple[int, int, str, str]]
) -> None:
    """Write names into the margin from `column`, beside the `rows` rows of the plot.

    `ends` are (row of the line's end, slot, glyph, name). Names that find no row are counted in the last one.
    """
    ordered = sorted(ends, key=lambda end: end[0])
    left_out = len(ordered) - rows
    free = rows
    if left_out > 0:
        free = rows - 1
        ordered = ordered[:free]
    names = shortened([end[3] for end in ordered], spec.width - column - 3, spec.ascii_only)
    places = spread([end[0] for end in ordered], free)
    for row, (_, slot, glyph, _), name in zip(places, ordered, names, strict=True):
        canvas.write(row, column, [" ", glyph, " ", *name], roles.series_role(slot))
    if left_out > 0:
        canvas.write(rows - 1, column, fit(f" +{left_out + 1} more", spec.width - column), roles.NOTE)


def shortened(labels: Sequence[str], room: int, ascii_only: bool = False) -> list[list[str]]:
    """Return the cells of names in at most `room` cells each; where they are too long, without what all begin with."""
    cells = [fit(label, 10_000, ascii_only) for label in labels]
    if len(cells) > 1 and any(len(name) > room for name in cells):
        alike = (len(set(column)) == 1 for column in zip(*cells, strict=False))
        shared = min(len(list(takewhile(bool, alike))), max(map(len, cells)) - room + 1)
        # A sign for what is left out takes a cell, and a wide character's second half cannot stand alone.
        while shared > 0 and any(name[shared : shared + 1] == [""] for name in cells):
            shared -= 1
        if shared > 2:
            cells = [["~" if ascii_only else "…", *name[shared:]] for name in cells]
    return [fit("".join(name), room, ascii_only) for name in cells]


def write_title(canvas: Grid, spec: ChartSpec, notes: Sequence[str]) -> None:
    """Write the title row: the name on the left, remarks on the right as far as there is room for whole
    ones."""
    end = canvas.write(0, 0, fit(spec.title, spec.width, spec.ascii_only), roles.TITLE)
    separator = " - " if spec.ascii_only else " · "
    kept = list(notes)
    while kept and len(separator.join(kept)) > spec.width - end - 2:
        kept.pop()
    text = separator.join(kept)
    canvas.write(0, spec.width - len(text), fit(text, len(text)), roles.NOTE)


def write_box(canvas: Grid, box: tuple[int, int, int, int], ascii_only: bool) -> None:
    """Outline a rectangle of cells: first and last column, first and last row. Of one row, underline it."""
    left, right, top, bottom = box
    corners, level, upright = ("++++", "-", "|") if ascii_only else ("┌┐└┘", "─", "│")
    for column in range(left, right + 1):
        canvas.put(top, column, level, roles.CURSOR)
        canvas.put(bottom, column, level, roles.CURSOR)
    if top == bottom:
        return
    for row in range(top, bottom + 1):
        canvas.put(row, left, upright, roles.CURSOR)
        canvas.put(row, right, upright, roles.CURSOR)
    for corner, (row, column) in zip(
        corners, ((top, left), (top, right), (bottom, left), (bottom, right)), strict=True
    ):
        canvas.put(row, column, corner, roles.CURSOR)
