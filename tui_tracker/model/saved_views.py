"""Views that a person saved under a name: a filter, the look of the table, how the charts are looked at.

They belong to a store and are remembered with it; one of them may be what an experiment is shown as at first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from typing import Any, TypeVar

from tui_tracker.model.chart_choice import ChartChoice
from tui_tracker.model.state_file import StateFile
from tui_tracker.model.table_look import TableLook

_SECTION, _DEFAULTS = "views", "default views"
LONGEST_NAME = 200
LONGEST_FILTER = 4000
T = TypeVar("T")


@dataclass(frozen=True)
class SavedView:
    """One view."""

    name: str
    text: str = ""
    """the filter"""
    look: TableLook = field(default_factory=TableLook)
    charts: Mapping[str, Any] = field(default_factory=dict)
    """what `settings_of` says of the charts"""
    choice: ChartChoice | None = None
    """which charts are shown; None where the view says nothing of that"""


class SavedViews:
    """The views of one store."""

    def __init__(self, state: StateFile) -> None:
        self._state = state

    def all(self) -> list[SavedView]:
        """By name."""
        found = self._state.section(_SECTION)
        return [_read(name, found[name]) for name in sorted(found, key=str.casefold)]

    def get(self, name: str) -> SavedView | None:
        found = self._state.section(_SECTION)
        return _read(name, found[name]) if name in found else None

    def save(self, view: SavedView) -> None:
        """Under its name, in the place of the one that had it."""
        written: dict[str, Any] = {
            "filter": view.text,
            "look": view.look.to_json(),
            "charts": dict(view.charts),
        }
        if view.choice is not None:
            written["choice"] = view.choice.to_json()
        self._state.put(_SECTION, view.name, written)

    def delete(self, name: str) -> None:
        self._state.put(_SECTION, name, None)
        for experiment, default in self._state.section(_DEFAULTS).items():
            if default == name:
                self._state.put(_DEFAULTS, experiment, None)

    def default_of(self, experiment: str) -> SavedView | None:
        """What an experiment is shown as at first; all runs together where it has no name."""
        name = self._state.section(_DEFAULTS).get(experiment)
        return self.get(name) if isinstance(name, str) else None

    def set_default(self, experiment: str, name: str | None) -> None:
        self._state.put(_DEFAULTS, experiment, name)


def _read(name: str, written: object) -> SavedView:
    """As much of a view as can be understood."""
    if not isinstance(written, dict):
        return SavedView(name)
    text, charts = written.get("filter"), written.get("charts")
    return SavedView(
        name,
        text[:LONGEST_FILTER] if isinstance(text, str) else "",
        TableLook.from_json(written.get("look")),
        charts if isinstance(charts, dict) else {},
        ChartChoice.from_json(written["choice"]) if "choice" in written else None,
    )


def settings_of(value: Any, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The plain settings of a frozen dataclass: truths, numbers, texts and choices, by name."""
    settings: dict[str, Any] = {}
    for setting in fields(value):
        found = getattr(value, setting.name)
        if setting.name in without or not isinstance(found, (bool, int, float, str, Enum)):
            continue
        settings[setting.name] = found.name if isinstance(found, Enum) else found
    return settings


def with_settings(value: T, settings: Mapping[str, Any], without: frozenset[str] = frozenset()) -> T:
    """The dataclass with these settings, as far as it has them and they are of their kind."""
    changed: dict[str, Any] = {}
    for name, present in ((one.name, getattr(value, one.name)) for one in fields(value)):  # type: ignore[arg-type]
        wanted = settings.get(name)
        if name in without or wanted is None:
            continue
        if isinstance(present, Enum):
            if isinstance(wanted, str) and wanted in type(present).__members__:
                changed[name] = type(present)[wanted]
        elif type(wanted) is type(present):
            changed[name] = wanted
    return replace(value, **changed)  # type: ignore[type-var]
