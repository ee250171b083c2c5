"""The versions of a model, by stage, with the metrics that tell them apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from logger.store.registry import ARCHIVED, NO_STAGE, PRODUCTION, STAGING, ModelVersion
from tui_tracker.model import clock, formats
from tui_tracker.model.cells import Align, fit, width_of
from tui_tracker.model.direction import best_places, direction_of
from tui_tracker.model.registry_view import ModelView
from tui_tracker.model.text import clean
from tui_tracker.widgets.aligned import QUIET
from tui_tracker.widgets.entry_list import EntryList
from tui_tracker.widgets.run_line import MARK

STAGE_GLYPHS = {PRODUCTION: "●", STAGING: "◐", NO_STAGE: "·", ARCHIVED: "▫"}
_LONGEST_NAME = 24
_TITLES = ("  stage", "version", "aliases", "run", "age")
# These columns give way where there is too little room, the one that is first here last.
_YIELDING = ("run", "aliases")
_LEAST_WIDTH = 6
_GAP = "  "
_STAGE_STYLES = {PRODUCTION: "$success", STAGING: "$warning", ARCHIVED: QUIET}
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


@dataclass(frozen=True)
class _Column:
    """One column as it shows."""

    title: str
    width: int
    align: Align


class VersionTable(Vertical):
    """One row a version. The cursor stays on its version when the rows change."""

    DEFAULT_CSS = """
    VersionTable {
        height: 1fr;
        background: $surface;
        & > .version-table--header {
            height: 1; padding: 0 1; background: $panel; color: $text-muted; text-wrap: nowrap; text-overflow: clip;
        }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._view: ModelView | None = None
        self._marked: frozenset[int] = frozenset()
        self._metrics: tuple[str, ...] = ()
        self._best: dict[str, frozenset[int]] = {}
        self._columns: tuple[_Column, ...] = ()
        self._now = 0.0

    def compose(self) -> ComposeResult:
        yield Static(classes="version-table--header", markup=False)
        yield EntryList()

    @staticmethod
    def wanted_height(view: ModelView) -> int:
        """How many lines show all versions."""
        return 1 + len(view.versions)

    @property
    def listing(self) -> EntryList:
        return self.query_one(EntryList)

    @property
    def _versions(self) -> tuple[ModelVersion, ...]:
        return self._view.versions if self._view is not None else ()

    @property
    def cursor_version(self) -> ModelVersion | None:
        """The version under the cursor; None in an empty table."""
        place = self.listing.highlighted
        return self._versions[place] if place is not None else None

    def focus(self, scroll_visible: bool = True) -> VersionTable:
        """Focus the rows."""
        self.listing.focus(scroll_visible)
        return self

    def show_model(self, view: ModelView, marked: frozenset[int]) -> None:
        """Show the versions of the chosen model, with as many metrics as fit; the cursor goes to the top of another
        model.
        """
        self._marked = marked
        if view is self._view:
            self.refresh_ages()
            return
        same_model = self._view is not None and self._view.chosen == view.chosen
        kept = self.cursor_version if same_model else None
        self._view = view
        self._fill(kept.version if kept is not None else None)
        version = self.cursor_version
        if version is not None:
            self.post_message(VersionHighlighted(version.version))

    def on_resize(self, event: events.Resize) -> None:
        version = self.cursor_version
        self._fill(version.version if version is not None else None)

    def choose(self, number: int) -> None:
        """Move the cursor to a version, if it is there."""
        place = self._place_of(number)
        if place is not None and place != self.listing.highlighted:
            self.listing.highlight(place)
            self.post_message(VersionHighlighted(number))

    def refresh_ages(self) -> None:
        """Write the ages as they are by now."""
        self._now = clock.now()
        self.listing.redraw()

    def texts(self, place: int) -> list[str]:
        """The cells of a row, as many as there are columns."""
        version = self._versions[place]
        stage = clean(version.stage, _LONGEST_NAME)
        values = self._values(version)
        return [
            f"{MARK if version.version in self._marked else ' '} {STAGE_GLYPHS.get(version.stage, '?')} {stage}",
            f"v{version.version}",
            clean(" ".join(version.aliases), _LONGEST_NAME),
            clean(version.run_name or version.source, _LONGEST_NAME),
            formats.age(version.created, self._now),
            *(formats.number(values.get(metric)) for metric in self._metrics),
        ]

    def _fill(self, number: int | None) -> None:
        """Show all rows, with the cursor on this version, or on the first."""
        view = self._view
        if view is None:
            return
        self._now = clock.now()
        most_metrics = next(metrics for columns, metrics in _METRICS if self.app.size.width >= columns)
        self._metrics = view.metrics[:most_metrics]
        self._best = {metric: frozenset(self._best_places(metric)) for metric in self._metrics}
        self._columns = self._laid_out()
        titles = [fit(column.title, column.width, column.align) for column in self._columns]
        self.query_one(".version-table--header", Static).update(Content(_GAP.join(titles)))
        self.listing.put([1] * len(view.versions), self._row)
        place = self._place_of(number)
        if view.versions:
            self.listing.highlight(0 if place is None else place)

    def _laid_out(self) -> tuple[_Column, ...]:
        """The columns, as wide as what is in them, and together no wider than the table if that can be."""
        titles = [*_TITLES, *(clean(metric, _LONGEST_NAME) for metric in self._metrics)]
        widths = [width_of(title) for title in titles]
        for place in range(len(self._versions)):
            widths = [max(pair) for pair in zip(widths, map(width_of, self.texts(place)), strict=True)]
        room = self.listing.scrollable_content_region.width - 2
        for title in _YIELDING:
            column = titles.index(title)
            over = sum(widths) + len(_GAP) * (len(widths) - 1) - room
            if over > 0 < room:
                widths[column] = max(widths[column] - over, min(widths[column], _LEAST_WIDTH))
        first_number = _TITLES.index("age")
        return tuple(
            _Column(title, width, "right" if place >= first_number else "left")
            for place, (title, width) in enumerate(zip(titles, widths, strict=True))
        )

    def _row(self, place: int) -> Content:
        version = self._versions[place]
        styles = [
            _STAGE_STYLES.get(version.stage, "$foreground"),
            "$foreground",
            "$accent",
            "$foreground",
            QUIET,
            *("bold $success" if place in self._best[metric] else "$foreground" for metric in self._metrics),
        ]
        pieces: list[tuple[str, str] | str] = []
        for column, text, style in zip(self._columns, self.texts(place), styles, strict=True):
            shown = fit(text, column.width, column.align)
            if not pieces:
                # The mark has a colour of its own.
                pieces += [(shown[:1], "$accent"), (shown[1:], style)]
            else:
                pieces += [_GAP, (shown, style)]
        return Content.assemble(*pieces)

    def _place_of(self, number: int | None) -> int | None:
        return next((at for at, version in enumerate(self._versions) if version.version == number), None)

    def _values(self, version: ModelVersion) -> Mapping[str, float]:
        if self._view is None or version.run_id is None:
            return {}
        return self._view.values.get(version.run_id, {})

    def _best_places(self, metric: str) -> Sequence[int]:
        values = [self._values(version).get(metric) for version in self._versions]
        return best_places(values, direction_of(metric))

    @on(EntryList.Highlighted)
    def _highlighted(self, event: EntryList.Highlighted) -> None:
        event.stop()
        if event.place < len(self._versions):
            self.post_message(VersionHighlighted(self._versions[event.place].version))

    @on(EntryList.Chosen)
    def _chosen(self, event: EntryList.Chosen) -> None:
        event.stop()
        if event.place < len(self._versions):
            self.post_message(VersionOpened(self._versions[event.place].version))
