"""The looks of the run table, one for each experiment and one for all runs together, as the person left them."""

from __future__ import annotations

from dataclasses import replace

from tui_tracker.model.selection import Place
from tui_tracker.model.state_file import StateFile
from tui_tracker.model.table_look import TableLook

_SECTION = "tables"
_ALL = ""


class Looks:
    """Looks by experiment, kept in a state file."""

    def __init__(self, state: StateFile) -> None:
        self._state = state
        self._known: dict[str, TableLook] | None = None

    def of(self, place: Place) -> TableLook:
        """How the runs of a place are shown; the plain look where nothing was chosen.

        What runs are grouped by is the same everywhere, since one tree shows all places.
        """
        return replace(self._of(place_key(place)), groups=self._of(_ALL).groups)

    def put(self, place: Place, look: TableLook) -> None:
        """From here on, also in the next session, the runs of a place are shown so."""
        name = place_key(place)
        self._keep(_ALL, replace(self._of(_ALL), groups=look.groups))
        self._keep(name, look if name == _ALL else replace(look, groups=()))

    def _of(self, name: str) -> TableLook:
        return self._looks().get(name, TableLook())

    def _keep(self, name: str, look: TableLook) -> None:
        if self._of(name) != look:
            self._looks()[name] = look
            self._state.put(_SECTION, name, look.to_json() or None)

    def _looks(self) -> dict[str, TableLook]:
        if self._known is None:
            found = self._state.section(_SECTION)
            self._known = {name: TableLook.from_json(written) for name, written in found.items()}
        return self._known


def place_key(place: Place) -> str:
    """An experiment's name behind a sign, so that none can be taken for all runs together."""
    return f"={place.experiment}" if place.experiments else _ALL
