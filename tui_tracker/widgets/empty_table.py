"""What an empty table of runs says."""

from __future__ import annotations

from tui_tracker.model.selection import Selection
from tui_tracker.model.view import View


def why_empty(selection: Selection, view: View) -> str:
    """Why it is empty and what to do; empty where it is not."""
    if view.total:
        return ""
    if view.of:
        return f"none of {view.of:,} runs matches: / changes the filter, esc takes it away"
    if selection.shelf != "current":
        return f"no {selection.shelf} run here: A goes on to the others"
    if selection.place.experiments:
        return "no run here yet: A shows archived and deleted ones"
    return 'no run yet: a script records the first with `import logger; logger.start_run("my experiment")`'
