"""How runs are told apart by a third variable: a colour and a glyph for each of a few values, or a ramp of five steps.

The glyphs of the ramp grow with its steps, so that it reads without colour.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tui_tracker.model.variables import Variable
from tui_tracker.plotting import palette, roles, words

RAMP = roles.FAINT + roles.SLOTS
"""Role of the lowest step of the ramp; step n has RAMP + n."""

STEPS = 5
RAMP_GLYPHS = ("·", "∘", "○", "◎", "●")
ASCII_RAMP_GLYPHS = ("1", "2", "3", "4", "5")

MOST_VALUES = 8
"""Numbers with more different values than this are told apart by a ramp, not one by one."""


@dataclass(frozen=True)
class Key:
    """One line of a legend."""

    role: int
    glyph: str
    label: str
    """cleaned"""
    runs: int
    """how many runs are drawn so"""


@dataclass(frozen=True)
class Colouring:
    """How each run is drawn."""

    steps: tuple[int, ...]
    """one a run: the place of its key; -1 where the variable has no value, which is drawn as the last key"""
    keys: tuple[Key, ...]


def colouring(variable: Variable | None, runs: int, ascii_only: bool = False) -> Colouring:
    """How each of `runs` runs is drawn: all alike without a variable."""
    if variable is None:
        return Colouring((0,) * runs, (Key(roles.series_role(0), palette.glyph(0, ascii_only), "", runs),))
    numbers = variable.numbers
    different = sorted({number for number in numbers if not math.isnan(number)})
    if variable.is_numeric and len(different) > MOST_VALUES:
        return _ramp(numbers, different, ascii_only)
    labels = dict(zip(map(float, range(len(different))), variable.categories, strict=False))
    if variable.is_numeric:
        texts = words.format_ticks(different)
        labels = dict(zip(different, texts, strict=True))
    places = {number: place for place, number in enumerate(different)}
    steps = tuple(-1 if math.isnan(number) else places[number] for number in numbers)
    keys = [
        Key(roles.series_role(place), palette.glyph(place, ascii_only), labels[number], steps.count(place))
        for number, place in places.items()
    ]
    return Colouring(steps, _with_missing(keys, steps, ascii_only))


def _ramp(numbers: Sequence[float], different: Sequence[float], ascii_only: bool) -> Colouring:
    """Steps with equally many of the different values each."""
    edges = [different[(len(different) - 1) * step // STEPS] for step in range(STEPS)] + [different[-1]]
    steps = tuple(
        -1 if math.isnan(number) else sum(number >= edge for edge in edges[1:STEPS]) for number in numbers
    )
    glyphs = ASCII_RAMP_GLYPHS if ascii_only else RAMP_GLYPHS
    texts = words.format_ticks(edges) if len(set(edges)) == len(edges) else [f"{edge:g}" for edge in edges]
    keys = [
        Key(RAMP + step, glyphs[step], f"{texts[step]}..{texts[step + 1]}", steps.count(step))
        for step in range(STEPS)
    ]
    return Colouring(steps, _with_missing(keys, steps, ascii_only))


def _with_missing(keys: Sequence[Key], steps: Sequence[int], ascii_only: bool) -> tuple[Key, ...]:
    missing = steps.count(-1)
    if not missing:
        return tuple(keys)
    return (*keys, Key(roles.TICK, "." if ascii_only else "∅", "none", missing))
