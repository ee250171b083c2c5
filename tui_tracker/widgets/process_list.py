"""The machine's processes, those of runs first; Enter opens the run of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui_tracker.model import formats
from tui_tracker.model.box import BoxProcess
from tui_tracker.model.cells import fit, width_of
from tui_tracker.model.text import clean
from tui_tracker.widgets.moved import MovedList

_PID, _USER, _CPU, _SIZE, _GPUS, _RUN = 8, 10, 7, 9, 8, 24
# Below so many cells a run's name gets fewer, and so do numbers.
_ROOMY, _NARROW_RUN = 100, 14
_NARROW_PID, _NARROW_USER, _NARROW_GPUS = 7, 8, 5
# The padding of a line at both sides, and the scroll bar.
_MARGIN = 3


class ProcessList(MovedList):
    """One line a process. The cursor stays on its process while the order changes."""

    @dataclass
    class RunChosen(Message):
        """Enter on a process that belongs to a run."""

        run_id: int

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self.shown: tuple[BoxProcess, ...] = ()
        """in order"""

    @property
    def chosen(self) -> BoxProcess | None:
        """The process under the cursor."""
        if self.highlighted is None or self.highlighted >= len(self.shown):
            return None
        return self.shown[self.highlighted]

    def show_processes(self, processes: Sequence[BoxProcess], *, gpus: bool) -> Content:
        """Show these, with columns for GPUs or without; returns the heading of the columns."""
        names = [clean(process.run.name, 60) for process in processes if process.run]
        layout = _Layout(self.size.width - _MARGIN, gpus, max(map(width_of, ["run", *names])))
        under, top = self.chosen, self.scroll_offset.y
        self.shown = tuple(processes)
        self.clear_options()
        self.add_options(Option(layout.line(process)) for process in processes)
        places = [place for place, process in enumerate(processes) if under and process.pid == under.pid]
        self.highlighted = places[0] if places else 0 if processes else None
        self.scroll_to(y=top, animate=False)
        return layout.heading()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        process = self.chosen
        if process is not None and process.run is not None:
            self.post_message(self.RunChosen(process.run.run_id))


@dataclass(frozen=True)
class _Layout:
    """How wide the cells of a line are."""

    width: int
    gpus: bool
    """whether there are columns for GPUs"""
    longest_name: int
    """cells of the longest name of a run"""

    @property
    def run(self) -> int:
        return min(self.longest_name, _RUN if self.width >= _ROOMY else _NARROW_RUN)

    def cells(self, pid: str, user: str, numbers: Sequence[str]) -> tuple[str, str]:
        """The cells before the run's name: who it is, what it takes."""
        roomy = self.width >= _ROOMY
        gpus = _GPUS if roomy else _NARROW_GPUS
        sizes = (_CPU, _SIZE, gpus, _SIZE) if self.gpus else (_CPU, _SIZE)
        who = fit(pid, _PID if roomy else _NARROW_PID, "right") + "  "
        who += fit(user, _USER if roomy else _NARROW_USER)
        return who, "".join(fit(text, size, "right") for text, size in zip(numbers, sizes, strict=False))

    def command(self, before: int) -> int:
        """What is left for the command, of a line that has `before` cells."""
        return max(self.width - before, 0)

    def heading(self) -> Content:
        cells = "".join(self.cells("pid", "user", ("cpu", "memory", "gpu", "gpu mem")))
        return Content(fit(f"{cells}  {fit('run', self.run)}  command", self.width))

    def line(self, process: BoxProcess) -> Content:
        numbers = (
            f"{process.cpu:.0f}%",
            formats.size(process.memory),
            ",".join(map(str, process.gpus)),
            formats.size(process.gpu_memory) if process.gpus else "",
        )
        who, takes = self.cells(str(process.pid), clean(process.user, 40), numbers)
        run = fit(clean(process.run.name, 60) if process.run else "", self.run)
        room = self.command(width_of(who + takes + run) + 4)
        command = fit(clean(process.command, 300), room)
        return Content.assemble((who, "$secondary"), takes, "  ", (run, "bold $primary"), "  ", command)
