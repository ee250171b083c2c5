"""The top line: which screens there are, which store this is, and how much is in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from logger.store.locate import Store
from logger.store.runs import Experiment
from tui_tracker.commands.base import CommandClass, hosts_of, keymap_of
from tui_tracker.commands.general import ShowAlerts, ShowExplorer, ShowRegistry, ShowSystem
from tui_tracker.model import formats
from tui_tracker.model.cells import fit_end, width_of
from tui_tracker.model.text import clean
from tui_tracker.widgets.gpu_watch import GpuWatch

# Cells of the path that are kept before a remark is shown.
_LEAST_PATH = 10
_ROOMY = 100
_NAME = "tracker-tui"
# By the app's names of its modes.
_MODES: dict[str, tuple[str, CommandClass]] = {
    "explorer": ("Runs", ShowExplorer),
    "registry": ("Models", ShowRegistry),
    "system": ("System", ShowSystem),
}


class _Part(NamedTuple):
    """A piece of the line."""

    text: str
    style: str
    command: CommandClass | None = None
    """what a click on it does"""


class StoreHeader(Widget):
    """One line: the program, its screens, the store's path, what is to be known of it, the counts at the right.

    A click on a screen's name goes there, one on the count of alerts shows them.
    """

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
        return Content.assemble(*((part.text, part.style) for part in self._parts()))

    async def on_click(self, event: events.Click) -> None:
        place = event.x - self.styles.padding.left
        for part in self._parts():
            if 0 <= place < width_of(part.text) and part.command is not None:
                event.stop()
                *_, app = hosts_of(self.screen)
                await app.action_command(part.command.id)
                return
            place -= width_of(part.text)

    def _parts(self) -> list[_Part]:
        width = self.content_size.width
        alerts = f"{formats.counted(self.alerts, 'alert')} (!) · " if self.alerts else ""
        # On a narrow screen the store's path is worth more.
        gpus = f"  {self.gpus}" if self.gpus and width >= _ROOMY else ""
        left = [_Part(_NAME, "bold $accent"), _Part("  ", ""), *self._modes(width)]
        right = [
            _Part(alerts, "bold $error", ShowAlerts),
            _Part(self.counts, "$foreground"),
            _Part(gpus, "$secondary"),
        ]
        room = width - _width(left) - _width(right) - 2
        remark = self.remark
        if width_of(self.path) + width_of(remark) + 2 > room:
            # Where not all has room, what the store is comes before what follows from it.
            remark = remark.partition(":")[0]
        remark = f"  {remark}" if remark and room - width_of(remark) > _LEAST_PATH else ""
        room -= width_of(remark)
        path = fit_end(self.path, min(room, width_of(self.path))) if room > 8 else ""
        left += [_Part(path, "$secondary"), _Part(remark, "$warning")]
        gap = max(1, width - _width(left) - _width(right))
        return [*left, _Part(" " * gap, ""), *right]

    def _modes(self, width: int) -> Iterator[_Part]:
        """The screens of the app, each with its key; the footer's help and the palette tell of them too."""
        if width < _ROOMY:
            return
        keymap = keymap_of(self)
        for mode, (title, command) in _MODES.items():
            style = "bold $accent underline" if mode == self.app.current_mode else "$secondary"
            key = command.key_label(keymap)
            yield _Part(f"{key} {title}" if key else title, style, command)
            yield _Part("  ", "")
        yield _Part(" ", "")


def _width(parts: Sequence[_Part]) -> int:
    return sum(width_of(part.text) for part in parts)
