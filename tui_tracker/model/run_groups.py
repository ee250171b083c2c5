"""Runs as groups: those whose params are equal but for the seed, or that share the value of one param."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui_tracker.model.text import clean

_SEED = re.compile(r"(^|[._/-])(seed|random_seed|random_state|rng_seed)$", re.IGNORECASE)
_LONGEST_NAME = 80
# Params that are offered to group by, one after another.
MOST_OFFERED = 8
# A param of more values than this tells runs apart rather than together.
_MOST_VALUES = 20

Params = Mapping[int, Mapping[str, str]]
"""The params of runs, by the runs' ids."""


@dataclass(frozen=True)
class Grouping:
    """What runs are grouped by."""

    params: tuple[str, ...] = ()
    """names of params; empty for all of them but seeds"""

    @property
    def label(self) -> str:
        """What it is called, cleaned."""
        return clean(", ".join(self.params), _LONGEST_NAME) if self.params else "seeds"


@dataclass(frozen=True)
class Grouped:
    """Runs that belong together."""

    name: str
    """one line, cleaned"""
    run_ids: tuple[int, ...]


def groupings(params: Params, preferred: Sequence[str] = ()) -> list[Grouping]:
    """The ways to group these runs that bring some together: by params that are preferred, by seeds, by each param."""
    first = [Grouping(tuple(preferred)), Grouping()] if preferred else [Grouping()]
    found = [grouping for grouping in first if len(grouped(params, grouping)) < len(params)]
    for key in _varying(params):
        values = {own.get(key) for own in params.values()}
        if not is_seed(key) and len(values) < min(len(params), _MOST_VALUES):
            found.append(Grouping((key,)))
    return list(dict.fromkeys(found))[: MOST_OFFERED + 2]


def next_grouping(params: Params, current: Grouping | None, preferred: Sequence[str] = ()) -> Grouping | None:
    """The way after this one; after the last, none."""
    offered = groupings(params, preferred)
    place = offered.index(current) + 1 if current in offered else 0
    return offered[place] if place < len(offered) else None


def grouped(params: Params, grouping: Grouping) -> list[Grouped]:
    """The groups, in the order of their first runs; a name says what the runs of a group share and others do not."""
    keys = grouping.params or tuple(key for key in _varying(params) if not is_seed(key))
    groups: dict[tuple[str | None, ...], list[int]] = {}
    for run, own in params.items():
        groups.setdefault(tuple(own.get(key) for key in keys), []).append(run)
    return [
        Grouped(_name(list(zip(keys, values, strict=True))) or "all runs", tuple(run_ids))
        for values, run_ids in groups.items()
    ]


def is_seed(key: str) -> bool:
    """Whether a param only says how chance was begun."""
    return _SEED.search(key) is not None


def _varying(params: Params) -> list[str]:
    """The params that not all runs have, or have with one value, by name."""
    keys = sorted({key for own in params.values() for key in own})
    return [key for key in keys if len({own.get(key) for own in params.values()}) > 1]


def _name(pairs: Sequence[tuple[str, str | None]]) -> str:
    said = " ".join(f"{key}={value if value is not None else '-'}" for key, value in pairs)
    return clean(said, _LONGEST_NAME)
