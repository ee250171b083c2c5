"""Moving a version to a stage: what it would change is shown before it is done."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import dataclass
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button, Checkbox, Input, Label

from logger.store import registry
from logger.store.registry import ARCHIVED, LIVE_STAGES, PRODUCTION, StageChange, planned
from tui_tracker.model.promotion import consequences
from tui_tracker.model.registry_view import VersionView, read_version
from tui_tracker.screens.base import TrackerScreen
from tui_tracker.screens.dialog import Dialog
from tui_tracker.widgets.plain_input import PlainInput
from tui_tracker.widgets.promotion_preview import PromotionPreview
from tui_tracker.widgets.stage_choice import StageChoice


@dataclass(frozen=True)
class Promotion:
    """What a person decided."""

    stage: str
    archive_existing: bool
    """whether the versions that held the stage go to Archived"""
    reason: str


class PromoteDialog(Dialog[Promotion]):
    """Asks for the stage and a reason. A stage may be proposed: one further down, then."""

    AUTO_FOCUS = "StageChoice"

    def __init__(self, view: VersionView, stage: str | None) -> None:
        verb = "Promote" if stage is None else "Archive" if stage == ARCHIVED else "Demote"
        super().__init__(f"{verb} {view.version.model} v{view.version.version}", verb)
        self._view = view
        self._proposed = stage or (ARCHIVED if view.version.stage == PRODUCTION else PRODUCTION)

    def compose_body(self) -> ComposeResult:
        stage = self._proposed
        with Horizontal(classes="dialog--line"):
            yield Label("stage", classes="dialog--label")
            yield StageChoice(stage)
        yield PromotionPreview()
        with Horizontal(classes="dialog--line"):
            yield Label("reason", classes="dialog--label")
            yield PlainInput(placeholder="why, for the history", compact=True, id="reason")
        yield Checkbox("archive the former holder", value=True, compact=True, id="archive")

    def on_mount(self) -> None:
        self._preview()

    def answer(self) -> Promotion:
        return Promotion(
            self.query_one(StageChoice).stage,
            self.query_one("#archive", Checkbox).value,
            self.query_one("#reason", Input).value.strip(),
        )

    @on(StageChoice.Changed)
    @on(Checkbox.Changed)
    def _preview(self) -> None:
        view, decided = self._view, self.answer()
        changes = planned(
            view.siblings, view.version.version, decided.stage, archive_existing=decided.archive_existing
        )
        preview = self.query_one(PromotionPreview)
        live = decided.stage in LIVE_STAGES
        self.query_one("#archive", Checkbox).disabled = not live
        preview.show_plan(consequences(changes, view.siblings), view.problem if live else "")
        rival = view.rivals.get(decided.stage)
        if not live:
            preview.show_remark("")
        elif rival is None:
            preview.show_remark(
                f"No other version holds {decided.stage}, so there is nothing to compare with."
            )
        elif rival.comparison is None:
            preview.show_remark("One of the two came from no run, so there is nothing to compare.")
        else:
            preview.show_comparison(rival.comparison, f"v{rival.version.version}", f"v{view.version.version}")

    @on(Input.Submitted)
    def _on_to_the_button(self) -> None:
        self.query_one("#confirm", Button).focus()


async def promote(
    screen: TrackerScreen, model: str, number: int, stage: str | None = None
) -> list[StageChange]:
    """Ask how a version shall move, and move it; runs in a worker of the screen. Returns what changed.

    `stage` is the one to propose.

    Raises StoreError when the version is gone, or somebody else moved it while the question stood.
    """
    source = screen.source
    view = await asyncio.to_thread(
        source.read, lambda reader: read_version(reader, source.store, model, number)
    )
    decided = await screen.app.push_screen_wait(PromoteDialog(view, stage))
    if decided is None:
        return []
    return await asyncio.to_thread(source.edit, partial(_move, view=view, decided=decided))


def _move(connection: sqlite3.Connection, view: VersionView, decided: Promotion) -> list[StageChange]:
    return registry.transition(
        connection,
        view.version.model,
        view.version.version,
        decided.stage,
        archive_existing=decided.archive_existing,
        reason=decided.reason,
        expected_stage=view.version.stage,
    )
