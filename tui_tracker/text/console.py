"""`tracker-tui console`: what a run printed, whole, its end, or the lines that hold a text; also as it comes."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import closing

from logger.console.reading import Console, Line, consoles, pattern_of
from logger.store import runs
from logger.store.runs import StoredRun
from tui_tracker.model.console_text import plain_text
from tui_tracker.text.command import Command, NotFound, Place, UsageError
from tui_tracker.text.forms import csv_line
from tui_tracker.text.show import STREAMS, add_run

_AT_ONCE = 2000
_LOOK_SECONDS = 0.2


def _answer(arguments: Namespace, place: Place) -> Iterator[str]:
    if arguments.tail is not None and arguments.tail < 0:
        raise UsageError("--tail needs a number of lines, 0 or more")
    run = _run(arguments, place)
    console = _chosen(arguments, place, run)
    show = _show(arguments.form)
    if arguments.form == "csv":
        yield csv_line(("line", "stream", "time", "text"))
    last = 0
    for row, line in _wanted(console, arguments):
        last = max(last, row + 1)
        yield show(line)
    if not arguments.follow:
        return
    last = max(last, console.count - len(console.open_lines))
    while True:
        # Asked before the last look, so that what a run prints at its end is not missed.
        ended = not _run(arguments, place).is_running
        console.refresh()
        finished = console.count if ended else console.count - len(console.open_lines)
        for line in console.lines(last, finished):
            if _holds(arguments, line):
                yield show(line)
        last = max(last, finished)
        if ended:
            return
        time.sleep(_LOOK_SECONDS)


def _run(arguments: Namespace, place: Place) -> StoredRun:
    with closing(place.reader()) as connection:
        return runs.find(connection, arguments.run)


def _chosen(arguments: Namespace, place: Place, run: StoredRun) -> Console:
    found = consoles(place.store.console(run.uid))
    if not found:
        raise NotFound(
            f"there is no output of the run {run.name!r}: it printed nothing, or started with console=False"
        )
    number = arguments.process or 1
    if not 1 <= number <= len(found):
        raise UsageError(f"--process must be from 1 to {len(found)}: so many processes have printed")
    console = found[number - 1]
    console.refresh()
    return console


def _wanted(console: Console, arguments: Namespace) -> Iterator[tuple[int, Line]]:
    """The rows that are asked for, read a piece at a time."""
    count = console.count if not arguments.follow else console.count - len(console.open_lines)
    if arguments.grep is None:
        start = 0 if arguments.tail is None else max(count - arguments.tail, 0)
        for begin in range(start, count, _AT_ONCE):
            yield from enumerate(console.lines(begin, min(begin + _AT_ONCE, count)), begin)
        return
    pattern = pattern_of(arguments.grep)
    if arguments.tail is None:
        rows: Iterator[int] | list[int] = console.search(pattern, 0)
    else:
        found = console.search(pattern, console.count, backwards=True)
        rows = sorted(row for row, _ in zip(found, range(arguments.tail), strict=False))
    for row in rows:
        yield from ((row, line) for line in console.lines(row, row + 1))


def _holds(arguments: Namespace, line: Line) -> bool:
    return arguments.grep is None or pattern_of(arguments.grep).search(line.text) is not None


def _show(form: str) -> Callable[[Line], str]:
    if form == "text":
        return lambda line: plain_text(line.text)

    def values(line: Line) -> tuple[int | None, str, float | None, str]:
        return (
            line.number if line.number >= 0 else None,
            STREAMS[line.stream],
            line.time_ms / 1000 if line.time_ms else None,
            plain_text(line.text),
        )

    if form == "csv":
        return lambda line: csv_line(values(line))
    return lambda line: json.dumps(dict(zip(("line", "stream", "time", "text"), values(line), strict=True)))


def _arguments(parser: ArgumentParser) -> None:
    add_run(parser)
    parser.add_argument("--tail", type=int, metavar="N", help="the last N lines only")
    parser.add_argument(
        "--grep", metavar="TEXT", help="lines that hold this text; capitals count where it has any"
    )
    parser.add_argument("--follow", action="store_true", help="go on until the run has ended")
    parser.add_argument("--process", type=int, metavar="N", help="of a run of several processes, the Nth")


COMMAND = Command(
    "console",
    "print what a run printed",
    _answer,
    (
        "tracker-tui console brave-otter-24 --tail 20",
        "tracker-tui console 3f9a --grep error",
        "tracker-tui console 3f9a --follow",
        "tracker-tui console 3f9a --json | jq -r 'select(.stream == \"stderr\").text'",
    ),
    _arguments,
    "With --json: an object a line. What stands in .tracker/console/ is what was printed, byte for byte.",
)
