"""The machine's load: processors, memory, disk, network, each GPU, as bars with their last minutes beside them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from textual.content import Content
from textual.widget import Widget

from logger.gpus import Gpu
from logger.machine import Machine
from tui_tracker.model import formats
from tui_tracker.model.box import Box
from tui_tracker.model.cells import fit
from tui_tracker.model.gauges import bar, sparkline
from tui_tracker.model.text import clean

_LABEL, _PERCENT = 6, 5
_MOST_SAMPLES = 200
_MOST_NAME = 40
# Above these percentages a bar calls for attention.
_BUSY, _FULL = 75.0, 92.0
Piece = Content | str | tuple[str, str]


class MachineView(Widget):
    """As tall as what it shows."""

    DEFAULT_CSS = """
    MachineView {
        height: auto; padding: 0 1; background: $surface; color: $foreground;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    """

    def __init__(self, *, ascii_only: bool, id: str | None = None) -> None:
        super().__init__(id=id)
        self._ascii = ascii_only
        self._box: Box | None = None
        self._past: dict[str, deque[float]] = {}

    def show_box(self, box: Box) -> None:
        """Show the machine as it is; what was shown before becomes its past."""
        self._box = box
        machine = box.machine
        self._keep("cpu", machine.cpu)
        self._keep("mem", machine.memory_percent)
        for gpu in machine.gpus:
            if gpu.utilization is not None:
                self._keep(f"gpu{gpu.index}", gpu.utilization)
        self.refresh(layout=True)

    def render(self) -> Content:
        if self._box is None:
            return Content("Reading the machine …")
        width = self.content_size.width
        return Content("\n").join(Content.assemble(*line) for line in self._lines(self._box, width))

    def _lines(self, box: Box, width: int) -> Iterator[list[Piece]]:
        machine = box.machine
        cores = "core" if len(machine.cores) == 1 else "cores"
        yield self._gauge("cpu", machine.cpu, f"{len(machine.cores)} {cores}", width)
        memory = f"{formats.size(machine.memory_used)} of {formats.size(machine.memory_total)}"
        yield self._gauge("mem", machine.memory_percent, memory, width)
        if machine.disk_total:
            yield self._gauge("disk", machine.disk_percent, _disk(machine), width)
        if "received" in machine.rates:
            received, sent = machine.rates["received"], machine.rates["sent"]
            yield [
                (fit("net", _LABEL), "$secondary"),
                f"in {formats.size(received)}/s  out {formats.size(sent)}/s",
            ]
        for gpu in machine.gpus:
            yield from self._gpu(gpu, box, width)

    def _gpu(self, gpu: Gpu, box: Box, width: int) -> Iterator[list[Piece]]:
        label = f"gpu{gpu.index}"
        said = clean(gpu.name, _MOST_NAME)
        runs = ", ".join(clean(name, _MOST_NAME) for name in box.runs_on(gpu))
        if gpu.utilization is not None:
            yield self._gauge(label, gpu.utilization, said, width)
        else:
            yield [(fit(label, _LABEL), "$secondary"), said]
        if gpu.memory_used is not None and gpu.memory_total:
            percent = 100 * gpu.memory_used / gpu.memory_total
            memory = f"{formats.size(gpu.memory_used)} of {formats.size(gpu.memory_total)}"
            yield self._gauge(" mem", percent, "  ".join([memory, *_figures(gpu)]), width)
        elif figures := _figures(gpu):
            yield [" " * _LABEL, "  ".join(figures)]
        if runs:
            yield [" " * _LABEL, (runs, "bold $primary")]

    def _gauge(self, label: str, percent: float, said: str, width: int) -> list[Piece]:
        """A label, a percentage, a bar, its past where there is room, words."""
        room = max(width - _LABEL - _PERCENT - 2, 0)
        past = self._past.get(label, deque())
        spark = min(room // 4, _MOST_SAMPLES) if label and width >= 80 else 0
        gauge = max(room // 3, 8)
        colour = "$error" if percent >= _FULL else "$warning" if percent >= _BUSY else "$success"
        pieces: list[Piece] = [
            (fit(label, _LABEL), "$secondary"),
            (f"{percent:>{_PERCENT - 1}.0f}% ", "bold"),
            (bar(percent, gauge, ascii_only=self._ascii), f"{colour} on $panel"),
            " ",
        ]
        if spark:
            pieces += [(sparkline(list(past), spark, ascii_only=self._ascii), "$secondary"), " "]
        elif width >= 80:
            pieces.append(" " * (min(room // 4, _MOST_SAMPLES) + 1))
        return [*pieces, said]

    def _keep(self, label: str, percent: float) -> None:
        self._past.setdefault(label, deque(maxlen=_MOST_SAMPLES)).append(percent)


def _disk(machine: Machine) -> str:
    said = f"{formats.size(machine.disk_free)} free"
    if "disk_read" in machine.rates:
        read, written = machine.rates["disk_read"], machine.rates["disk_written"]
        said += f"  read {formats.size(read)}/s  write {formats.size(written)}/s"
    return said


def _figures(gpu: Gpu) -> list[str]:
    """Power, temperature and clock, as far as the card tells."""
    found = []
    if gpu.power is not None:
        limit = f" of {gpu.power_limit:.0f}" if gpu.power_limit else ""
        found.append(f"{gpu.power:.0f}{limit} W")
    if gpu.temperature is not None:
        found.append(f"{gpu.temperature:.0f} C")
    if gpu.clock is not None:
        found.append(f"{gpu.clock:.0f} MHz")
    return found
