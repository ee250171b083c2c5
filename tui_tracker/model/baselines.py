"""The runs that others are compared with: one for each experiment and one for all runs together, as a person chose."""

from __future__ import annotations

from logger.store import runs
from logger.store.connection import Reader
from tui_tracker.model.looks import place_key
from tui_tracker.model.selection import Place
from tui_tracker.model.state_file import StateFile

_SECTION = "baselines"


class Baselines:
    """Kept in a state file, by the runs' public ids."""

    def __init__(self, state: StateFile) -> None:
        self._state = state

    def read(self, reader: Reader, place: Place) -> int | None:
        """The baseline of a place by its id in the store; None where none is pinned, or it is no longer there."""
        uid = self._state.section(_SECTION).get(place_key(place))
        run = runs.by_uid(reader, uid) if isinstance(uid, str) else None
        return None if run is None else run.id

    def put(self, place: Place, uid: str | None) -> None:
        """From here on, also in the next session; None: there is none."""
        self._state.put(_SECTION, place_key(place), uid)
