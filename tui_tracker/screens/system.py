"""The machine this runs on: load, GPUs, processes and their runs. Read every two seconds while it shows."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from logger.store.connection import StoreError
from tui_tracker.commands.moving import Back
from tui_tracker.commands.system import SYSTEM_COMMANDS
from tui_tracker.model.box import Box, BoxReader, ProcessOrder, owners
from tui_tracker.model.terminal import has_unicode
from tui_tracker.screens.base import TrackerScreen
from tui_tracker.widgets.key_bar import KeyBar
from tui_tracker.widgets.machine_view import MachineView
from tui_tracker.widgets.process_list import ProcessList
from tui_tracker.widgets.store_header import StoreHeader

_SECONDS = 2.0
# More lines than a person reads; the rest is counted.
_MOST_PROCESSES = 200
_NO_LIBRARY = "The machine is read by psutil, which is not installed: pip install psutil"


class SystemScreen(TrackerScreen):
    """GPUs and processors above, processes below."""

    COMMAND_CLASSES = SYSTEM_COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = [Back.on("app.switch_mode('explorer')")]
    AUTO_FOCUS = "ProcessList"

    @dataclass
    class Read(Message):
        """The machine as a worker found it; None where it cannot be read."""

        box: Box | None

    def __init__(self) -> None:
        super().__init__()
        self._busy = False
        self._reader: BoxReader | None = None
        self._box: Box | None = None
        self._order = ProcessOrder()
        self._reading: Timer | None = None

    def compose(self) -> ComposeResult:
        yield StoreHeader()
        with Vertical(id="machine", classes="pane"):
            yield MachineView(ascii_only=not has_unicode())
        with Vertical(id="processes", classes="pane"):
            yield Static(id="process-heading", markup=False)
            yield ProcessList()
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(StoreHeader).show_store(self.source.store)
        self.query_one("#machine").border_title = Content(f"This machine  {os.uname().nodename}")

    def on_screen_resume(self) -> None:
        self._read()
        self._reading = self.set_interval(_SECONDS, self._read)

    def on_screen_suspend(self) -> None:
        if self._reading is not None:
            self._reading.stop()
            self._reading = None

    def on_resize(self) -> None:
        self.call_after_refresh(self._show_processes)

    def on_unmount(self) -> None:
        if self._reader is not None:
            self._reader.close()

    @property
    def is_reading(self) -> bool:
        """Whether the machine is read every few seconds."""
        return self._reading is not None

    # Commands

    def sort_by_next(self) -> None:
        self._order = self._order.next_key()
        self._show_processes()

    def show_all_or_known(self) -> None:
        self._order = ProcessOrder(self._order.key, not self._order.only_known)
        self._show_processes()

    def has_run(self) -> bool:
        chosen = self.query_one(ProcessList).chosen
        return chosen is not None and chosen.run is not None

    def open_run(self) -> None:
        chosen = self.query_one(ProcessList).chosen
        if chosen is not None and chosen.run is not None:
            self._open(chosen.run.run_id)

    @on(ProcessList.RunChosen)
    def _open_chosen(self, message: ProcessList.RunChosen) -> None:
        message.stop()
        self._open(message.run_id)

    def _open(self, run_id: int) -> None:
        from tui_tracker.screens.run import RunScreen

        self.app.push_screen(RunScreen(run_id))

    # Reading

    def _read(self) -> None:
        if not self._busy:
            self._busy = True
            self.run_worker(self._read_box, group="box", exit_on_error=False, thread=True)

    def _read_box(self) -> None:
        """In a worker's thread. The store is asked first and let go: looking at every process takes a while."""
        try:
            found = self.source.read(owners)
        except StoreError:
            found = []  # the watcher says what is wrong with the store
        try:
            self._reader = self._reader or BoxReader(self.source.store.directory)
        except ImportError:
            self.post_message(self.Read(None))
            return
        self.post_message(self.Read(self._reader.read(found)))

    @on(Read)
    def _show_read(self, message: Read) -> None:
        message.stop()
        self._busy = False
        self._show(message.box)

    def _show(self, box: Box | None) -> None:
        if box is None:
            self.query_one("#process-heading", Static).update(Content(_NO_LIBRARY))
            return
        self._box = box
        self.query_one(MachineView).show_box(box)
        self._show_processes()

    def _show_processes(self) -> None:
        if self._box is None:
            return
        shown = self._order.apply(self._box.processes, _MOST_PROCESSES)
        listed = self.query_one(ProcessList)
        heading = listed.show_processes(shown, gpus=bool(self._box.machine.gpus))
        self.query_one("#process-heading", Static).update(heading)
        pane = self.query_one("#processes")
        by = {"cpu": "processor", "memory": "memory", "gpu_memory": "GPU memory"}[self._order.key]
        total = len(self._box.processes)
        counted = f"{len(shown)} of {total:,}" if len(shown) < total else f"{total:,}"
        pane.border_title = Content(f"Processes  {counted}, by {by}")
        self.refresh_bindings()
