"""The versions of the chosen model, as a board of stages or as a list; which of the two is remembered."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.css.scalar import Unit
from textual.widgets import ContentSwitcher, Static

from logger.store.registry import ModelVersion
from tui_tracker.model.registry_view import ModelView
from tui_tracker.model.text import clean
from tui_tracker.widgets.stage_board import StageBoard
from tui_tracker.widgets.version_table import VersionTable

_LONGEST_TITLE = 60
_BORDER = 2
_BOARD, _LIST = "board", "list"


class VersionsPane(Vertical):
    """Both ways of showing tell of the cursor by VersionHighlighted and VersionOpened."""

    DEFAULT_CSS = """
    VersionsPane > ContentSwitcher { height: 1fr; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._view: ModelView | None = None
        self._marked: frozenset[int] = frozenset()
        self._model: str | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="model-description", markup=False)
        with ContentSwitcher(initial=_BOARD):
            yield StageBoard(id=_BOARD)
            yield VersionTable(id=_LIST)

    @property
    def shown(self) -> StageBoard | VersionTable:
        """The way that shows."""
        if self.query_one(ContentSwitcher).current == _LIST:
            return self.query_one(VersionTable)
        return self.query_one(StageBoard)

    @property
    def cursor_version(self) -> ModelVersion | None:
        """The version under the cursor; None where there is none."""
        return self.shown.cursor_version

    @property
    def marked(self) -> list[ModelVersion]:
        """The marked versions, the oldest first."""
        versions = self._view.versions if self._view else ()
        found = [version for version in versions if version.version in self._marked]
        return sorted(found, key=lambda version: version.version)

    def show_model(self, view: ModelView) -> None:
        """Show the versions of the chosen model; marks go with another model."""
        self._view = view
        name = view.chosen.name if view.chosen else None
        if name != self._model:
            self._model, self._marked = name, frozenset()
        if view.chosen is not None:
            self.border_title = Content(clean(view.chosen.name, _LONGEST_TITLE))
            description = self.query_one("#model-description", Static)
            description.update(_about(view))
            description.display = bool(view.chosen.description or view.chosen.tags)
        self.border_subtitle = (
            f"showing {len(view.versions):,} of {view.total:,}" if view.total > len(view.versions) else ""
        )
        self._fit_height(view)
        self.shown.show_model(view, self._marked)

    def _fit_height(self, view: ModelView) -> None:
        """No more lines than there is something to show in, unless a person has moved the border below.

        The style sheet says how many at most.
        """
        said = self.styles.height
        if said is not None and said.unit is not Unit.CELLS and self.styles.inline.has_rule("height"):
            return
        about = 2 if self.query_one("#model-description").display else 0
        self.styles.height = self.shown.wanted_height(view) + about + _BORDER

    def choose(self, number: int) -> None:
        """Move the cursor to a version, if it is there."""
        self.shown.choose(number)

    def toggle_view(self) -> None:
        """Board or list."""
        version, focused = self.cursor_version, self.has_focus_within
        switcher = self.query_one(ContentSwitcher)
        switcher.current = _BOARD if switcher.current == _LIST else _LIST
        self._renew()
        if version is not None:
            self.choose(version.version)
        if focused:
            self.shown.focus()

    def toggle_mark(self) -> None:
        """Mark the version under the cursor, or unmark it."""
        version = self.cursor_version
        if version is not None:
            self._marked = self._marked ^ {version.version}
            self._renew()

    def refresh_ages(self) -> None:
        """Write the ages as they are by now."""
        self.shown.refresh_ages()

    def on_resize(self, event: events.Resize) -> None:
        if self.shown.id == _LIST:
            self._renew()

    def _renew(self) -> None:
        if self._view is not None:
            self._fit_height(self._view)
            self.shown.show_model(self._view, self._marked)


def _about(view: ModelView) -> Content:
    assert view.chosen is not None
    tags = "  ".join(clean(f"#{key}={value}", 80) for key, value in view.chosen.tags.items())
    pieces = [(clean(view.chosen.description), ""), ("  " if tags else "", ""), (tags, "$accent 80%")]
    return Content.assemble(*pieces)
