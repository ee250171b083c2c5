"""The dialog of saved views: one is chosen, saved, deleted, or made what an experiment is shown as at first.

The field on top searches, and names the view that is saved.
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Input

from tui_tracker.commands import dialogs
from tui_tracker.model.cells import fit
from tui_tracker.model.saved_views import LONGEST_NAME, SavedView, SavedViews
from tui_tracker.model.text import clean
from tui_tracker.screens.search_list import SearchList

_NAME_WIDTH = 24
_NONE = "no view is saved yet: type a name, ctrl+s saves how the runs are shown"
_NONE_CALLED_SO = "no view is called so: ctrl+s saves the present one under this name"
_THERE = "is there already: ctrl+s again puts the present view in its place"


class ViewPicker(SearchList[SavedView, SavedView]):
    """Answers the view to show, or None."""

    DEFAULT_CSS = """
    ViewPicker {
        & > Vertical { width: 96; min-height: 18; }
        Static { height: auto; }
    }
    """
    TITLE_OF_BOX = "Views"
    HINTS = (
        (dialogs.Accept, "shows"),
        (dialogs.SaveView, "saves the present view so"),
        (dialogs.DeleteView, "deletes"),
        (dialogs.ViewAtFirst, "at first here"),
        (dialogs.Leave, "leaves"),
    )
    PLACEHOLDER = "search, or name the present view"
    LONGEST_SEARCH = LONGEST_NAME
    SPACE_ACTS = False
    BINDINGS: ClassVar[list[BindingType]] = [
        dialogs.SaveView.on("save", priority=True),
        dialogs.DeleteView.on("delete", priority=True),
        dialogs.ViewAtFirst.on("toggle_default", priority=True),
    ]

    def __init__(self, views: SavedViews, present: SavedView, experiment: str) -> None:
        """`present` is how the runs are shown, under no name; `experiment` is empty for all runs together."""
        super().__init__()
        self._views = views
        self._present = present
        self._experiment = experiment
        self._replacing = ""

    @property
    def nothing_found(self) -> str:
        return _NONE_CALLED_SO if self._views.all() else _NONE

    def matching(self, search: str) -> list[SavedView]:
        words = search.casefold().split()
        return [view for view in self._views.all() if all(word in view.name.casefold() for word in words)]

    def prompt(self, entry: SavedView) -> Content:
        default = self._views.default_of(self._experiment)
        return _prompt(entry, default is not None and entry.name == default.name)

    def accept(self, entry: SavedView | None) -> SavedView | None:
        return entry

    def _say(self, said: str = "", name: str = "") -> None:
        """List the views again, the highlight on the one of this name, else where it was."""
        self.list_again(self._views.get(name), clean(said))

    def action_highlight(self, step: int) -> None:
        self._replacing = ""
        super().action_highlight(step)

    def action_save(self) -> None:
        """Under what is typed; without that, in the place of the highlighted view."""
        view, typed = self.highlighted, self.query_one(Input).value.strip()
        name = typed or (view.name if view is not None else "")
        replaced = bool(name) and self._views.get(name) is not None
        if not name:
            self._say("type a name for it first")
        elif replaced and self._replacing != name:
            self._replacing = name
            self._say(f"{name} {_THERE}", name)
        else:
            self._replacing = ""
            self._views.save(replace(self._present, name=name))
            self._say(f"{'replaced' if replaced else 'saved'} {name}", name)

    def action_delete(self) -> None:
        view = self.highlighted
        if view is not None:
            self._replacing = ""
            self._views.delete(view.name)
            self._say(f"deleted {view.name}")

    def action_toggle_default(self) -> None:
        """Make the view what the experiment is shown as at first, or no longer."""
        view = self.highlighted
        if view is not None:
            default = self._views.default_of(self._experiment)
            is_default = default is not None and default.name == view.name
            self._views.set_default(self._experiment, None if is_default else view.name)
            self._say(name=view.name)


def _prompt(view: SavedView, is_default: bool) -> Content:
    look = view.look
    parts = [view.text or "all runs"]
    if look.order:
        parts.append("by " + ", ".join(sort.field.label for sort in look.order))
    if look.columns is not None:
        parts.append(f"{len(look.columns)} columns")
    if look.grouped:
        parts.append("in groups of " + ", ".join(field.label for field in look.groups))
    return Content.assemble(
        ("★ " if is_default else "  ", "$accent"),
        (fit(clean(view.name, LONGEST_NAME), _NAME_WIDTH), "bold"),
        ("  " + clean(" · ".join(parts), 400), "$text-muted"),
    )
