"""Where pictures of curves are made: one thread for all charts of a grid, which takes the newest wish of each.

A thread and a message of its own for every chart and picture would cost more than the drawing does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.widget import Widget
from textual.worker import get_current_worker

from tui_tracker.plotting.spec import ChartSpec

if TYPE_CHECKING:
    from tui_tracker.plotting.chart import Curve
    from tui_tracker.plotting.plot import Plot

# Pictures are handed over so often while others are still being drawn.
HANDOVER_SECONDS = 0.05


@dataclass(frozen=True)
class Request:
    """What is to be drawn."""

    spec: ChartSpec
    """How, at which size, without a cursor."""
    curves: tuple[Curve, ...]
    """Of what."""

    def same_as(self, other: Request | None) -> bool:
        """Whether both ask for the same picture: curves are compared by identity, which costs nothing."""
        return (
            other is not None
            and self.spec == other.spec
            and len(self.curves) == len(other.curves)
            and all(mine is theirs for mine, theirs in zip(self.curves, other.curves, strict=True))
        )


@dataclass(frozen=True)
class Outcome:
    """What came of a request."""

    request: Request
    plot: Plot | None
    """None where it could not be drawn."""
    failure: str = ""
    """What was in the way, in one word."""


Deliver = Callable[[Outcome], None]


class DrawingRoom:
    """Draws for widgets; `owner` runs the thread and carries the results into the app's own."""

    def __init__(self, owner: Widget) -> None:
        self._owner = owner
        self._wishes: dict[Deliver, Request] = {}
        self._at_work = False
        self._spent = 0.0

    def spent(self) -> float:
        """Return the processor seconds that drawing has taken since this was last asked."""
        spent, self._spent = self._spent, 0.0
        return spent

    def draw(self, request: Request, deliver: Deliver) -> None:
        """Have a picture drawn and handed to `deliver`, unless the same asks for another before its turn comes."""
        self._wishes[deliver] = request
        if not self._at_work:
            self._at_work = True
            # Without a description the worker would take the arguments', and so write out arrays.
            self._owner.run_worker(
                self._work, thread=True, group="draw", description="draw", exit_on_error=False
            )

    def _work(self) -> None:
        worker = get_current_worker()
        finished: list[tuple[Deliver, Outcome]] = []
        begun, used = time.monotonic(), time.thread_time()
        while not worker.is_cancelled:
            # Taking the last wish and being asked for another happen in two threads: dict.popitem is one step.
            try:
                deliver, request = self._wishes.popitem()
            except KeyError:
                break
            finished.append((deliver, _outcome(request)))
            if time.monotonic() - begun > HANDOVER_SECONDS:
                self._owner.call_later(self._hand_over, finished)
                finished, begun = [], time.monotonic()
        self._spent += time.thread_time() - used
        self._owner.call_later(self._finish, finished)

    def _finish(self, finished: Sequence[tuple[Deliver, Outcome]]) -> None:
        self._at_work = False
        self._hand_over(finished)
        if self._wishes and not self._at_work:
            deliver, request = self._wishes.popitem()
            self.draw(request, deliver)

    def _hand_over(self, finished: Sequence[tuple[Deliver, Outcome]]) -> None:
        for deliver, outcome in finished:
            deliver(outcome)


def _outcome(request: Request) -> Outcome:
    from tui_tracker.plotting import figure

    try:
        plot = figure.plot(request.spec, request.curves)
        plot.drawing()  # so that the app's own thread finds it made
    except Exception as error:  # one chart that cannot be drawn is no reason to draw no others
        return Outcome(request, None, type(error).__name__)
    return Outcome(request, plot)
