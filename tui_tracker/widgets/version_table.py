"""The versions of a model, by stage, with the metrics that tell them apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import DataTable

from logger.store.registry import ARCHIVED, NO_STAGE, PRODUCTION, STAGING, ModelVersion
from tui_tracker.model import clock, formats
from tui_tracker.model.direction import best_places, direction_of
from tui_tracker.model.registry_view import ModelView
from tui_tracker.model.text import clean
from tui_tracker.widgets.run_line import MARK

STAGE_GLYPHS = {PRODUCTION: "●", STAGING: "◐", NO_STAGE: "·", ARCHIVED: "▫"}
_LONGEST_NAME = 24
_STAGE, _AGE = "stage", "age"
# How many metric columns there is room for, from so many screen columns on.
_METRICS = ((160, 4), (130, 3), (100, 2), (0, 1))


@dataclass
class VersionHighlighted(Message):
    """The cursor stands on a version."""

    number: int


@dataclass
class VersionOpened(Message):
    """A version was chosen with Enter or a second click."""

    number: int


class VersionTable(DataTable[Text]):
    """One row a version. The cursor stays on its version when the rows change."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "version-table--production",
        "version-table--staging",
        "version-table--none",
        "version-table--archived",
        "version-table--alias",
        "version-table--quiet",
        "version-table--value",
        "version-table--best",
    }

    DEFAULT_CSS = """
    VersionTable {
        height: 1fr;
        background: $surface;
        scrollbar-size: 1 1;
        &:focus { background-tint: transparent 0%; }
        & > .datatable--header { color: $text-muted; background: $panel; text-style: none; }
        & > .datatable--cursor { background: $foreground 8%; text-style: none; }
        &:focus > .datatable--cursor { background: $primary 30%; }
        & > .datatable--hover { background: $foreground 4%; }
        & > .version-table--production { color: $success; }
        & > .version-table--staging { color: $warning; }
        & > .version-table--none { color: $foreground; }
        & > .version-table--archived { color: $foreground 60%; }
        & > .version-table--alias { color: $accent; }
        & > .version-table--quiet { color: $foreground 60%; }
        & > .version-table--value { color: $foreground; }
        & > .version-table--best { color: $success; text-style: bold; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
        Binding("g", "scroll_top", show=False),
        Binding("G", "scroll_bottom", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, cursor_type="row", cursor_foreground_priority="renderable")
        self._versions: tuple[ModelVersion, ...] = ()
        self._model: str | None = None
        self._filled_with: tuple[ModelView, int] | None = None
        self._marked: frozenset[int] = frozenset()

    @staticmethod
    def wanted_height(view: ModelView) -> int:
        """How many lines show all versions."""
        return 1 + len(view.versions)

    @property
    def cursor_version(self) -> ModelVersion | None:
        """The version under the cursor; None in an empty table."""
        return self._versions[self.cursor_row] if 0 <= self.cursor_row < len(self._versions) else None

    def show_model(self, view: ModelView, marked: frozenset[int]) -> None:
        """Show the versions of the chosen model, with as many metrics as fit; the cursor goes to the top of another
        model.
        """
        most_metrics = next(metrics for columns, metrics in _METRICS if self.app.size.width >= columns)
        if self._filled_with is not None and (
            self._filled_with[0] is view and self._filled_with[1] == most_metrics
        ):
            self._mark(marked)
            return
        self._filled_with, self._marked = (view, most_metrics), marked
        name = view.chosen.name if view.chosen else None
        kept = self.cursor_version if name == self._model else None
        self._versions, self._model = view.versions, name
        metrics = view.metrics[:most_metrics]
        best = {metric: self._best(view, metric) for metric in metrics}
        with self.prevent(DataTable.RowHighlighted):
            self.clear(columns=True)
            for title, key in (("  stage", _STAGE), ("version", None), ("aliases", None), ("run", None)):
                self.add_column(title, key=key)
            self.add_column(Text(_AGE, justify="right"), key=_AGE)
            for metric in metrics:
                self.add_column(Text(clean(metric, _LONGEST_NAME), justify="right"))
            now = clock.now()
            for place, version in enumerate(view.versions):
                values = view.values.get(version.run_id, {}) if version.run_id is not None else {}
                cells = [self._number(values.get(metric), best=place in best[metric]) for metric in metrics]
                self.add_row(
                    *self._cells(version, now, marked=version.version in marked),
                    *cells,
                    key=str(version.version),
                )
        self._restore(kept)

    def _mark(self, marked: frozenset[int]) -> None:
        """Show which versions are marked."""
        changed, self._marked = self._marked ^ marked, marked
        for version in self._versions:
            if version.version in changed:
                cell = self._stage(version, marked=version.version in marked)
                self.update_cell(str(version.version), _STAGE, cell)

    def choose(self, number: int) -> None:
        """Move the cursor to a version, if it is there."""
        for row, version in enumerate(self._versions):
            if version.version == number:
                self.move_cursor(row=row)

    def refresh_ages(self) -> None:
        """Write the ages as they are by now."""
        now = clock.now()
        for version in self._versions:
            age = self._age(version, now)
            if age != self.get_cell(str(version.version), _AGE):
                self.update_cell(str(version.version), _AGE, age)

    def _restore(self, kept: ModelVersion | None) -> None:
        numbers = [version.version for version in self._versions]
        row = numbers.index(kept.version) if kept is not None and kept.version in numbers else 0
        with self.prevent(DataTable.RowHighlighted):
            self.move_cursor(row=row, animate=False)
        if self._versions:
            self.post_message(VersionHighlighted(numbers[row]))

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        event.stop()
        version = self.cursor_version
        if version is not None:
            self.post_message(VersionHighlighted(version.version))

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        event.stop()
        version = self.cursor_version
        if version is not None:
            self.post_message(VersionOpened(version.version))

    def _cells(self, version: ModelVersion, now: float, *, marked: bool) -> Sequence[Text]:
        value = self._part("value")
        return (
            self._stage(version, marked=marked),
            Text(f"v{version.version}", value),
            Text(clean(" ".join(version.aliases), _LONGEST_NAME), self._part("alias")),
            Text(clean(version.run_name or version.source, _LONGEST_NAME), value),
            self._age(version, now),
        )

    def _stage(self, version: ModelVersion, *, marked: bool) -> Text:
        stage = clean(version.stage, _LONGEST_NAME)
        part = f"version-table--{stage.lower()}"
        style = self.get_component_rich_style(part, partial=True) if part in self.COMPONENT_CLASSES else ""
        return Text.assemble(
            (MARK if marked else " ", self._part("alias")),
            (f" {STAGE_GLYPHS.get(version.stage, '?')} {stage}", style),
        )

    def _age(self, version: ModelVersion, now: float) -> Text:
        return Text(formats.age(version.created, now), self._part("quiet"), justify="right")

    def _number(self, value: float | None, *, best: bool) -> Text:
        return Text(formats.number(value), self._part("best" if best else "value"), justify="right")

    def _part(self, name: str) -> str:
        return str(self.get_component_rich_style(f"version-table--{name}", partial=True))

    @staticmethod
    def _best(view: ModelView, metric: str) -> tuple[int, ...]:
        values = [
            view.values.get(version.run_id, {}).get(metric) if version.run_id is not None else None
            for version in view.versions
        ]
        return best_places(values, direction_of(metric))
