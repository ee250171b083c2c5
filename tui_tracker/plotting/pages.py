"""The page of each kind of picture."""

from __future__ import annotations

from tui_tracker.model.plot_kind import PlotKind
from tui_tracker.plotting.boxes_page import BoxesPage
from tui_tracker.plotting.importance_page import ImportancePage
from tui_tracker.plotting.page import Page
from tui_tracker.plotting.parallel_page import ParallelPage
from tui_tracker.plotting.scatter_page import ScatterPage


def page_of(kind: PlotKind, *, ascii_only: bool) -> Page:
    """A new page of that kind."""
    pages: dict[PlotKind, type[Page]] = {
        "scatter": ScatterPage,
        "parallel": ParallelPage,
        "boxes": BoxesPage,
        "importance": ImportancePage,
    }
    return pages[kind](ascii_only=ascii_only)
