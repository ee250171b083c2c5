"""Bars and sparklines of loads, drawn in characters: in blocks, or in ASCII where the terminal has no more."""

from __future__ import annotations

from collections.abc import Sequence

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_LEVELS = "▁▂▃▄▅▆▇█"
_ASCII_LEVELS = "_.-=+*%#"


def bar(percent: float, width: int, *, ascii_only: bool = False) -> str:
    """`percent` of `width` cells filled, to an eighth of a cell; what is out of 0 to 100 is drawn as the nearer end."""
    filled = max(0.0, min(percent, 100.0)) / 100 * width
    if ascii_only:
        whole = round(filled)
        return "#" * whole + "." * (width - whole)
    whole, part = divmod(round(filled * 8), 8)
    blocks = "█" * whole + (_EIGHTHS[part] if part else "")
    return blocks.ljust(width)[:width]


def sparkline(percents: Sequence[float], width: int, *, ascii_only: bool = False) -> str:
    """The last `width` of some percentages as columns, the newest at the right; what is not there yet is empty."""
    levels = _ASCII_LEVELS if ascii_only else _LEVELS
    shown = percents[-width:] if width > 0 else []
    top = len(levels) - 1
    return "".join(levels[round(max(0.0, min(value, 100.0)) / 100 * top)] for value in shown).rjust(width)
