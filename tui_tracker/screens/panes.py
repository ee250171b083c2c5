"""Panes whose border is moved: by keys, by the mouse, and as it was in the last session.

A screen names its borders. Each lies between a pane and what follows it, and gives the pane so many cells, or with
`share`, that percentage of what contains it. What the stylesheet says holds until somebody moves the border.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from textual import events
from textual.css.scalar import Scalar, Unit
from textual.screen import Screen
from textual.widget import Widget

from tui_tracker.model.state_file import StateFile

_SECTION = "panes"
_TREES_HIDDEN = "trees hidden"
_FULL = "-full"
# The class of every pane, by which the stylesheet hides them all but one.
_PANE = "-paned"
TREES_HIDDEN = "-tree-hidden"
"""The class of a screen whose trees are folded away."""
ONE_PANE = "-one-pane"
"""The class of a screen that shows one pane only."""


@dataclass(frozen=True)
class Border:
    """A border that can be moved."""

    pane: str
    """the id of the pane before it"""
    upright: bool
    """whether it is moved to the left and right"""
    least: int
    """cells of the pane"""
    left: int
    """cells of what is after it"""


class Panes:
    """The borders of one screen."""

    def __init__(
        self, screen: Screen[None], state: StateFile, borders: Sequence[Border], names: Collection[str]
    ) -> None:
        """`names`: the ids of the panes, each of which can have the screen for itself."""
        self._screen = screen
        self._state = state
        self._borders = borders
        self._names = frozenset(names)
        self._dragged: Border | None = None

    def restore(self) -> None:
        """As they were left, where they were ever moved."""
        remembered: Mapping[str, object] = self._state.section(_SECTION)
        for border in self._borders:
            share = remembered.get(border.pane)
            if isinstance(share, (int, float)) and 0 < share < 100:
                self._apply(border, float(share))
        self._screen.set_class(remembered.get(_TREES_HIDDEN) is True, TREES_HIDDEN)
        full = remembered.get(self._full_key)
        for pane in self._screen.query("*"):
            if pane.id in self._names:
                pane.add_class(_PANE)
                if pane.id == full and pane.id is not None:
                    self._give_all(pane)

    @property
    def _full_key(self) -> str:
        return f"full in {type(self._screen).__name__}"

    def hide_trees(self, hidden: bool) -> None:
        """Fold the trees at the left away, here and in the next session."""
        self._screen.set_class(hidden, TREES_HIDDEN)
        self._state.put(_SECTION, _TREES_HIDDEN, hidden or None)

    def move(self, upright: bool, by: int) -> bool:
        """Move the first border of this direction that shows; whether there was one."""
        border = next(
            (border for border in self._borders if border.upright == upright and self._pane(border).display),
            None,
        )
        if border is None:
            return False
        self._resize(border, self._length(self._pane(border), border) + by)
        return True

    def press(self, event: events.MouseDown) -> None:
        """Take hold of a border, where the mouse is on one."""
        for border in self._borders:
            region = self._pane(border).region
            if not region:
                continue
            if border.upright:
                on_it = (
                    event.screen_x in (region.right - 1, region.right)
                    and region.y <= event.screen_y < region.bottom
                )
            else:
                on_it = (
                    event.screen_y in (region.bottom - 1, region.bottom)
                    and region.x <= event.screen_x < region.right
                )
            if on_it:
                self._dragged = border
                self._pane(border).capture_mouse()
                event.stop()
                return

    def drag(self, event: events.MouseMove) -> None:
        border = self._dragged
        if border is not None:
            region = self._pane(border).region
            place = event.screen_x - region.x if border.upright else event.screen_y - region.y
            self._resize(border, int(place) + 1, remember=False)

    def release(self) -> None:
        border, self._dragged = self._dragged, None
        if border is not None:
            self._pane(border).release_mouse()
            # Text that the mouse came across was not meant.
            self._screen.clear_selection()
            self._remember(border)

    def toggle_full(self) -> None:
        """Give all room between header and keys to the pane that has the focus, or to all again; it stays so."""
        full = self._screen.query(f".{_FULL}")
        focused = self._screen.focused
        around = [] if focused is None else [focused, *focused.ancestors]
        pane = next(
            (widget for widget in around if isinstance(widget, Widget) and widget.id in self._names), None
        )
        if full or pane is None:
            full.remove_class(_FULL)
            self._screen.remove_class(ONE_PANE)
            self._state.put(_SECTION, self._full_key, None)
            self.restore()
        else:
            self._give_all(pane)
            self._state.put(_SECTION, self._full_key, pane.id)

    def _give_all(self, pane: Widget) -> None:
        # What was said of its length does not hold while it has all of it.
        pane.styles.clear_rule("width")
        pane.styles.clear_rule("height")
        pane.add_class(_FULL)
        self._screen.add_class(ONE_PANE)

    def _pane(self, border: Border) -> Widget:
        return self._screen.query_one(f"#{border.pane}")

    def _length(self, pane: Widget, border: Border) -> int:
        """In cells: as it was said last, which may not be on the screen yet, or as it is."""
        said = pane.styles.inline.get_rules().get("width" if border.upright else "height")
        if isinstance(said, Scalar) and said.unit is Unit.PERCENT:
            return int(said.value / 100 * self._room(pane, border))
        return pane.outer_size.width if border.upright else pane.outer_size.height

    def _room(self, pane: Widget, border: Border) -> int:
        whole = pane.parent if isinstance(pane.parent, Widget) else self._screen
        return whole.content_size.width if border.upright else whole.content_size.height

    def _resize(self, border: Border, cells: int, *, remember: bool = True) -> None:
        pane = self._pane(border)
        room = self._room(pane, border)
        cells = max(border.least, min(cells, room - border.left))
        if room > 0 and cells > 0:
            # Half a cell more, since parts of cells are cut off.
            self._apply(border, (cells + 0.5) / room * 100)
            if remember:
                self._remember(border)

    def _apply(self, border: Border, share: float) -> None:
        length = Scalar(share, Unit.PERCENT, Unit.WIDTH if border.upright else Unit.HEIGHT)
        styles = self._pane(border).styles
        if border.upright:
            styles.width = length
        else:
            styles.height = length
            styles.max_height = Scalar(100, Unit.PERCENT, Unit.HEIGHT)

    def _remember(self, border: Border) -> None:
        styles = self._pane(border).styles
        length = styles.width if border.upright else styles.height
        if length is not None:
            self._state.put(_SECTION, border.pane, round(length.value, 2))
