"""Moving a version to a stage: what it would change is shown before it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Checkbox, Input, Label

from logger.store import registry
from logger.store.locate import Store
from logger.store.registry import (
    ARCHIVED,
    LIVE_STAGES,
    NO_HOLDER,
    PRODUCTION,
    GateOutcome,
    Promotion,
    planned,
)
from tui_tracker.model.promotion import consequences
from tui_tracker.model.registry_view import VersionView, read_version
from tui_tracker.screens.base import TrackerScreen
from tui_tracker.screens.dialog import LinesDialog
from tui_tracker.widgets.plain_input import PlainInput
from tui_tracker.widgets.promotion_preview import PromotionPreview
from tui_tracker.widgets.stage_choice import StageChoice


@dataclass(frozen=True)
class Decision:
    """What a person decided."""

    stage: str
    archive_existing: bool
    """whether the versions that held the stage go to Archived"""
    reason: str
    override: str
    """why the version shall move although a gate refuses; "" where none does"""


class PromoteDialog(LinesDialog[Decision]):
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
        with Horizontal(classes="dialog--line", id="override-line"):
            yield Label("override", classes="dialog--label")
            yield PlainInput(placeholder="why it shall go there all the same", compact=True, id="override")
        yield Checkbox("archive the former holder", value=True, compact=True, id="archive")

    def on_mount(self) -> None:
        self._preview()

    def answer(self) -> Decision | None:
        """None while a gate refuses and nobody has said why it shall not count."""
        decided = self._decided
        if self._refusals and not decided.override:
            self.query_one("#override", Input).focus()
            return None
        return decided

    @property
    def _decided(self) -> Decision:
        override = self.query_one("#override", Input).value.strip() if self._refusals else ""
        return Decision(
            self.query_one(StageChoice).stage,
            self.query_one("#archive", Checkbox).value,
            self.query_one("#reason", Input).value.strip(),
            override,
        )

    @property
    def _gates(self) -> Sequence[GateOutcome]:
        """What the gates to the stage say; none are asked of a version that is there already."""
        stage = self.query_one(StageChoice).stage
        return () if stage == self._view.version.stage else self._view.gates.get(stage, ())

    @property
    def _refusals(self) -> int:
        return sum(not outcome.passed for outcome in self._gates)

    @on(StageChoice.Changed)
    @on(Checkbox.Changed)
    def _preview(self) -> None:
        view, decided = self._view, self._decided
        changes = planned(
            view.siblings, view.version.version, decided.stage, archive_existing=decided.archive_existing
        )
        preview = self.query_one(PromotionPreview)
        live = decided.stage in LIVE_STAGES
        self.query_one("#archive", Checkbox).display = live
        self.query_one("#override-line").display = bool(self._refusals)
        preview.show_plan(consequences(changes, view.siblings), view.problem if live else "")
        preview.show_gates(self._gates)
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


async def promote(
    screen: TrackerScreen, model: str, number: int, stage: str | None = None
) -> Promotion | None:
    """Ask how a version shall move, and move it; runs in a worker of the screen. None where the person left it.

    `stage` is the one to propose. Raises StoreError when the version is gone, or somebody else moved it, or promoted
    another, while the question stood.
    """
    source = screen.source
    view = await asyncio.to_thread(
        source.read, lambda reader: read_version(reader, source.store, model, number)
    )
    decided = await screen.app.push_screen_wait(PromoteDialog(view, stage))
    if decided is None:
        return None
    return await asyncio.to_thread(source.change, partial(_move, view=view, decided=decided))


def _move(store: Store, view: VersionView, decided: Decision) -> Promotion:
    rival = view.rivals.get(decided.stage)
    seen = None
    if decided.stage in LIVE_STAGES and decided.stage != view.version.stage:
        seen = rival.version.version if rival else NO_HOLDER
    return registry.promote(
        store,
        view.version.model,
        view.version.version,
        decided.stage,
        archive_existing=decided.archive_existing,
        reason=decided.reason,
        override=decided.override,
        expected_stage=view.version.stage,
        expected_holder=seen,
    )
