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
from tui_tracker.model.extremes import Extremes
from tui_tracker.model.outline import Heading
from tui_tracker.model.row_pages import Line
from tui_tracker.model.table_layout import GAP, PREFIX, Layout
from tui_tracker.model.table_look import TREND

MARK = "▌"
PLOTTED = "▏"
ASCENDING, DESCENDING = "▲", "▼"
MORE_LEFT, MORE_RIGHT = "‹", "›"
NOT_LOADED = "…"
OPENED, CLOSED = "▾", "▸"
BASELINE = "◆"

StyleOf = Callable[[str], Style]


@dataclass(frozen=True)
class View:
    """What a line is drawn with, besides its own values."""

    layout: Layout
    extremes: Mapping[Field, Extremes]
    """the best and the worst value of each metric column, among all runs of the list"""
    colours: Mapping[int, str]
    """by run id: the colour of the run's curve"""
    trends: Mapping[tuple[int, str], str]
    """by run id and metric: its values as bars"""
    baseline: int | None
    """the id of the run that others are compared with"""
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
    arrows = _arrows(order)
    layout = view.layout
    base = view.style_of("header")

    def title(index: int, width: int) -> Segment:
        column = layout.columns[index]
        arrow = arrows.get(column.field, "")
        style = base + view.style_of("header-sorted") if arrow else base
        if focused and index == current:
            style += view.style_of("header-current")
        right = index > 0 and layout.title_align_right(index)
        return Segment(_title(column.title, width, arrow, right=right), style)

    pinned = [
        Segment(" " * PREFIX, base),
        title(0, layout.name_width(view.width)),
        Segment(" " * GAP, base),
        *_pinned(view, lambda index: title(index, layout.width(index)), base),
    ]
    strip = _joined(view, pinned, lambda index: title(index, layout.width(index)), base)
    more_right = view.scroll + view.room < layout.scrolled_width - GAP
    return _with_signs(strip, view, base, left=view.scroll > 0, right=more_right)


def _arrows(order: Sequence[Sort]) -> dict[Field, str]:
    """The sign of each sort key: which way, and of several, the how-manieth it is."""
    signs: dict[Field, str] = {}
    for place, sort in enumerate(order, start=1):
        arrow = DESCENDING if sort.descending else ASCENDING
        signs.setdefault(sort.field, f"{arrow}{place}" if len(order) > 1 else arrow)
    return signs


def _title(title: str, width: int, arrow: str, *, right: bool) -> str:
    text = fit_end(title, max(width - len(arrow), 0)).strip() + arrow
    return fit(text, width, "right" if right else "left")


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
    cell = _cells(view, line, state, background)
    return _joined(view, [*pinned, *_pinned(view, cell, background)], cell, background)


def _cells(view: View, line: Line, state: Style, background: Style) -> Callable[[int], Segment]:
    """What a run's cells are drawn as, by the index of their column."""
    layout, run = view.layout, line.row.run
    quiet = background + view.style_of("quiet")
    value = background + view.style_of("value")
    best = background + view.style_of("best")
    worst = background + view.style_of("worst")

    def cell(index: int) -> Segment:
        place = layout.cells[index - 1]
        field = layout.columns[index].field
        if field.aggregate == TREND:
            trend = view.trends.get((run.id, field.key), "")
            return Segment(layout.cell(index, trend), background + view.style_of("trend"))
        if field.kind == "attribute":
            style = state if field == STATUS else quiet
        else:
            mark = view.extremes[field].mark(line.row.cells[place]) if field in view.extremes else None
            style = {"best": best, "worst": worst, None: value}[mark]
        return Segment(layout.cell(index, line.texts[place]), style)

    return cell


def heading(view: View, group: Heading, *, marked: bool, background: Style) -> Strip:
    """The line of a group: whether it is open, what its runs share, how many they are, their means."""
    layout = view.layout
    style = background + view.style_of("heading")
    name_width = layout.name_width(view.width)
    count = f" {group.runs:,}"
    name = fit(group.name, max(name_width - len(count), 0)) + count
    pinned = [
        Segment(MARK if marked else " ", background + view.style_of("mark")),
        Segment(" ", background),
        Segment(f"{OPENED if group.opened else CLOSED} ", style),
        Segment(fit(name, name_width), style),
        Segment(" " * GAP, background),
    ]

    def cell(index: int) -> Segment:
        return Segment(layout.cell(index, group.texts[layout.cells[index - 1]]), style)

    return _joined(view, [*pinned, *_pinned(view, cell, background)], cell, background)


def _mark(view: View, run_id: int, *, marked: bool, background: Style) -> list[Segment]:
    """A bar in the colour of the run's curve: full for a marked run, thin for one that is only drawn.

    The baseline has a sign of its own, beside the bar.
    """
    colour = view.colours.get(run_id)
    style = background + (view.style_of("mark") if colour is None else Style(color=colour))
    glyph = MARK if marked else PLOTTED if colour is not None else " "
    is_baseline = run_id == view.baseline
    beside = Segment(BASELINE if is_baseline else " ", background + view.style_of("mark"))
    return [Segment(glyph, style), beside]


def not_loaded(view: View, background: Style) -> Strip:
    """A row whose values are on their way."""
    style = background + view.style_of("dim")
    layout = view.layout

    def cell(index: int) -> Segment:
        return Segment(layout.cell(index, NOT_LOADED), style)

    name = Segment(" " * PREFIX + fit(NOT_LOADED, layout.name_width(view.width)) + " " * GAP, style)
    return _joined(view, [name, *_pinned(view, cell, background)], cell, background)


def _pinned(view: View, cell: Callable[[int], Segment], background: Style) -> list[Segment]:
    """The pinned columns, each with the gap after it."""
    gap = Segment(" " * GAP, background)
    return [part for index in range(1, view.layout.first) for part in (cell(index), gap)]


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
