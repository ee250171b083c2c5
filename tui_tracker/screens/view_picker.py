"""The dialog of saved views: one is chosen, saved, deleted, or made what an experiment is shown as at first.

The field on top keeps the focus: it searches, and names the view that is saved.
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui_tracker.model.cells import fit
from tui_tracker.model.saved_views import LONGEST_NAME, SavedView, SavedViews
from tui_tracker.model.text import clean
from tui_tracker.widgets.plain_input import PlainInput

_NAME_WIDTH = 24
_HELP = "enter shows · ctrl+s saves the present view so · ctrl+d deletes · ctrl+t at first here · esc leaves"
_NONE = "no view is saved yet: type a name, ctrl+s saves how the runs are shown"


class ViewPicker(ModalScreen[SavedView | None]):
    """Answers the view to show, or None."""

    DEFAULT_CSS = """
    ViewPicker {
        align: center middle;
        & > Vertical {
            width: 96;
            max-width: 96%;
            height: 70%;
            border: round $accent;
            border-title-color: $accent;
            background: $surface;
            padding: 0 1;
        }
        Input { padding: 0 1; margin: 0 0 1 0; background: $panel; }
        OptionList {
            height: 1fr;
            border: none;
            padding: 0;
            background: $surface;
            scrollbar-size: 0 1;
            text-wrap: nowrap;
            text-overflow: ellipsis;
        }
        Static { height: auto; color: $text-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave", priority=True),
        Binding("enter", "show", "show", priority=True),
        Binding("ctrl+s", "save", "save", priority=True),
        Binding("ctrl+d", "delete", "delete", priority=True),
        Binding("ctrl+t", "toggle_default", "at first", priority=True),
        Binding("up", "highlight(-1)", "up", priority=True),
        Binding("down", "highlight(1)", "down", priority=True),
    ]

    def __init__(self, views: SavedViews, present: SavedView, experiment: str) -> None:
        """`present` is how the runs are shown, under no name; `experiment` is empty for all runs together."""
        super().__init__()
        self._views = views
        self._present = present
        self._experiment = experiment
        self._listed: list[SavedView] = []
        self._replacing = ""

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "Views"
            yield PlainInput(
                placeholder="search, or name the present view",
                max_length=LONGEST_NAME,
                select_on_focus=False,
                compact=True,
            )
            yield OptionList(markup=False)
            yield Static(id="said", markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        self._list()

    @property
    def _typed(self) -> str:
        return self.query_one(Input).value.strip()

    @property
    def highlighted_view(self) -> SavedView | None:
        """The view that the keys act on."""
        place = self.query_one(OptionList).highlighted
        return None if place is None or place >= len(self._listed) else self._listed[place]

    def _list(self, stand_on: str = "", said: str = "") -> None:
        self._replacing = ""
        words = self._typed.casefold().split()
        every = self._views.all()
        found = [view for view in every if all(word in view.name.casefold() for word in words)]
        # What is saved under a new name is shown whatever was searched for.
        self._listed = found or ([view for view in every if view.name == stand_on])
        default = self._views.default_of(self._experiment)
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(
            [
                Option(_prompt(view, default is not None and view.name == default.name))
                for view in self._listed
            ]
        )
        places = [place for place, view in enumerate(self._listed) if view.name == stand_on]
        options.highlighted = places[0] if places else 0 if self._listed else None
        empty = _NONE if not every else "no view is called so: ctrl+s saves the present one under this name"
        self.query_one("#said", Static).update(Content(said or (_HELP if self._listed else empty)))

    @on(Input.Changed)
    def _search(self, message: Input.Changed) -> None:
        message.stop()
        self._list()

    @on(OptionList.OptionSelected)
    def _clicked(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        self.action_show()

    def action_highlight(self, step: int) -> None:
        options = self.query_one(OptionList)
        if self._listed:
            self._replacing = ""
            options.highlighted = max(0, min((options.highlighted or 0) + step, len(self._listed) - 1))

    def action_save(self) -> None:
        """Under what is typed; without that, in the place of the highlighted view."""
        view = self.highlighted_view
        name = self._typed or (view.name if view is not None else "")
        if not name:
            self._list(said="type a name for it first")
            return
        replaced = self._views.get(name) is not None
        if replaced and self._replacing != name:
            self._list(
                name, clean(f"{name} is there already: ctrl+s again puts the present view in its place")
            )
            self._replacing = name
            return
        self._views.save(replace(self._present, name=name))
        self._list(name, clean(f"{'replaced' if replaced else 'saved'} {name}", LONGEST_NAME + 10))

    def action_delete(self) -> None:
        view = self.highlighted_view
        if view is not None:
            self._views.delete(view.name)
            self._list(said=clean(f"deleted {view.name}", LONGEST_NAME + 10))

    def action_toggle_default(self) -> None:
        """Make the view what the experiment is shown as at first, or no longer."""
        view = self.highlighted_view
        if view is not None:
            default = self._views.default_of(self._experiment)
            is_default = default is not None and default.name == view.name
            self._views.set_default(self._experiment, None if is_default else view.name)
            self._list(view.name)

    def action_show(self) -> None:
        view = self.highlighted_view
        if view is not None:
            self.dismiss(view)

    def action_leave(self) -> None:
        self.dismiss(None)


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
