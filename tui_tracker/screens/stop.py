"""Stopping a run: its script is asked; if that does not help, SIGTERM; if that does not, SIGKILL. Each is confirmed."""

from __future__ import annotations

import asyncio

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from logger.store.connection import StoreError
from tui_tracker.model import clock, formats
from tui_tracker.model.stopping import Step, StopView, check_running, read_stop, refusal, take_step, told
from tui_tracker.model.text import clean
from tui_tracker.screens.base import TrackerScreen
from tui_tracker.screens.dialog import Dialog

_VERBS: dict[Step, str] = {"ask": "Ask to stop", "term": "Send SIGTERM", "kill": "Send SIGKILL"}
_WHAT: dict[Step, str] = {
    "ask": "The script is asked: it sees run.should_stop become true, and ends when it looks at that.",
    "term": "SIGTERM ends the processes below; what was logged is kept, and the run ends as killed.",
    "kill": "SIGKILL ends the processes below at once, whatever they are doing; what was logged is kept.",
}
_MOST_LISTED = 8


class StopDialog(Dialog[bool]):
    """Says what comes next, and what has been tried."""

    AUTO_FOCUS = "#cancel"

    def __init__(self, view: StopView, step: Step, refused: tuple[str, ...]) -> None:
        self._step = step
        super().__init__(f"Stop {view.run.name}", _VERBS[self._step])
        self._view = view
        self._refused = refused

    def compose_body(self) -> ComposeResult:
        yield Static(Content(_WHAT[self._step]), markup=False)
        if self._view.request is not None:
            request = self._view.request
            before = f"SIG{request.signal}" if request.signal else "a request to stop"
            age = formats.age(request.time, clock.now())
            yield Static(
                Content(clean(f"Tried so far: {before}, by {request.user}, {age} ago.")), markup=False
            )
        if self._step != "ask":
            yield Static(Content("\n".join(self._lines())), markup=False, classes="dialog--remark")

    def _lines(self) -> list[str]:
        pairs = list(zip(self._view.processes, self._refused, strict=True))
        lines = [
            clean(f"process {process.pid} on {process.host}" + (f": not this one, {why}" if why else ""))
            for process, why in pairs[:_MOST_LISTED]
        ]
        return lines + ([f"and {len(pairs) - _MOST_LISTED} more"] if len(pairs) > _MOST_LISTED else [])

    def answer(self) -> bool | None:
        if self._step != "ask" and all(self._refused):
            self.notify(
                "None of its processes can be sent a signal from here.", severity="warning", markup=False
            )
            return None
        return True


async def stop(screen: TrackerScreen, run_id: int) -> None:
    """Ask whether to take the next step towards a run's end, and take it; runs in a worker of the screen."""
    source = screen.source
    try:
        view = await asyncio.to_thread(source.read, lambda reader: read_stop(reader, run_id))
        step: Step = view.next_step if view is not None else "ask"
        if step == "ask" and source.store.is_shared:
            step = "term"
        view = check_running(view, source.store, step)
        refused = await asyncio.to_thread(lambda: tuple(map(refusal, view.processes)))
        if not await screen.app.push_screen_wait(StopDialog(view, step, refused)):
            return
        outcomes = await asyncio.to_thread(take_step, source, view, step)
    except StoreError as error:
        screen.notify(clean(str(error)), title="Not stopped", severity="warning", markup=False)
        return
    said = told(outcomes, step)
    later = {"ask": " X again sends SIGTERM.", "term": " X again sends SIGKILL.", "kill": ""}[step]
    screen.notify(clean(f"{view.run.name}: {said}.{later}"), markup=False)
