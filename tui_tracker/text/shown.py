"""How a person reads a raw value: the `show` of columns and entries. What is missing shows as a dash."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence

from tui_tracker.model import formats
from tui_tracker.text.table import Value

MISSING = "-"
SHORT_ID = 8


def text(value: Value) -> str:
    return MISSING if value is None or value == "" else str(value)


def short_id(value: Value) -> str:
    """So much of an id as tells runs apart and is enough to name one."""
    return text(value)[:SHORT_ID]


def status(value: Value) -> str:
    return text(value).lower()


def version(value: Value) -> str:
    """The number of a model's version: `v3`."""
    return MISSING if value is None else f"v{value}"


def _measured(show: Callable[[float], str]) -> Callable[[Value], str]:
    """The format of a number as a `show`; what is not a number stays as it is."""

    def shown(value: Value) -> str:
        return show(value) if isinstance(value, int | float) else text(value)

    return shown


number = _measured(formats.number)
signed = _measured(formats.signed)
duration = _measured(formats.duration)
moment = _measured(formats.moment)
clock_time = _measured(formats.clock_time)
size = _measured(formats.size)


def age(now: float) -> Callable[[Value], str]:
    """A time as how long before `now` it was."""
    return _measured(lambda then: formats.age(then, now))


def command(words: Sequence[str]) -> str:
    """A command line as a shell would take it."""
    return shlex.join(words)
