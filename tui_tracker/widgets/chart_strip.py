"""The line above a grid of charts: its tabs, and which page of how many charts is shown."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from tui_tracker.model.chart_choice import ALL
from tui_tracker.widgets.tab_strip import TabStrip

LONGEST_TAB = 16
"""Characters of a tab's title."""


class ChartStrip(Horizontal):
    """Clicks on a tab arrive as `TabStrip.Chosen`."""

    DEFAULT_CSS = """
    ChartStrip {
        height: 1;
        display: none;
        & > TabStrip { width: 1fr; padding: 0; }
        & > #page { width: auto; padding-left: 1; color: $foreground 55%; }
        &.-shown { display: block; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._told = ""

    def compose(self) -> ComposeResult:
        """Lay out the tabs and, on the right, the page."""
        yield TabStrip(id="tabs")
        yield Static(id="page")

    def show_tabs(self, tabs: Sequence[str], chosen: str) -> None:
        """Show these tabs, cleaned; a single one says nothing and is left out."""
        strip = self.query_one(TabStrip)
        strip.titles = tuple(map(_shortened, tabs)) if len(tabs) > 1 else ()
        strip.chosen = tabs.index(chosen) if chosen in tabs else 0

    def show_page(self, first: int, shown: int, total: int) -> None:
        """Say which charts are in view, unless all are; the first has the place 0."""
        last = first + shown
        which = f"chart {last}" if shown == 1 else f"charts {first + 1}-{last}"
        text = f"{which} of {total}" if total > shown else ""
        if text != self._told:  # a Static that is updated has all be laid out again
            self._told = text
            self.query_one("#page", Static).update(Content(text))


def _shortened(tab: str) -> str:
    if tab == ALL:
        return "all"
    return tab if len(tab) <= LONGEST_TAB else tab[: LONGEST_TAB - 1] + "…"
