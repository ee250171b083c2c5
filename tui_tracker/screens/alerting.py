"""Telling a person of alerts that come while the viewer runs: on the screen, by the terminal, by their command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from textual.app import App
from textual.notifications import SeverityLevel

from logger.store.alerts import Alert
from logger.store.locate import Store
from tui_tracker.model.notifier import run_command, sentence, sequence
from tui_tracker.model.settings import AlertSettings

_SEVERITIES: dict[str, SeverityLevel] = {"ERROR": "error", "WARN": "warning"}
_MOST_TOASTS = 4
# When a whole sweep fails at once, a person's command is not run for each of its runs.
_MOST_COMMANDS = 20


class AlertTeller:
    """Tells, by the means that are set. `complain` hears what went wrong with the command."""

    def __init__(
        self, app: App[Any], store: Store, chosen: AlertSettings, complain: Callable[[str], None]
    ) -> None:
        self._app = app
        self._store = store
        self._chosen = chosen
        self._complain = complain

    def tell(self, alerts: Sequence[Alert]) -> int:
        """Tell of some alerts, oldest first; returns how many of them somebody should look at."""
        raised = [alert for alert in alerts if alert.level in self._chosen.levels]
        if not raised:
            return 0
        for alert in raised[-_MOST_TOASTS:]:
            severity = _SEVERITIES.get(alert.level, "information")
            self._app.notify(sentence(alert), severity=severity, markup=False)
        if len(raised) > _MOST_TOASTS:
            self._app.notify(f"and {len(raised) - _MOST_TOASTS} more alerts: ! lists them", markup=False)
        self._write_to_terminal(sequence(self._chosen.notify, sentence(raised[-1])))
        if self._chosen.command:
            work = partial(self._run_command, raised[-_MOST_COMMANDS:])
            self._app.run_worker(work, group="alert command", exit_on_error=False, thread=True)
        return sum(alert.level != "INFO" for alert in raised)

    def _run_command(self, raised: Sequence[Alert]) -> None:
        for alert in raised:
            wrong = run_command(self._chosen.command, alert, self._store)
            if wrong:
                self._app.call_from_thread(self._complain, wrong)
                return

    def _write_to_terminal(self, text: str) -> None:
        driver = self._app._driver  # Textual has a public way for the bell only
        if text and driver is not None and not self._app.is_headless:
            driver.write(text)
