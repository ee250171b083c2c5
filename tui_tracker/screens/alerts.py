"""The alerts of all runs, latest first; Enter opens the run of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from logger.store import alerts
from logger.store.alerts import Alert
from tui_tracker.commands import dialogs
from tui_tracker.commands.general import ShowAlerts
from tui_tracker.commands.moving import pane_moves
from tui_tracker.model import clock, formats
from tui_tracker.model.cells import fit, width_of
from tui_tracker.model.source import Source
from tui_tracker.model.text import clean
from tui_tracker.screens.outside import is_outside
from tui_tracker.widgets.asking import Questions
from tui_tracker.widgets.moved import MovedList

_MOST = 500
_COLOURS = {"ERROR": "$error", "WARN": "$warning"}
_AGE, _LEVEL, _WIDEST_RUN = 5, 6, 20


class AlertsScreen(ModalScreen[int | None]):
    """A dialog that answers the id of the run to open; Escape answers None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        dialogs.Close.on("dismiss(None)"),
        *pane_moves(),
        Binding(ShowAlerts.key, "dismiss(None)", show=False, id=ShowAlerts.id),
    ]
    DEFAULT_CSS = """
    AlertsScreen {
        align: center middle;
        background: $background 60%;
        & > Vertical {
            width: 90%; max-width: 140; height: 80%; padding: 0 1; background: $surface;
            border: round $accent; border-title-color: $accent; border-subtitle-color: $secondary;
        }
        & OptionList {
            height: 1fr; padding: 0; background: $surface; scrollbar-size: 0 1;
            text-wrap: nowrap; text-overflow: ellipsis;
            &, &:focus { border: none; background-tint: transparent 0%; }
            & > .option-list--option-highlighted { background: $foreground 8%; color: $foreground; text-style: none; }
            &:focus > .option-list--option-highlighted {
                background: $primary 30%; color: $foreground; text-style: none;
            }
        }
    }
    """

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source
        self._alerts: Sequence[Alert] = ()

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "Alerts"
            box.border_subtitle = "enter opens the run, esc closes"
            yield MovedList(markup=False)

    def on_mount(self) -> None:
        questions = Questions(self, self._source)
        questions.ask("alerts", lambda reader: alerts.latest(reader, _MOST + 1), self._show, self._fail)

    def _show(self, found: Sequence[Alert]) -> None:
        self._alerts = found[:_MOST]
        shown = self.query_one(OptionList)
        now = clock.now()
        names = [clean(alert.run_name) for alert in self._alerts]
        run = min(max(map(width_of, names), default=0), _WIDEST_RUN)
        shown.add_options([Option(_line(alert, now, run)) for alert in self._alerts])
        if not found:
            shown.add_option(Option("No run has anything to tell.", disabled=True))
        elif len(found) > _MOST:
            shown.add_option(Option(f"The latest {_MOST} are shown.", disabled=True))
        shown.highlighted = 0
        shown.focus()

    def on_click(self, event: events.Click) -> None:
        """A click beside the box closes it."""
        if is_outside(self, event):
            self.dismiss(None)

    def _fail(self, reason: str) -> None:
        self.notify(clean(reason), severity="error", markup=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._alerts[event.option_index].run_id)


def _line(alert: Alert, now: float, run: int) -> Content:
    """`run`: cells of the name of its run."""
    said = f"{alert.title}, {alert.text}" if alert.text else alert.title
    step = "" if alert.step is None else f" (step {alert.step:,})"
    return Content.assemble(
        (fit(formats.age(alert.time, now), _AGE, "right"), "$secondary"),
        "  ",
        (fit(clean(alert.level), _LEVEL), _COLOURS.get(alert.level, "$secondary")),
        (fit(clean(alert.run_name), run), "bold"),
        "  ",
        clean(said + step, 400),
    )
