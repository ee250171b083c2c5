"""What there is to know of one version, in sections of which one shows."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import ContentSwitcher

from logger.store.registry import RegistryEvent
from tui_tracker.model.registry_view import VersionView
from tui_tracker.model.source import Source
from tui_tracker.widgets.curve_grid import CurveGrid
from tui_tracker.widgets.tab_strip import TabStrip
from tui_tracker.widgets.version_card import VersionCard
from tui_tracker.widgets.version_curves import VersionCurves
from tui_tracker.widgets.version_files import VersionFiles
from tui_tracker.widgets.version_gates import VersionGates
from tui_tracker.widgets.version_history import VersionHistory
from tui_tracker.widgets.version_overview import VersionOverview

OVERVIEW, CURVES, FILES, HISTORY, GATES, CARD = "Overview", "Curves", "Files", "History", "Gates", "Card"
SECTIONS = (OVERVIEW, CURVES, FILES, HISTORY, GATES, CARD)


class VersionDetails(Vertical):
    """A line that names the sections, and the one that was chosen."""

    DEFAULT_CSS = """
    VersionDetails {
        & > #sections { margin-bottom: 1; }
        & > ContentSwitcher { height: 1fr; }
        & > ContentSwitcher > * { height: 1fr; padding: 0 1; scrollbar-size: 0 1; }
    }
    """

    class SectionChosen(Message):
        """Another section shows."""

    def __init__(self, source: Source, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._source = source
        self._number: int | None = None

    def compose(self) -> ComposeResult:
        yield TabStrip(SECTIONS, id="sections")
        with ContentSwitcher(initial=OVERVIEW.lower()):
            yield VersionOverview(id=OVERVIEW.lower())
            yield VersionCurves(self._source, id=CURVES.lower())
            yield VersionFiles(id=FILES.lower())
            yield VersionHistory(id=HISTORY.lower())
            yield VersionGates(id=GATES.lower())
            yield VersionCard(self._source, id=CARD.lower())

    @property
    def section(self) -> str:
        """The one that shows, of `SECTIONS`."""
        return SECTIONS[self.query_one(TabStrip).chosen] if self.is_mounted else OVERVIEW

    @property
    def charts(self) -> CurveGrid | None:
        """The curves, where they show."""
        return self.query_one(VersionCurves).grid if self.section == CURVES else None

    def step_section(self, by: int) -> None:
        """Show the section so many places further right, round the ends."""
        self.show_section((self.query_one(TabStrip).chosen + by) % len(SECTIONS))

    def show_section(self, place: int) -> None:
        """Show the section at this place in `SECTIONS`."""
        focused = self.has_focus_within
        self.query_one(TabStrip).chosen = place
        switcher = self.query_one(ContentSwitcher)
        switcher.current = SECTIONS[place].lower()
        if focused:
            self.focus_section()
        self.post_message(self.SectionChosen())

    def focus_section(self) -> None:
        """Give the focus to what shows."""
        shown = self.query_one(ContentSwitcher).visible_content
        inner = [] if shown is None else [shown, *shown.query("*")]
        target = next((widget for widget in inner if widget.focusable), None)
        if target is not None:
            target.focus()

    @on(TabStrip.Chosen)
    def _show_clicked(self, message: TabStrip.Chosen) -> None:
        message.stop()
        self.show_section(message.place)

    def show_version(self, view: VersionView) -> None:
        """Show this version; another one from its beginning."""
        if view.version.version != self._number:
            self._number = view.version.version
            for part in (VersionOverview, VersionFiles, VersionGates):
                self.query_one(part).scroll_home(animate=False)
        self.query_one(VersionOverview).show_version(view)
        self.query_one(VersionCurves).show_version(view)
        self.query_one(VersionFiles).show_version(view)
        self.query_one(VersionGates).show_version(view)
        self.query_one(VersionCard).show_version(view)

    def show_events(self, events: Sequence[RegistryEvent], number: int | None, now: float) -> None:
        """Show what was done to the model, the newest first; ages are reckoned by `now`, in epoch seconds."""
        self.query_one(VersionOverview).show_events(events, number, now)
        self.query_one(VersionHistory).show_events(events, number, now)

    def toggle_only_version(self) -> None:
        """In the history: the whole model, or the version alone."""
        self.query_one(VersionHistory).toggle_only_version()

    def grew(self, run_ids: frozenset[int]) -> None:
        """Some runs have new points."""
        self.query_one(VersionCurves).grew(run_ids)

    def show_nothing(self, reason: str) -> None:
        """There is no version: say why."""
        self._number = None
        self.border_title = ""
        self.query_one(VersionOverview).show_nothing(reason)
        self.query_one(VersionCurves).show_nothing()
        self.query_one(VersionFiles).show_nothing()
        self.query_one(VersionGates).show_nothing()
        self.query_one(VersionCard).show_nothing()
