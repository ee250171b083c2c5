"""How busy the machine's GPUs are, in a few cells; it takes none where there are no GPUs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.message import Message
from textual.widget import Widget

from logger.gpus import Gpu, Gpus

# The driver is asked after the first screen shows, and seldom: whoever looks closely has the System screen.
_FIRST_SECONDS, _SECONDS = 1.0, 5.0
# More than so many are told by their mean.
_MOST = 4


class GpuWatch(Widget):
    """Reads the GPUs while its screen shows, and says what it finds to its parent."""

    DEFAULT_CSS = "GpuWatch { display: none; }"

    @dataclass
    class Changed(Message):
        """The GPUs are busier or less busy than before."""

        summary: str

    def __init__(self) -> None:
        super().__init__()
        self._gpus: Gpus | None = None
        self._said = ""

    def on_mount(self) -> None:
        self.set_timer(_FIRST_SECONDS, lambda: self._in_thread(self._open))

    def on_unmount(self) -> None:
        if self._gpus is not None:
            self._gpus.close()

    def _open(self) -> None:
        self._gpus = Gpus.open()
        if self._gpus is not None:
            self._read()
            self.call_later(self._read_again)

    def _read_again(self) -> None:
        self.set_interval(_SECONDS, lambda: self._in_thread(self._read))

    def _in_thread(self, work: Callable[[], None]) -> None:
        if self.screen.is_current:
            self.run_worker(work, group="gpus", exclusive=True, exit_on_error=False, thread=True)

    def _read(self) -> None:
        if self._gpus is not None:
            said = summary(self._gpus.read())
            if said != self._said:
                self._said = said
                self.post_message(self.Changed(said))


def summary(gpus: Sequence[Gpu]) -> str:
    """`GPU0 87%  GPU1 91%`, or of many `8 GPUs 45%`, their mean; those that do not tell are left out."""
    loads = [(gpu.index, gpu.utilization) for gpu in gpus if gpu.utilization is not None]
    if len(loads) > _MOST:
        return f"{len(loads)} GPUs {sum(load for _, load in loads) / len(loads):.0f}%"
    return "  ".join(f"GPU{index} {load:.0f}%" for index, load in loads)
