"""The filters that were kept, the latest last, and a walk through them."""

from __future__ import annotations

from tui_tracker.model.state_file import StateFile

_SECTION, _KEY = "filters", "history"
MOST_KEPT = 100
LONGEST = 4000


class FilterHistory:
    """Remembered with the store. A walk starts at what is being typed, which comes back at its end."""

    def __init__(self, state: StateFile | None = None) -> None:
        self._state = state
        self._texts: list[str] | None = None
        self._place: int | None = None
        self._typed = ""

    @property
    def texts(self) -> list[str]:
        if self._texts is None:
            found = self._state.section(_SECTION).get(_KEY) if self._state is not None else None
            listed = found[-MOST_KEPT:] if isinstance(found, list) else []
            self._texts = [text for text in listed if isinstance(text, str) and 0 < len(text) <= LONGEST]
        return self._texts

    def keep(self, text: str) -> None:
        """A filter was kept; one that was kept before moves to the end."""
        self._place = None
        if not text or (self.texts and self.texts[-1] == text):
            return
        self._texts = [*(other for other in self.texts if other != text), text][-MOST_KEPT:]
        if self._state is not None:
            self._state.put(_SECTION, _KEY, self._texts)

    def start(self) -> None:
        """The person types: a walk begins here."""
        self._place = None

    def earlier(self, typed: str) -> str | None:
        """The filter before; None where there is none."""
        if self._place is None:
            self._typed, self._place = typed, len(self.texts)
        if self._place == 0:
            return None
        self._place -= 1
        return self.texts[self._place]

    def later(self) -> str | None:
        """The filter after, at last what was typed; None outside a walk."""
        if self._place is None:
            return None
        self._place += 1
        if self._place >= len(self.texts):
            self._place = None
            return self._typed
        return self.texts[self._place]
