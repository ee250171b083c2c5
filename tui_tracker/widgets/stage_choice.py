"""One line from which a stage is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from logger.store.registry import STAGES
from tui_tracker.commands import moving
from tui_tracker.widgets.aligned import QUIET

_PADDING = 1
_GAP = 1
# Below so many columns of the terminal the stages stand close together.
_ROOMY = 72


class StageChoice(Widget, can_focus=True):
    """The four stages in a row; the arrows or a click choose."""

    DEFAULT_CSS = """
    StageChoice { height: 1; width: auto; }
    """

    BINDINGS: ClassVar[list[BindingType]] = moving.moves(left="step(-1)", right="step(1)")

    stage: reactive[str] = reactive(STAGES[0])

    @dataclass
    class Changed(Message):
        """Another stage was chosen."""

        stage: str

    def __init__(self, stage: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.set_reactive(StageChoice.stage, stage)

    def watch_stage(self, stage: str) -> None:
        self.post_message(self.Changed(stage))

    def action_step(self, by: int) -> None:
        self.stage = STAGES[(STAGES.index(self.stage) + by) % len(STAGES)]

    def on_click(self, event: events.Click) -> None:
        start = 0
        for stage in STAGES:
            end = start + len(stage) + 2 * _PADDING
            if start <= event.x < end:
                self.stage = stage
            start = end + self._gap

    def get_content_width(self, container: object, viewport: object) -> int:
        return sum(len(stage) + 2 * _PADDING + self._gap for stage in STAGES)

    @property
    def _gap(self) -> int:
        return _GAP if self.screen.size.width >= _ROOMY else 0

    def render(self) -> Content:
        chosen = (
            "bold $block-cursor-foreground on $block-cursor-background"
            if self.has_focus
            else "bold on $primary 40%"
        )
        pieces: list[tuple[str, str] | str] = []
        for stage in STAGES:
            text = " " * _PADDING + stage + " " * _PADDING
            pieces += [(text, chosen if stage == self.stage else QUIET), " " * self._gap]
        return Content.assemble(*pieces)
