"""The table of a comparison: a row for each thing, a column for each run.

Every cell is a Text made here when it comes into view, from cleaned text: nothing that a store holds is read as markup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType

from tui_tracker.commands import moving
from tui_tracker.model.cells import fit, fit_end, width_of
from tui_tracker.model.columns import STATUS, STATUS_GLYPHS
from tui_tracker.model.comparison import ComparisonRow, Subject
from tui_tracker.model.comparison_sheet import Change, cell_text, change_text
from tui_tracker.model.text import clean
from tui_tracker.widgets.side_by_side import SideBySide

_BEST = "★"
_WIDEST_VALUE = 28
_WIDEST_LABEL = 32
# Names of what is compared leave at least this part of the width to the runs.
_LABEL_SHARE = 0.4


@dataclass(frozen=True)
class _Line:
    """A line of the table, in words."""

    label: str
    row: ComparisonRow | None = None
    """None for a heading"""
    values: Sequence[str] = ()
    """for each run"""
    changes: Sequence[str] = ()
    """of a metric: how far each run is from the baseline"""

    @property
    def is_metric(self) -> bool:
        return self.row is not None and self.row.section == "metrics"


class ComparisonTable(SideBySide):
    """Runs side by side; the first column names what is compared."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "comparison--section",
        "comparison--label",
        "comparison--equal",
        "comparison--missing",
        "comparison--best",
        "comparison--better",
        "comparison--worse",
        "comparison--delta",
    }
    DEFAULT_CSS = """
    ComparisonTable {
        height: 1fr;
        background: $surface;
        scrollbar-size: 0 1;
        & > .comparison--section { color: $accent; }
        & > .comparison--label { color: $foreground; }
        & > .comparison--equal { color: $text-muted; }
        & > .comparison--missing { color: $text-disabled; }
        & > .comparison--best { color: $success; text-style: bold; }
        & > .comparison--better { color: $success; }
        & > .comparison--worse { color: $error; }
        & > .comparison--delta { color: $text-muted; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *moving.moves(
            up="cursor_up",
            down="cursor_down",
            left="previous_column",
            right="next_column",
            page_up="page_up",
            page_down="page_down",
            last="last_row",
        ),
        # `g` shows the code of what is compared.
        Binding("home", "first_row", show=False, id=moving.First.id),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shown: object = None
        self._again: Callable[[], None] | None = None
        self._lines: list[_Line] = []
        self._value_widths: list[int] = []

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, lambda _: self._show_again())

    def on_resize(self) -> None:
        self._show_again()

    def _show_again(self) -> None:
        """What is shown, in the colours and the width that there are: headings hold the colours they were made with."""
        if self._again is not None:
            self._again()

    @property
    def current(self) -> ComparisonRow | None:
        """What the cursor is on; None on a heading and in an empty table."""
        return self._lines[self.cursor_row].row if self.cursor_row < len(self._lines) else None

    def show(
        self,
        subjects: Sequence[Subject],
        rows: Sequence[ComparisonRow],
        baseline: int,
        colours: Mapping[int, str],
        change: Change = "difference",
    ) -> None:
        """Show rows, given all that are to be seen; a table that would look the same is left alone."""
        self._again = partial(self.show, subjects, rows, baseline, colours, change)
        shown = (
            tuple(subject.run for subject in subjects),
            tuple(rows),
            baseline,
            dict(colours),
            change,
            self.app.theme,
            self._widest_label,
        )
        if repr(shown) == self._shown:
            return
        self._shown = repr(shown)
        runs = range(len(subjects))
        self._lines = list(_lines(rows, runs, change, self._widest_label))
        metrics = [line for line in self._lines if line.is_metric]
        self._value_widths = [
            max((width_of(line.values[place]) for line in metrics), default=0) for place in runs
        ]
        headings = [
            Text(""),
            *(
                self._heading(subject, place == baseline, colours.get(subject.run.id))
                for place, subject in enumerate(subjects)
            ),
        ]
        self.put(
            headings,
            [
                max((width_of(line.label) for line in self._lines), default=0),
                *(
                    max(
                        [
                            width_of(headings[place + 1].plain),
                            *(self._width(line, place) for line in self._lines),
                        ]
                    )
                    for place in runs
                ),
            ],
            len(self._lines),
            self._text,
        )

    @property
    def _widest_label(self) -> int:
        return max(min(_WIDEST_LABEL, int(self.size.width * _LABEL_SHARE) - 2), 8)

    def _width(self, line: _Line, place: int) -> int:
        if line.row is None:
            return 0
        if not line.is_metric:
            return width_of(line.values[place])
        changed = line.changes[place]
        return self._value_widths[place] + 1 + (1 + width_of(changed) if changed else 0)

    def _text(self, place: int, column: int) -> Text:
        """The cell of a line; column 0 names it."""
        line = self._lines[place]
        row = line.row
        if row is None:
            return Text(line.label, self._part("section")) if not column else Text("")
        if not column:
            return Text(line.label, self._part("label" if row.differs else "equal"))
        if line.is_metric:
            return self._metric_cell(row, line, column - 1)
        return Text(line.values[column - 1], self._style(row, column - 1))

    def _heading(self, subject: Subject, is_baseline: bool, colour: str | None) -> Text:
        heading = Text()
        if colour is not None:
            heading.append("▌", Style(color=colour))
        heading.append(f"{STATUS_GLYPHS.get(subject.run.status, '?')} ")
        name = clean(str(subject.run.name), 200)
        heading.append(fit(name, min(width_of(name), _WIDEST_VALUE)))
        if is_baseline:
            heading.append(" baseline", self._part("delta"))
        return heading

    def _metric_cell(self, row: ComparisonRow, line: _Line, place: int) -> Text:
        """Right-aligned, with the difference beside it."""
        cell = Text(fit(line.values[place], self._value_widths[place], "right"), self._style(row, place))
        cell.append(_BEST if place in row.best else " ", self._part("best"))
        if line.changes[place]:
            improves = row.improves(place)
            part = "delta" if improves is None else "better" if improves else "worse"
            cell.append(f" {line.changes[place]}", self._part(part))
        return cell

    def _style(self, row: ComparisonRow, place: int) -> Style:
        if row.values[place] is None:
            return self._part("missing")
        if place in row.best:
            return self._part("best")
        if row.field == STATUS:
            return self._part("label")
        return self._part("label" if row.differs else "equal")

    def _part(self, name: str) -> Style:
        blended = self.get_component_rich_style(f"comparison--{name}")
        return Style(color=blended.color, bold=blended.bold or None)


def _lines(rows: Sequence[ComparisonRow], runs: range, change: Change, widest_label: int) -> Iterator[_Line]:
    """Every row, with a heading before the first of each section."""
    section = None
    for row in rows:
        if row.section != section:
            section = row.section
            yield _Line(section)
        label = clean(row.label, 200)
        values = [_value(row, place) for place in runs]
        changes = [change_text(row, place, change) for place in runs] if section == "metrics" else ()
        yield _Line("  " + fit_end(label, min(width_of(label), widest_label)), row, values, changes)


def _value(row: ComparisonRow, place: int) -> str:
    text = cell_text(row, place)
    return fit(text, min(width_of(text), _WIDEST_VALUE))
