"""How a run ended, in lines of the overview: why, its last output, values and load."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from logger.console.record import STDERR
from logger.store.series import Metric
from tui_tracker.model import formats
from tui_tracker.model.cells import fit_end, width_of
from tui_tracker.model.console_text import plain_text
from tui_tracker.model.ending import Ending
from tui_tracker.model.text import clean

Piece = Content | str | tuple[str, str]

_LONGEST_REASON = 1000
_LONGEST_KEY = 28
_QUIET = "$secondary"


def ending_lines(ending: Ending) -> Iterator[Piece]:
    """Everything there is to say, in as many lines as fit on a screen with the rest of the overview's head."""
    yield from ("\n", ("Why it ended", "bold $accent"), "\n")
    for reason in ending.reasons:
        yield (clean(reason, _LONGEST_REASON) + "\n", "$error")
    yield from _output(ending)
    yield from _metrics(ending)
    if ending.load_time is not None:
        yield f"its machine, {before(ending.load_time, ending.at)}\n", _QUIET
        yield "  " + "   ".join(f"{clean(name)} {clean(value)}" for name, value in ending.load) + "\n"


def before(then: float, end: float) -> str:
    """`at the end`, `3.2s before the end`."""
    ago = end - then
    return f"{formats.duration(ago)} before the end" if ago >= 1 else "at the end"


def _output(ending: Ending) -> Iterator[Piece]:
    if not ending.output:
        yield "it printed nothing, or its output was not kept\n", _QUIET
        return
    printed = max(line.time_ms for line in ending.output) / 1000
    when = f", {before(printed, ending.at)}" if printed else ""
    yield f"last output{when}\n", _QUIET
    for line in ending.output:
        yield (f"  {plain_text(line.text)}\n", "$warning" if line.stream == STDERR else "")


def _metrics(ending: Ending) -> Iterator[Piece]:
    if not ending.metrics:
        yield "it logged no metric\n", _QUIET
        return
    more = f" (and {ending.more_metrics:,} more below)" if ending.more_metrics else ""
    yield f"last values{more}\n", _QUIET
    width = min(max(width_of(clean(metric.key)) for metric in ending.metrics), _LONGEST_KEY)
    for metric in ending.metrics:
        yield f"  {fit_end(clean(metric.key), width)}  {_value(metric)}"
        yield f"  {before(metric.last_time, ending.at)}\n", _QUIET


def _value(metric: Metric) -> str:
    return f"{formats.number(metric.last):>{formats.NUMBER_WIDTH}} at step {metric.last_step:,}"
