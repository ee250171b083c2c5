"""Which charts there are, in what order: tabs by prefix, train and val of one metric together, pinned and hidden.

Charts are told apart by their titles, which are names of metrics, already cleaned.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

ALL = ""
"""The tab of all charts."""

_PHASES = {
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "eval": "val",
    "dev": "val",
    "test": "test",
}
# What is looked at first, and what is looked at last; other prefixes stand between them by name.
_FIRST = ("train", "training", "val", "valid", "validation", "eval", "dev", "test")
_LAST = ("system", "sys", "gpu", "cpu")
_SPLIT = re.compile(r"[/_.-]")
# A remembered list beyond this is a broken file rather than a wish.
_MOST = 5000


@dataclass(frozen=True)
class Member:
    """One metric of a chart."""

    title: str
    """the metric"""
    variant: str = ""
    """what tells its lines from the other metrics' in the chart; empty where it is alone"""


@dataclass(frozen=True)
class Chart:
    """A chart and what it shows."""

    title: str
    members: tuple[Member, ...]
    """the first is drawn solid, others dashed"""


@dataclass(frozen=True)
class ChartChoice:
    """What a person chose. Every change gives a new choice."""

    prefix: str = ALL
    """the tab"""
    together: bool = False
    """whether train and val of one metric share a chart"""
    pinned: tuple[str, ...] = ()
    """titles of the charts that come first, in this order"""
    hidden: frozenset[str] = frozenset()
    """titles of the charts that are left out"""

    def charts(self, titles: Sequence[str]) -> list[Chart]:
        """The charts of these metrics that are shown, in order."""
        return [chart for chart in self.everything(titles) if self.shows(chart)]

    def everything(self, titles: Sequence[str]) -> list[Chart]:
        """All charts of these metrics, pinned ones first, hidden ones among them."""
        found = _together(titles) if self.together else [Chart(title, (Member(title),)) for title in titles]
        places = {title: place for place, title in enumerate(self.pinned)}
        return sorted(found, key=lambda chart: places.get(chart.title, len(places)))

    def shows(self, chart: Chart) -> bool:
        """Whether a chart is neither hidden nor on another tab."""
        if chart.title in self.hidden:
            return False
        return self.prefix == ALL or any(prefix_of(member.title) == self.prefix for member in chart.members)

    def hiding_toggled(self, title: str) -> ChartChoice:
        return replace(self, hidden=self.hidden ^ {title})

    def pin_toggled(self, title: str) -> ChartChoice:
        if title in self.pinned:
            return replace(self, pinned=tuple(other for other in self.pinned if other != title))
        return replace(self, pinned=(*self.pinned, title))

    def moved(self, title: str, by: int) -> ChartChoice:
        """The chart so many places further among the pinned ones; pinned at their end if it was not."""
        if title not in self.pinned:
            return self.pin_toggled(title)
        others = [other for other in self.pinned if other != title]
        place = min(max(self.pinned.index(title) + by, 0), len(others))
        return replace(self, pinned=(*others[:place], title, *others[place:]))

    def turned(self, titles: Iterable[str], by: int) -> ChartChoice:
        """The tab so many further; after the last comes the first."""
        tabs = tabs_of(titles)
        place = tabs.index(self.prefix) if self.prefix in tabs else 0
        return replace(self, prefix=tabs[(place + by) % len(tabs)])

    def to_json(self) -> dict[str, Any]:
        """What JSON can hold; only what was chosen."""
        written = {
            "prefix": self.prefix,
            "together": self.together,
            "pinned": list(self.pinned),
            "hidden": sorted(self.hidden),
        }
        return {name: value for name, value in written.items() if value}

    @classmethod
    def from_json(cls, written: object) -> ChartChoice:
        """As much as can be understood; the plain choice where nothing can."""
        if not isinstance(written, dict):
            return cls()
        prefix = written.get("prefix")
        return cls(
            prefix if isinstance(prefix, str) else ALL,
            written.get("together") is True,
            tuple(dict.fromkeys(_titles(written.get("pinned")))),
            frozenset(_titles(written.get("hidden"))),
        )


def prefix_of(title: str) -> str:
    """What stands before the first slash of a metric's name; nothing where there is none."""
    before, slash, _ = title.partition("/")
    return before if slash else ALL


def tabs_of(titles: Iterable[str]) -> list[str]:
    """The tabs of these metrics: all of them, then each prefix; no others where there is but one prefix."""
    prefixes = {prefix_of(title) for title in titles}
    named = sorted(prefixes - {ALL}, key=_rank)
    return [ALL, *named] if len(prefixes) > 1 else [ALL]


def phase_of(title: str) -> tuple[str, str] | None:
    """The phase of training that a name tells in its first or last part, and the name without it; None for none.

    `train/loss`, `train_loss` and `loss/train` are the phase `train` of `loss`.
    """
    parts = [(match.start(), match.end()) for match in _SPLIT.finditer(title)]
    if not parts:
        return None
    first, last = title[: parts[0][0]].lower(), title[parts[-1][1] :].lower()
    if first in _PHASES and title[parts[0][1] :]:
        return _PHASES[first], title[parts[0][1] :]
    if last in _PHASES and title[: parts[-1][0]]:
        return _PHASES[last], title[: parts[-1][0]]
    return None


def _together(titles: Sequence[str]) -> list[Chart]:
    """One chart for the phases of a name where it has several, at the place of the first."""
    phases: dict[str, dict[str, str]] = {}
    for title in titles:
        found = phase_of(title)
        if found is not None:
            phases.setdefault(found[1], {}).setdefault(found[0], title)
    charts: dict[str, Chart] = {}
    for title in titles:
        found = phase_of(title)
        named = phases[found[1]] if found is not None else {}
        if found is None or len(named) < 2 or named[found[0]] != title:
            charts[title] = Chart(title, (Member(title),))
            continue
        ordered = [phase for phase in ("val", "test", "train") if phase in named]
        shared = f"{found[1]} ({', '.join(reversed(ordered))})"
        charts[shared] = Chart(shared, tuple(Member(named[phase], phase) for phase in ordered))
    return list(charts.values())


def _rank(prefix: str) -> tuple[int, int, str]:
    if prefix in _FIRST:
        return 0, _FIRST.index(prefix), prefix
    return (2, _LAST.index(prefix), prefix) if prefix in _LAST else (1, 0, prefix)


def _titles(written: object) -> list[str]:
    found = written[:_MOST] if isinstance(written, list) else []
    return [title for title in found if isinstance(title, str)]
