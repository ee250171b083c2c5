"""The table of a comparison: a row for each thing, a column for each run.

Every cell is a Text made here, from cleaned text: nothing that a store holds is read as markup.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import DataTable

from tui_tracker.commands import moving
from tui_tracker.model.cells import fit, fit_end, width_of
from tui_tracker.model.columns import STATUS, STATUS_GLYPHS
from tui_tracker.model.comparison import ComparisonRow, Subject
from tui_tracker.model.comparison_sheet import Change, cell_text, change_text
from tui_tracker.model.text import clean

_BEST = "★"
_WIDEST_VALUE = 28
_WIDEST_LABEL = 32
# Names of what is compared leave at least this part of the width to the runs.
_LABEL_SHARE = 0.4


class ComparisonTable(DataTable[Text]):
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
        & > .datatable--header { background: $panel; color: $foreground; text-style: bold; }
        & > .datatable--fixed { background: $surface; color: $foreground; }
        &:focus { background-tint: transparent 0%; }
        & > .datatable--cursor, & > .datatable--fixed-cursor {
            background: $foreground 8%;
            color: $foreground;
            text-style: none;
        }
        &:focus > .datatable--cursor, &:focus > .datatable--fixed-cursor {
            background: $primary 30%;
            color: $foreground;
        }
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
            left="step_column(-1)",
            right="step_column(1)",
            page_up="page_up",
            page_down="page_down",
            last="scroll_bottom",
            choose="select_cursor",
        ),
        # `g` shows the code of what is compared.
        Binding("home", "scroll_top", show=False, id=moving.First.id),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, cursor_type="row", fixed_columns=1, cell_padding=1)
        self._shown: object = None
        self._again: Callable[[], None] | None = None
        self._rows: list[ComparisonRow | None] = []

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, lambda _: self._show_again())

    def on_resize(self) -> None:
        self._show_again()

    def _show_again(self) -> None:
        """What is shown, in the colours and the width that there are: cells hold the colours they were made with."""
        if self._again is not None:
            self._again()

    def action_step_column(self, by: int) -> None:
        """Scroll by whole runs."""
        widths = [column.get_render_width(self) for column in self.ordered_columns[self.fixed_columns :]]
        starts = [sum(widths[:place]) for place in range(len(widths))]
        here = round(self.scroll_x)
        ahead = [start for start in starts if start > here] if by > 0 else [s for s in starts if s < here]
        if ahead:
            self.scroll_to(x=ahead[0] if by > 0 else ahead[-1], animate=False)

    @property
    def current(self) -> ComparisonRow | None:
        """What the cursor is on; None on a heading and in an empty table."""
        return self._rows[self.cursor_row] if 0 <= self.cursor_row < len(self._rows) else None

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
        cursor, top = self.cursor_row, self.scroll_offset
        self.clear(columns=True)
        cells = [[self._value(row, place) for place in range(len(subjects))] for row in rows]
        lines = self._lines(rows, self._aligned(rows, cells, len(subjects), change), len(subjects))
        headings = [
            Text(""),
            *(
                self._heading(subject, place == baseline, colours.get(subject.run.id))
                for place, subject in enumerate(subjects)
            ),
        ]
        # Measured here, since Textual's own measuring of every cell takes seconds for fifty runs.
        for heading, *column in zip(headings, *lines, strict=True):
            self.add_column(heading, width=max(width_of(text.plain) for text in (heading, *column)))
        self.add_rows(lines)
        self.move_cursor(row=cursor, animate=False, scroll=False)
        self.scroll_to(top.x, top.y, animate=False)

    @property
    def _widest_label(self) -> int:
        return max(min(_WIDEST_LABEL, int(self.size.width * _LABEL_SHARE) - 2), 8)

    def _lines(
        self, rows: Sequence[ComparisonRow], texts: Sequence[Sequence[Text]], runs: int
    ) -> list[list[Text]]:
        """Every row with its name before it, and a heading before the first of each section."""
        section = None
        lines: list[list[Text]] = []
        self._rows = []
        for row, own in zip(rows, texts, strict=True):
            if row.section != section:
                section = row.section
                lines.append([Text(section, self._part("section")), *([Text("")] * runs)])
                self._rows.append(None)
            label = clean(row.label, 200)
            style = self._part("label" if row.differs else "equal")
            label = fit_end(label, min(width_of(label), self._widest_label))
            lines.append([Text(f"  {label}", style), *own])
            self._rows.append(row)
        return lines

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

    @staticmethod
    def _value(row: ComparisonRow, place: int) -> str:
        text = cell_text(row, place)
        return fit(text, min(width_of(text), _WIDEST_VALUE))

    def _aligned(
        self, rows: Sequence[ComparisonRow], cells: Sequence[Sequence[str]], runs: int, change: Change
    ) -> list[list[Text]]:
        """The cells as Text; metrics right-aligned, with their differences beside them."""
        metric_cells = [texts for row, texts in zip(rows, cells, strict=True) if row.section == "metrics"]
        widths = [max((width_of(texts[place]) for texts in metric_cells), default=0) for place in range(runs)]
        return [
            [
                self._metric_cell(row, place, texts[place], widths[place], change)
                if row.section == "metrics"
                else Text(texts[place], self._style(row, place))
                for place in range(runs)
            ]
            for row, texts in zip(rows, cells, strict=True)
        ]

    def _metric_cell(self, row: ComparisonRow, place: int, text: str, width: int, change: Change) -> Text:
        cell = Text(fit(text, width, "right"), self._style(row, place))
        cell.append(_BEST if place in row.best else " ", self._part("best"))
        changed = change_text(row, place, change)
        if changed:
            improves = row.improves(place)
            part = "delta" if improves is None else "better" if improves else "worse"
            cell.append(f" {changed}", self._part(part))
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
