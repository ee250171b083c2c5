"""When the viewer is at rest: nothing is read, drawn or waited for, but a person."""

from __future__ import annotations

from textual.pilot import Pilot
from textual.timer import Timer
from textual.widgets import Input, TextArea

from tests.screens.driving import until

# The workers of these groups end when the person has answered.
_ASKING_A_PERSON = frozenset({"errand"})
# Whoever waits longer than this waits for a person, or tells the time.
_SHORT_SECONDS = 0.9
# What a worker or a timer leads to comes as messages, which may lead to others.
_QUIET_LOOKS = 2


async def at_rest(pilot: Pilot[None]) -> None:
    """Wait until nothing is read or drawn any more, and let no cursor blink."""
    for line in (*pilot.app.screen.query(Input), *pilot.app.screen.query(TextArea)):
        line.cursor_blink = False
        line._cursor_visible = True
    quiet = 0

    def is_quiet() -> bool:
        nonlocal quiet
        quiet = 0 if is_busy(pilot) else quiet + 1
        return quiet >= _QUIET_LOOKS

    await until(pilot, is_quiet)


def is_busy(pilot: Pilot[None]) -> bool:
    """Whether a worker works, or a short pause before something is read or drawn is not over yet."""
    app = pilot.app
    if any(not worker.is_finished for worker in app.workers if worker.group not in _ASKING_A_PERSON):
        return True
    return any(
        _is_short_pause(timer) for node in app.screen.walk_children(with_self=True) for timer in node._timers
    )


def _is_short_pause(timer: Timer) -> bool:
    runs = timer._task is not None and not timer._task.done() and timer._active.is_set()
    return runs and timer._repeat == 0 and timer._interval < _SHORT_SECONDS
