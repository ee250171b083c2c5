"""Several runs side by side: what they were given, what they measured, and their curves over each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui_tracker.commands.charts import CHART_COMMANDS
from tui_tracker.commands.compare import COMPARE_COMMANDS
from tui_tracker.messages import StoreChanged
from tui_tracker.model import clock, formats
from tui_tracker.model.comparison import Aggregate, Subject, compare, read_subjects
from tui_tracker.screens.charts import ChartsScreen
from tui_tracker.widgets.chart_panel import ChartPanel
from tui_tracker.widgets.comparison import ComparisonTable
from tui_tracker.widgets.curve_grid import CurveGrid
from tui_tracker.widgets.key_bar import KeyBar

# More columns than this are not compared by eye.
MOST_RUNS = 20


class CompareScreen(ChartsScreen):
    """The first of the runs is the baseline at first."""

    COMMAND_CLASSES = (*COMPARE_COMMANDS, *CHART_COMMANDS)
    AUTO_FOCUS = "ComparisonTable"
    DEFAULT_CSS = """
    CompareScreen {
        #compared { height: 1fr; min-height: 6; border-subtitle-color: $text-muted; }
        #curves { height: 1fr; }
        #note { height: 1; padding: 0 1; color: $text-muted; background: $surface; }
    }
    """

    def __init__(self, run_ids: Sequence[int], *, clock: Callable[[], float] = clock.now) -> None:
        super().__init__()
        self._asked = len(run_ids)
        self._run_ids = tuple(dict.fromkeys(run_ids))[:MOST_RUNS]
        self._clock = clock
        self._subjects: list[Subject] = []
        self._colours: Mapping[int, str] = {}
        self._baseline = 0
        self._aggregate: Aggregate = "last"
        self._with_equal = False
        self._changed = False

    def compose(self) -> ComposeResult:
        with Vertical(id="compared", classes="pane"):
            yield ComparisonTable()
            yield Static(id="note", markup=False)
        yield ChartPanel(self.source, self.state, id="curves")
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(ChartPanel).show_runs(self._run_ids)
        self._read()

    @property
    def table(self) -> ComparisonTable:
        return self.query_one(ComparisonTable)

    @property
    def charts(self) -> CurveGrid | None:
        return self.query_one(ChartPanel).grid

    @property
    def note(self) -> str:
        """What the line below the table says."""
        return str(self.query_one("#note", Static).content)

    # Asking the store

    def _read(self) -> None:
        self._changed = False
        self.ask("subjects", lambda reader: read_subjects(reader, self._run_ids), self._take)

    def _take(self, subjects: list[Subject]) -> None:
        self._subjects = subjects
        self._baseline = min(self._baseline, max(len(subjects) - 1, 0))
        self._show()
        if self._changed:
            self._read()

    def on_store_changed(self, message: StoreChanged) -> None:
        """Read the runs again when they are among the changed; an open question is answered first."""
        if message.run_ids.isdisjoint(self._run_ids):
            return
        self.query_one(ChartPanel).grew(message.run_ids)
        if self.questions.is_open("subjects"):
            self._changed = True
        else:
            self._read()

    # Showing

    def _show(self) -> None:
        rows = compare(self._subjects, self._clock(), baseline=self._baseline, aggregate=self._aggregate)
        shown = [row for row in rows if row.differs or self._with_equal]
        self.table.show(self._subjects, shown, self._baseline, self._colours)
        pane = self.query_one("#compared")
        pane.border_title = f"Comparison of {len(self._subjects)} runs"
        pane.border_subtitle = "best values" if self._aggregate == "best" else "latest values"
        self.query_one("#note", Static).update(Content(self._words(len(rows) - len(shown))))

    def _words(self, hidden: int) -> str:
        words = []
        if self._asked > MOST_RUNS:
            words.append(f"showing {MOST_RUNS} of {formats.count(self._asked)} runs")
        gone = len(self._run_ids) - len(self._subjects)
        if gone:
            words.append(f"{gone} {'run is' if gone == 1 else 'runs are'} gone")
        if hidden:
            words.append(f"{hidden} equal {'row' if hidden == 1 else 'rows'} hidden: d shows them")
        return " · ".join(words)

    @on(ChartPanel.ColoursChosen)
    def _paint(self, message: ChartPanel.ColoursChosen) -> None:
        message.stop()
        self._colours = message.colours
        self._show()

    # What commands do

    def toggle_equal(self) -> None:
        self._with_equal = not self._with_equal
        self._show()

    def next_baseline(self) -> None:
        self._baseline = (self._baseline + 1) % max(len(self._subjects), 1)
        self._show()

    def toggle_aggregate(self) -> None:
        self._aggregate = "last" if self._aggregate == "best" else "best"
        self._show()

    def leave(self) -> None:
        self.app.pop_screen()
