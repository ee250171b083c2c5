"""What was done to a model, or to one version of it: who, when, from, to, why."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from logger.store.registry import RegistryEvent
from tui_tracker.model import formats
from tui_tracker.model.event_words import event_notes, event_words, is_failure
from tui_tracker.model.registry_view import MOST_EVENTS
from tui_tracker.widgets.aligned import QUIET, Cell, aligned
from tui_tracker.widgets.moved import MovedPage

_WIDEST = 24
_NOTES = {"reason": "italic", "refusal": "$error", "override": "$warning", "output": QUIET}


class VersionHistory(MovedPage):
    """The newest first; of the whole model, or with `only_version` of the version that is looked at."""

    DEFAULT_CSS = """
    VersionHistory {
        & > Static { height: auto; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._events: tuple[RegistryEvent, ...] = ()
        self._number: int | None = None
        self._now = 0.0
        self.only_version = False

    def compose(self) -> ComposeResult:
        yield Static(id="version-history", markup=False)

    def show_events(self, events: Sequence[RegistryEvent], number: int | None, now: float) -> None:
        """Show these; `number` is the version that is looked at, ages are reckoned by `now`, in epoch seconds."""
        self._events, self._number, self._now = tuple(events), number, now
        self._show()

    def toggle_only_version(self) -> None:
        """The history of the model, or that of the version alone."""
        self.only_version = not self.only_version
        self._show()

    def on_show(self) -> None:
        self._show()

    def _show(self) -> None:
        # It is long, and every move of the cursor changes it: made only where it is seen.
        if not self.display:
            return
        events = [event for event in self._events if not self.only_version or event.version == self._number]
        of = f"v{self._number}" if self.only_version else "the model"
        told = f"{formats.count(len(events))} {'event' if len(events) == 1 else 'events'} of {of}"
        if len(self._events) >= MOST_EVENTS:
            told = f"{told}, among the last {MOST_EVENTS} of the model"
        other = "the whole model" if self.only_version else f"v{self._number} alone"
        parts = [
            events_text(events, self._number, self._now, exact=True),
            Content(""),
            Content.styled(f"{told}; o shows {other}", QUIET),
        ]
        self.query_one("#version-history", Static).update(Content("\n").join(parts))


def events_text(
    events: Sequence[RegistryEvent], number: int | None, now: float, *, exact: bool = False
) -> Content:
    """One line an event, and one for its reason; those of version `number` stand out.

    `exact` gives the moment and the host beside the age.
    """
    lines = []
    for event in events:
        own = event.version is not None and event.version == number
        who = [Cell(event.user, QUIET)]
        if exact:
            who = [Cell(formats.moment(event.time), QUIET), Cell(f"{event.user}@{event.host}", QUIET)]
        lines.append(
            [
                Cell(formats.age(event.time, now), QUIET, "right"),
                Cell(f"v{event.version}" if event.version else "", "bold $accent" if own else "bold"),
                *who,
                Cell(
                    event_words(event),
                    "$error" if is_failure(event) else "" if own or not event.version else QUIET,
                ),
            ]
        )
        beside = [Cell("") for _ in range(2 + len(who))]
        for note in event_notes(event):
            text = f"“{note.text}”" if note.kind == "reason" else note.text
            lines.append([*beside, Cell(text, _NOTES[note.kind])])
    return aligned(lines, widest=_WIDEST) if lines else Content.styled("Nothing yet.", QUIET)
