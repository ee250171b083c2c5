"""The top line: which store this is, and how much is in it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from logger.store.locate import Store
from logger.store.runs import Experiment
from tui_tracker.model import formats
from tui_tracker.model.cells import fit_end, width_of
from tui_tracker.model.text import clean
from tui_tracker.widgets.gpu_watch import GpuWatch

# Cells of the path that are kept before a remark is shown.
_LEAST_PATH = 10
_ROOMY = 100


class StoreHeader(Widget):
    """One line: the program, the store's path, what is to be known of it, the counts at the right."""

    DEFAULT_CSS = """
    StoreHeader {
        height: 1;
        padding: 0 1;
        background: $panel;
        color: $foreground;
    }
    """

    path: reactive[str] = reactive("")
    remark: reactive[str] = reactive("")
    counts: reactive[str] = reactive("")
    alerts: reactive[int] = reactive(0)
    """how many nobody has looked at"""

    gpus: reactive[str] = reactive("")
    """how busy they are; empty where there are none, or they are told elsewhere on the screen"""

    def compose(self) -> ComposeResult:
        yield GpuWatch()

    def on_gpu_watch_changed(self, message: GpuWatch.Changed) -> None:
        message.stop()
        self.gpus = message.summary

    def on_mount(self) -> None:
        if hasattr(type(self.app), "unseen_alerts"):
            self.watch(self.app, "unseen_alerts", self._show_alerts)

    def _show_alerts(self, unseen: int) -> None:
        self.alerts = unseen

    def show_store(self, store: Store) -> None:
        self.path = clean(formats.place(store.directory))
        self.remark = clean(store.remark)

    def show_experiments(self, experiments: Sequence[Experiment]) -> None:
        """Say how many runs and experiments there are; the empty default experiment does not count."""
        running = sum(experiment.running for experiment in experiments)
        total = sum(experiment.runs for experiment in experiments)
        used = sum(1 for experiment in experiments if experiment.runs or experiment.id)
        parts = [f"{running} running"] if running else []
        parts += [formats.counted(total, "run"), formats.counted(used, "experiment")]
        self.counts = " · ".join(parts)

    def render(self) -> Content:
        name = "tracker-tui"
        width = self.content_size.width
        alerts = f"{formats.counted(self.alerts, 'alert')} (!) · " if self.alerts else ""
        # On a narrow screen the store's path is worth more.
        gpus = f"  {self.gpus}" if self.gpus and width >= _ROOMY else ""
        room = width - len(name) - width_of(self.counts) - len(alerts) - len(gpus) - 4
        remark = self.remark
        if width_of(self.path) + width_of(remark) + 2 > room:
            # Where not all has room, what the store is comes before what follows from it.
            remark = remark.partition(":")[0]
        remark = f"  {remark}" if remark and room - width_of(remark) > _LEAST_PATH else ""
        room -= width_of(remark)
        path = fit_end(self.path, min(room, width_of(self.path))) if room > 8 else ""
        right = len(alerts) + width_of(self.counts) + len(gpus)
        gap = max(1, width - len(name) - 2 - width_of(path) - width_of(remark) - right)
        return Content.assemble(
            (name, "bold $accent"),
            "  ",
            (path, "$secondary"),
            (remark, "$warning"),
            " " * gap,
            (alerts, "bold $error"),
            (self.counts, "$foreground"),
            (gpus, "$secondary"),
        )
