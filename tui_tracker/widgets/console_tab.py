"""The page of a run that shows what it printed, live, and finds text in it."""

from __future__ import annotations

import re
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from logger.console.reading import Console, consoles, pattern_of
from tui_tracker.commands.console import CONSOLE_COMMANDS
from tui_tracker.commands.lines import AbandonLine
from tui_tracker.model import formats
from tui_tracker.model.run_sheet import RunSheet
from tui_tracker.model.source import Source
from tui_tracker.model.text import clean
from tui_tracker.widgets.console_view import ConsoleView
from tui_tracker.widgets.plain_input import PlainInput
from tui_tracker.widgets.run_tab import RunTab

# How soon what is printed shows.
_LOOK_SECONDS = 0.25
_NOTHING = "Nothing has been printed yet, or the run started with console=False."


class SearchLine(PlainInput):
    """The line that is searched for; Escape leaves it."""

    BINDINGS: ClassVar[list[BindingType]] = [AbandonLine.on("abandon")]

    class Abandoned(Message):
        """Escape was pressed."""

    def action_abandon(self) -> None:
        self.post_message(self.Abandoned())


class ConsoleTab(RunTab):
    """A view of one process's output, with a line that says where in it one is."""

    COMMAND_CLASSES = CONSOLE_COMMANDS
    DEFAULT_CSS = """
    ConsoleTab {
        layout: vertical;
        & > #console-status { height: 1; padding: 0 1; background: $panel; color: $secondary; }
        & > SearchLine { height: 1; border: none; padding: 0 1; background: $panel; }
    }
    """

    def __init__(self, source: Source, run_id: int) -> None:
        super().__init__(source, run_id)
        self.view = ConsoleView()
        self._line = SearchLine(placeholder="search", compact=True)
        self._status = Static(_NOTHING, id="console-status", markup=False)
        self._uid = ""
        self._consoles: list[Console] = []
        self._chosen = 0
        self._words = ""
        self._remark = ""
        self._searching = False
        self._is_running = True

    def compose(self) -> ComposeResult:
        yield self.view
        yield self._line
        yield self._status

    def on_mount(self) -> None:
        self._line.display = False
        self.set_interval(_LOOK_SECONDS, self._look)

    def on_unmount(self) -> None:
        for console in self._consoles:
            console.close()

    def show_sheet(self, sheet: RunSheet) -> None:
        self._is_running = sheet.run.is_running
        if self._uid != sheet.run.uid:
            self._uid = sheet.run.uid
            self._look()

    def _look(self) -> None:
        """See what has been printed since."""
        if not self._uid or not self.display or not self.is_mounted:
            return
        known = {console.name: console for console in self._consoles}
        self._consoles = [
            known.pop(found.name, found) for found in consoles(self.source.store.console(self._uid))
        ]
        for gone in known.values():
            gone.close()
        if not self._consoles:
            return
        console = self._consoles[min(self._chosen, len(self._consoles) - 1)]
        grown = console.refresh()
        if self.view.console is not console:
            self.view.show(console)
        elif grown:
            self.view.grew()

    # What its commands do.

    @property
    def is_typing(self) -> bool:
        return self._line.has_focus

    @property
    def has_search(self) -> bool:
        return bool(self._words)

    @property
    def process_count(self) -> int:
        return len(self._consoles)

    def toggle_following(self) -> None:
        self.view.following = not self.view.following

    def toggle_wrapping(self) -> None:
        self.view.wrapping = not self.view.wrapping

    def toggle_times(self) -> None:
        self.view.timed = not self.view.timed

    def next_process(self) -> None:
        self._chosen = (self._chosen + 1) % max(len(self._consoles), 1)
        self._look()

    def edit_search(self) -> None:
        # At once: keys that have been typed ahead belong to it.
        self._line.display = True
        self.screen.set_focus(self._line)

    @on(Input.Submitted)
    def _search(self, event: Input.Submitted) -> None:
        event.stop()
        self._close_search_line()
        self._words = event.value
        self.refresh_bindings()
        if not self._words:
            self.view.mark(None, -1)
            self._say("")
        else:
            self._find(max(self.view.bottom - 1, 0), backwards=True)

    @on(SearchLine.Abandoned)
    def _abandon(self, event: SearchLine.Abandoned) -> None:
        event.stop()
        self._close_search_line()

    def _close_search_line(self) -> None:
        self.screen.set_focus(self.view)
        self._line.display = False

    def search_on(self, *, backwards: bool) -> None:
        view = self.view
        row = view.found_row if view.found_row >= 0 else view.top
        self._find(row - 1 if backwards else row + 1, backwards=backwards)

    def _find(self, start: int, *, backwards: bool) -> None:
        """Search in a thread, beyond the end from the other end on."""
        shown = self.view.console
        if shown is None:
            return
        self._say(f"searching for {self._words!r} …")
        words, pattern = self._words, pattern_of(self._words)

        def work() -> None:
            worker = get_current_worker()
            # A reading of its own: the view goes on with the other one meanwhile.
            console = Console(self.source.store.console(self._uid), shown.name)
            try:
                console.refresh()
                other_end = console.count if backwards else 0
                row, remark = -1, ""
                for begin in (start, other_end):
                    found = console.search(
                        pattern, begin, backwards=backwards, stopped=lambda: worker.is_cancelled
                    )
                    row = next(found, -1) if begin >= 0 else -1
                    if row >= 0 or worker.is_cancelled:
                        break
                    remark = "from the other end"
                if not worker.is_cancelled:
                    self.app.call_from_thread(self._show_found, words, row, remark)
            finally:
                console.close()

        self.run_worker(work, group="search", exclusive=True, exit_on_error=False, thread=True)

    def _show_found(self, words: str, row: int, remark: str) -> None:
        flags = re.IGNORECASE if words == words.lower() else 0
        self.view.mark(re.compile(re.escape(words), flags), row)
        self._say(remark if row >= 0 else f"nothing says {words!r}")

    def _say(self, remark: str) -> None:
        self._remark = remark
        self._show_status()

    @on(ConsoleView.Moved)
    def _show_status(self) -> None:
        view = self.view
        if view.console is None:
            return
        parts = [
            f"lines {view.top + 1:,} to {view.bottom:,} of {view.count:,}",
            formats.size(view.console.size),
        ]
        if len(self._consoles) > 1:
            parts.append(f"process {self._consoles.index(view.console) + 1} of {len(self._consoles)}")
        if view.following:
            parts.append("following" if self._is_running else "at the end")
        if self._remark:
            parts.append(self._remark)
        self._status.update(Content(clean(" · ".join(parts))))
