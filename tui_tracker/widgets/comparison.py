"""The table of a comparison: a row for each thing, a column for each run.

Every cell is a Text made here, from cleaned text: nothing that a store holds is read as markup.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.widgets import DataTable

from tui_tracker.model import formats
from tui_tracker.model.cells import fit, width_of
from tui_tracker.model.columns import STATUS, STATUS_GLYPHS, format_cell
from tui_tracker.model.comparison import ComparisonRow, Subject
from tui_tracker.model.text import clean

_SECTIONS = {"attribute": "run", "param": "params", "tag": "tags", "metric": "metrics"}
_MISSING = "—"
_BEST = "★"
_WIDEST_VALUE = 28
_WIDEST_LABEL = 32


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

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, cursor_type="row", fixed_columns=1, cell_padding=1)
        self._shown: object = None

    def show(
        self,
        subjects: Sequence[Subject],
        rows: Sequence[ComparisonRow],
        baseline: int,
        colours: Mapping[int, str],
    ) -> None:
        """Show rows, given all that are to be seen; a table that would look the same is left alone."""
        shown = (tuple(subject.run for subject in subjects), tuple(rows), baseline, dict(colours))
        if repr(shown) == self._shown:
            return
        self._shown = repr(shown)
        cursor, top = self.cursor_row, self.scroll_offset
        self.clear(columns=True)
        self.add_column(Text(""))
        for place, subject in enumerate(subjects):
            self.add_column(self._heading(subject, place == baseline, colours.get(subject.run.id)))
        section = None
        cells = [[self._value(row, place) for place in range(len(subjects))] for row in rows]
        for row, texts in zip(rows, self._aligned(rows, cells, len(subjects)), strict=True):
            if row.field.kind != section:
                section = row.field.kind
                self.add_row(Text(_SECTIONS[section], self._part("section")), *([Text("")] * len(subjects)))
            label = clean(row.field.label.removeprefix("tag:"), 200)
            style = self._part("label" if row.differs else "equal")
            self.add_row(Text("  " + fit(label, min(width_of(label), _WIDEST_LABEL)), style), *texts)
        self.move_cursor(row=cursor, animate=False, scroll=False)
        self.scroll_to(top.x, top.y, animate=False)

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

    def _value(self, row: ComparisonRow, place: int) -> str:
        value = row.values[place]
        if value is None:
            return _MISSING
        # Nothing compared is an age, so the clock has no say.
        text = format_cell(row.field, value, 0.0)
        return fit(text, min(width_of(text), _WIDEST_VALUE))

    def _aligned(
        self, rows: Sequence[ComparisonRow], cells: Sequence[Sequence[str]], runs: int
    ) -> list[list[Text]]:
        """The cells as Text; metrics right-aligned, with their differences beside them."""
        metric_cells = [texts for row, texts in zip(rows, cells, strict=True) if row.field.kind == "metric"]
        widths = [max((width_of(texts[place]) for texts in metric_cells), default=0) for place in range(runs)]
        return [
            [
                self._metric_cell(row, place, texts[place], widths[place])
                if row.field.kind == "metric"
                else Text(texts[place], self._style(row, place))
                for place in range(runs)
            ]
            for row, texts in zip(rows, cells, strict=True)
        ]

    def _metric_cell(self, row: ComparisonRow, place: int, text: str, width: int) -> Text:
        cell = Text(fit(text, width, "right"), self._style(row, place))
        cell.append(_BEST if place in row.best else " ", self._part("best"))
        delta = row.deltas[place]
        if delta is not None:
            improves = row.improves(place)
            part = "delta" if improves is None else "better" if improves else "worse"
            cell.append(f" {formats.signed(delta)}", self._part(part))
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
