"""The versions of a model as a board: a lane for each stage, side by side.

One version is under the cursor: up and down go through its lane, left and right to the next lane that is not empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from logger.store.registry import ARCHIVED, NO_STAGE, PRODUCTION, STAGES, STAGING, ModelVersion
from tui_tracker.commands import moving
from tui_tracker.model import clock
from tui_tracker.model.registry_view import ModelView, has_metric, metric_beside_production
from tui_tracker.widgets.aligned import QUIET
from tui_tracker.widgets.entry_list import Draw, EntryList
from tui_tracker.widgets.lane_entry import MOST_LINES, EntryRoom, entry_height, lane_entry
from tui_tracker.widgets.version_table import STAGE_GLYPHS, VersionHighlighted, VersionOpened

_EMPTY = {
    NO_STAGE: "no new version",
    STAGING: "none on trial",
    PRODUCTION: "none: p promotes one",
    ARCHIVED: "none retired",
}
_NO_MATCH = "no match"
# Cells of a lane beside its text: padding and the scroll bar.
_BESIDE = 3
# An entry takes more lines in lanes at least so high, where not all entries have room for them.
_LINES = ((11, MOST_LINES), (5, 2), (0, 1))


class Lane(Vertical):
    """A title with a count, and the versions of one stage."""

    def __init__(self, stage: str) -> None:
        super().__init__(classes=f"-{stage.lower()}")
        self.stage = stage
        self.versions: tuple[ModelVersion, ...] = ()

    def compose(self) -> ComposeResult:
        yield Static(classes="lane--title", markup=False)
        yield EntryList()
        yield Static(classes="lane--empty", markup=False)

    @property
    def listing(self) -> EntryList:
        return self.query_one(EntryList)

    def put(
        self, versions: tuple[ModelVersion, ...], heights: list[int], draw: Draw, *, parted: bool
    ) -> None:
        """Show these by entries of so many lines, a line between them where `parted`; none is under the cursor."""
        self.versions = versions
        title = Content.assemble(f" {STAGE_GLYPHS[self.stage]} {self.stage} ", (str(len(versions)), "bold"))
        self.query_one(".lane--title", Static).update(title)
        self.listing.put(heights, draw, parted=parted)
        self.listing.can_focus = bool(versions)
        self.set_class(not versions, "-empty")

    def say_why_empty(self, reason: str) -> None:
        """What stands there in place of versions."""
        self.query_one(".lane--empty", Static).update(Content.styled(reason, QUIET))


class StageBoard(Horizontal):
    """Four lanes. The cursor stays on its version, also when that moves to another lane."""

    BINDINGS: ClassVar[list[BindingType]] = moving.moves(left="lane(-1)", right="lane(1)")

    DEFAULT_CSS = """
    StageBoard {
        height: 1fr;
        & > Lane {
            width: 1fr;
            height: 1fr;
            margin-right: 1;
            & > .lane--title { height: 1; background: $panel; color: $foreground 80%; }
            & > .lane--empty { display: none; padding: 0 1; height: 1fr; }
            min-width: 9;
            &.-empty { & > EntryList { display: none; } & > .lane--empty { display: block; } }
            &.-production > .lane--title { background: $success 30%; color: $success; }
            &.-staging > .lane--title { background: $warning 30%; color: $warning; }
            &.-archived { margin-right: 0; }
        }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._view: ModelView | None = None
        self._number: int | None = None
        self._marked: frozenset[int] = frozenset()
        self._awaits_focus = False
        self._now = 0.0

    def compose(self) -> ComposeResult:
        for stage in STAGES:
            yield Lane(stage)

    @staticmethod
    def wanted_height(view: ModelView) -> int:
        """How many lines show all versions in full."""
        longest = max((len(_in_stage(view, stage)) for stage in STAGES), default=0)
        return 1 + longest * (MOST_LINES + 1)

    @property
    def cursor_version(self) -> ModelVersion | None:
        """The version under the cursor; None on an empty board.

        It is where the last key has put it, also while the message that says so is on its way.
        """
        for lane in self.query(Lane):
            row = lane.listing.highlighted
            if row is not None and row < len(lane.versions) and lane.listing.has_focus:
                return lane.versions[row]
        return next((found for _, _, found in self._places() if found.version == self._number), None)

    def show_model(self, view: ModelView, marked: frozenset[int]) -> None:
        """Show the versions of the chosen model; the cursor goes to the first version of another model."""
        if view is self._view:
            self._marked = marked
            self.refresh_ages()
            return
        name = view.chosen.name if view.chosen else None
        before = self._view.chosen.name if self._view and self._view.chosen else None
        self._view, self._marked = view, marked
        if name != before:
            self._number = None
        self._fill()

    def choose(self, number: int) -> None:
        """Move the cursor to a version, if it is there."""
        if any(found.version == number for _, _, found in self._places()):
            self._set_cursor(number)

    def refresh_ages(self) -> None:
        """Write the ages as they are by now."""
        self._now = clock.now()
        for lane in self.query(Lane):
            lane.listing.redraw()

    def focus(self, scroll_visible: bool = True) -> StageBoard:
        """Focus the lane of the cursor, now or when there is one."""
        lane = next((lane for lane, _, found in self._places() if found.version == self._number), None)
        self._awaits_focus = lane is None
        if lane is not None:
            lane.listing.focus(scroll_visible)
        return self

    def on_resize(self, event: events.Resize) -> None:
        self._fill()

    def _fill(self) -> None:
        view = self._view
        if view is None or not self.size:
            return
        focused = self.has_focus_within
        self._now = clock.now()
        lanes = {lane: _in_stage(view, lane.stage) for lane in self.query(Lane)}
        longest = max(map(len, lanes.values()))
        room = self._room(longest)
        parted = room.lines > 1 and longest * (room.lines + 1) <= self.size.height
        for lane, versions in lanes.items():
            lane.say_why_empty(_NO_MATCH if view.is_filtered else _EMPTY[lane.stage])
            heights = [entry_height(room, has_metric=has_metric(view, found)) for found in versions]
            lane.put(versions, heights, partial(self._entry, versions, room), parted=parted)
        numbers = [found.version for found in view.versions]
        if self._number not in numbers:
            self._number = numbers[0] if numbers else None
        if self._number is not None:
            self._set_cursor(self._number)
            if focused or (self._awaits_focus and self.screen.focused is None):
                self.focus()

    def _entry(self, versions: Sequence[ModelVersion], room: EntryRoom, place: int) -> Content:
        assert self._view is not None
        found = versions[place]
        metric = metric_beside_production(self._view, found)
        return lane_entry(found, metric, room, self._now, marked=found.version in self._marked)

    def _room(self, longest: int) -> EntryRoom:
        width = max(self.size.width // len(STAGES) - 1 - _BESIDE, 6)
        height = self.size.height - 1
        if longest * MOST_LINES <= height:
            return EntryRoom(width, MOST_LINES)
        return EntryRoom(width, next(lines for least, lines in _LINES if height >= least))

    def _places(self) -> Iterator[tuple[Lane, int, ModelVersion]]:
        for lane in self.query(Lane):
            for row, version in enumerate(lane.versions):
                yield lane, row, version

    def _set_cursor(self, number: int) -> None:
        self._number = number
        for lane in self.query(Lane):
            row = next((row for row, found in enumerate(lane.versions) if found.version == number), None)
            if row != lane.listing.highlighted:
                lane.listing.highlight(row)
        self.post_message(VersionHighlighted(number))

    def action_lane(self, by: int) -> None:
        """Go to the next lane that is not empty: left (-1) or right (1)."""
        version = self.cursor_version
        lanes = [lane for lane in self.query(Lane) if lane.versions]
        place, row = next(
            ((lanes.index(lane), row) for lane, row, found in self._places() if found is version), (0, 0)
        )
        wanted = place + by
        if 0 <= wanted < len(lanes):
            lane = lanes[wanted]
            self._set_cursor(lane.versions[min(row, len(lane.versions) - 1)].version)
            self.screen.set_focus(lane.listing)

    @on(EntryList.Highlighted)
    def _highlighted(self, event: EntryList.Highlighted) -> None:
        event.stop()
        version = _version_of(event)
        if version is not None and version.version != self._number:
            self._set_cursor(version.version)

    @on(EntryList.Chosen)
    def _chosen(self, event: EntryList.Chosen) -> None:
        event.stop()
        version = _version_of(event)
        if version is not None:
            self.post_message(VersionOpened(version.version))


def _version_of(event: EntryList.Highlighted | EntryList.Chosen) -> ModelVersion | None:
    """None where the list has changed since."""
    lane = event.listing.parent
    if not isinstance(lane, Lane) or not 0 <= event.place < len(lane.versions):
        return None
    return lane.versions[event.place]


def _in_stage(view: ModelView, stage: str) -> tuple[ModelVersion, ...]:
    """A version in no stage of ours, which another program wrote, stands with those that have none."""
    return tuple(
        found
        for found in view.versions
        if found.stage == stage or (stage == NO_STAGE and found.stage not in STAGES)
    )
