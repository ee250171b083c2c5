"""Giving a stage back to the version that held it before."""

from __future__ import annotations

import asyncio
from functools import partial

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input, Label

from logger.store import registry
from logger.store.locate import Store
from logger.store.registry import Promotion
from tui_tracker.model.promotion import consequences
from tui_tracker.model.registry_view import RollBackView, read_roll_back
from tui_tracker.screens.base import TrackerScreen
from tui_tracker.screens.dialog import LinesDialog
from tui_tracker.widgets.plain_input import PlainInput
from tui_tracker.widgets.promotion_preview import PromotionPreview


class RollBackDialog(LinesDialog[str]):
    """Shows what would change and asks for a reason, which it answers; it may be empty."""

    AUTO_FOCUS = "#reason"

    def __init__(self, view: RollBackView) -> None:
        super().__init__(f"Roll back {view.stage} of {view.model}", "Roll back")
        self._view = view

    def compose_body(self) -> ComposeResult:
        yield PromotionPreview()
        with Horizontal(classes="dialog--line"):
            yield Label("reason", classes="dialog--label")
            yield PlainInput(placeholder="why, for the history", compact=True, id="reason")

    def on_mount(self) -> None:
        view = self._view
        preview = self.query_one(PromotionPreview)
        preview.show_plan(consequences(view.changes, view.versions))
        if view.comparison is None or view.present is None:
            preview.show_remark("There are not two runs to compare.")
        else:
            preview.show_comparison(view.comparison, f"v{view.present}", f"v{view.changes[0].version}")

    def answer(self) -> str:
        return self.query_one("#reason", Input).value.strip()


async def roll_back(screen: TrackerScreen, model: str, stage: str) -> Promotion | None:
    """Ask whether to roll back, and do it; runs in a worker of the screen. None where the person left it.

    Raises StoreError when there is nothing to go back to, or somebody else acted while the question stood.
    """
    source = screen.source
    view = await asyncio.to_thread(source.read, lambda reader: read_roll_back(reader, model, stage))
    reason = await screen.app.push_screen_wait(RollBackDialog(view))
    if reason is None:
        return None
    return await asyncio.to_thread(source.change, partial(_return, view=view, reason=reason))


def _return(store: Store, view: RollBackView, reason: str) -> Promotion:
    return registry.roll_back_stage(store, view.model, view.stage, reason, expected_holder=view.present)
