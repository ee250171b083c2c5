"""Drawing one line of the run table: a strip of segments, exactly as wide as it is asked to be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from logger.store.fields import Field, Sort
from tui_tracker.model.cells import fit, fit_end
from tui_tracker.model.columns import STATUS, STATUS_GLYPHS
from tui_tracker.model.row_pages import Line
from tui_tracker.model.table_layout import GAP, PREFIX, Layout

MARK = "▌"
PLOTTED = "▏"
ASCENDING, DESCENDING = "▲", "▼"
MORE_LEFT, MORE_RIGHT = "‹", "›"
NOT_LOADED = "…"

StyleOf = Callable[[str], Style]


@dataclass(frozen=True)
class View:
    """What a line is drawn with, besides its own values."""

    layout: Layout
    best: Mapping[Field, float]
    """the best value of each metric column"""
    colours: Mapping[int, str]
    """by run id: the colour of the run's curve"""
    style_of: StyleOf
    """the style of a part, by its name"""
    width: int
    """cells"""
    scroll: int
    """cells of the scrolled part that are beyond its left edge"""

    @property
    def room(self) -> int:
        """Cells beside the pinned part; below zero where not even that fits."""
        return self.width - self.layout.pinned_width(self.width)


def header(view: View, order: Sequence[Sort], current: int, *, focused: bool) -> Strip:
    """Titles, the arrow at the column that the rows are sorted by, and a sign where more columns are."""
    sorts = {sort.field: sort for sort in reversed(order)}
    layout = view.layout
    base = view.style_of("header")

    def title(index: int, width: int) -> Segment:
        column = layout.columns[index]
        sort = sorts.get(column.field)
        style = base + view.style_of("header-sorted") if sort else base
        if focused and index == current:
            style += view.style_of("header-current")
        right = index > 0 and layout.title_align_right(index)
        return Segment(_title(column.title, width, sort, right=right), style)

    pinned = [Segment(" " * PREFIX, base), title(0, layout.name_width(view.width)), Segment(" " * GAP, base)]
    strip = _joined(view, pinned, lambda index: title(index, layout.width(index)), base)
    more_right = view.scroll + view.room < layout.scrolled_width - GAP
    return _with_signs(strip, view, base, left=view.scroll > 0, right=more_right)


def _title(title: str, width: int, sort: Sort | None, *, right: bool) -> str:
    if sort is None:
        return fit(fit_end(title, width).strip(), width, "right" if right else "left")
    arrow = DESCENDING if sort.descending else ASCENDING
    return fit(fit_end(title, width - 1).strip() + arrow, width, "right" if right else "left")


def _with_signs(strip: Strip, view: View, style: Style, *, left: bool, right: bool) -> Strip:
    start = view.layout.pinned_width(view.width)
    if left and start <= view.width:
        sign = Strip([Segment(MORE_LEFT, style)], 1)
        strip = Strip.join([strip.crop(0, start - 1), sign, strip.crop(start, view.width)])
    if right:
        strip = Strip.join([strip.crop(0, view.width - 1), Strip([Segment(MORE_RIGHT, style)], 1)])
    return strip


def row(view: View, line: Line, *, marked: bool, background: Style) -> Strip:
    """A run: mark, status, name, cells. `background` lies under every part of it."""
    run = line.row.run
    layout = view.layout
    state = background + view.style_of(run.status.lower() if run.status in STATUS_GLYPHS else "quiet")
    name_style = background + view.style_of("name")
    if marked:
        name_style += view.style_of("marked")
    pinned = [
        *_mark(view, run.id, marked=marked, background=background),
        Segment(STATUS_GLYPHS.get(run.status, "?"), state),
        Segment(" ", background),
        Segment(fit(line.name, layout.name_width(view.width)), name_style),
        Segment(" " * GAP, background),
    ]
    quiet = background + view.style_of("quiet")
    value = background + view.style_of("value")
    best = background + view.style_of("best")

    def cell(index: int) -> Segment:
        place = layout.cells[index - 1]
        field = layout.columns[index].field
        if field.kind == "attribute":
            style = state if field == STATUS else quiet
        else:
            style = best if field in view.best and line.row.cells[place] == view.best[field] else value
        return Segment(layout.cell(index, line.texts[place]), style)

    return _joined(view, pinned, cell, background)


def _mark(view: View, run_id: int, *, marked: bool, background: Style) -> list[Segment]:
    """A bar in the colour of the run's curve: full for a marked run, thin for one that is only drawn."""
    colour = view.colours.get(run_id)
    style = background + (view.style_of("mark") if colour is None else Style(color=colour))
    glyph = MARK if marked else PLOTTED if colour is not None else " "
    return [Segment(glyph, style), Segment(" ", background)]


def not_loaded(view: View, background: Style) -> Strip:
    """A row whose values are on their way."""
    style = background + view.style_of("dim")
    layout = view.layout
    pinned = [Segment(" " * PREFIX + fit(NOT_LOADED, layout.name_width(view.width)) + " " * GAP, style)]
    return _joined(view, pinned, lambda index: Segment(layout.cell(index, NOT_LOADED), style), background)


def _joined(view: View, pinned: list[Segment], cell: Callable[[int], Segment], background: Style) -> Strip:
    """The pinned part, and beside it the columns that the scroll position shows.

    Of a column that does not fit whole, only text is shown, up to an ellipsis: part of a number would be read
    as another number.
    """
    pinned_width = view.layout.pinned_width(view.width)
    segments = list(pinned)
    reached = 0
    for index, place, shown in view.layout.visible(view.scroll, view.room):
        segment = cell(index)
        if shown < view.layout.width(index):
            legible = place >= 0 and view.layout.columns[index].align == "left"
            segment = Segment(fit(segment.text, shown) if legible else " " * shown, segment.style)
        segments += [Segment(" " * (max(place, 0) - reached), background), segment]
        reached = max(place, 0) + shown
    if reached < view.room:
        segments.append(Segment(" " * (view.room - reached), background))
    strip = Strip(segments, pinned_width + max(view.room, 0))
    return strip if pinned_width <= view.width else strip.crop(0, view.width)
