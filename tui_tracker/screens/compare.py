"""Several runs side by side: what they were given, what they measured, and their curves over each other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from logger.store.connection import Reader
from tui_tracker.commands.charts import CHART_COMMANDS
from tui_tracker.commands.compare import COMPARE_COMMANDS
from tui_tracker.commands.panes import PANE_COMMANDS
from tui_tracker.messages import StoreChanged
from tui_tracker.model import clock, formats
from tui_tracker.model.code import CodeState
from tui_tracker.model.code_diff import CodeDiff, code_diff
from tui_tracker.model.comparison import Aggregate, ComparisonRow, Subject, compare, read_subjects
from tui_tracker.model.comparison_code import code_rows, read_codes
from tui_tracker.model.comparison_sheet import CHANGES, Change, comparison_sheet, run_labels
from tui_tracker.model.direction import Direction
from tui_tracker.model.extremes import direction_in
from tui_tracker.model.plot_kind import PlotKind
from tui_tracker.model.text import clean
from tui_tracker.screens.charts import ChartsScreen
from tui_tracker.screens.panes import Border
from tui_tracker.widgets.chart_panel import ChartPanel
from tui_tracker.widgets.code_diff import CodeDiffView
from tui_tracker.widgets.comparison import ComparisonTable
from tui_tracker.widgets.curve_grid import CurveGrid
from tui_tracker.widgets.key_bar import KeyBar

# More columns than this are not compared by eye.
MOST_RUNS = 50

Answer = tuple[list[Subject], dict[int, CodeState]]


class CompareScreen(ChartsScreen):
    """The first of the runs is the baseline at first.

    `directions`: which way metrics are better, where a person has said so; `mark` marks runs where these came from.
    """

    COMMAND_CLASSES = (*COMPARE_COMMANDS, *CHART_COMMANDS, *PANE_COMMANDS)
    BORDERS = (Border("compared", False, 6, 5),)
    PANES = ("compared", "curves", "code")
    AUTO_FOCUS = "ComparisonTable"
    DEFAULT_CSS = """
    CompareScreen {
        #compared { height: 1fr; min-height: 6; border-subtitle-color: $text-muted; }
        #curves { height: 1fr; }
        #code { height: 1fr; display: none; }
        #note { height: 1; padding: 0 1; color: $text-muted; background: $surface; }
        &.-code #curves { display: none; }
        &.-code #code { display: block; }
        &.-charts-full.-code #curves { display: block; }
        &.-charts-full.-code #code { display: none; }
    }
    """

    def __init__(
        self,
        run_ids: Sequence[int],
        *,
        clock: Callable[[], float] = clock.now,
        directions: Mapping[str, Direction] | None = None,
        mark: Callable[[Sequence[int]], None] | None = None,
    ) -> None:
        super().__init__()
        self._asked = len(run_ids)
        self._run_ids = tuple(dict.fromkeys(run_ids))[:MOST_RUNS]
        self._clock = clock
        self._mark = mark
        self._subjects: list[Subject] = []
        self._codes: dict[int, CodeState] = {}
        self._rows: tuple[ComparisonRow, ...] = ()
        self._colours: Mapping[int, str] = {}
        self._baseline = 0
        self._aggregate: Aggregate = "last"
        self._change: Change = "difference"
        self._directions = dict(directions or {})
        self._with_equal = False
        self._changed = False

    def compose(self) -> ComposeResult:
        with Vertical():
            with Vertical(id="compared", classes="pane"):
                yield ComparisonTable()
                yield Static(id="note", markup=False)
            yield ChartPanel(self.source, self.state, id="curves")
            with Vertical(id="code", classes="pane") as pane:
                pane.border_title = "Code"
                yield CodeDiffView()
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

    @property
    def is_ready(self) -> bool:
        return bool(self._subjects)

    def _read(self) -> None:
        self._changed = False
        run_ids, store, known = self._run_ids, self.source.store, dict(self._codes)

        def ask(reader: Reader) -> Answer:
            subjects = read_subjects(reader, run_ids)
            # What has been read once does not change: the code is kept when a run starts.
            missing = [subject for subject in subjects if subject.run.id not in known]
            return subjects, known | read_codes(reader, store, missing)

        self.ask("subjects", ask, self._take)

    def _take(self, answer: Answer) -> None:
        self._subjects, self._codes = answer
        self._baseline = min(self._baseline, max(len(self._subjects) - 1, 0))
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
        rows = (
            *compare(
                self._subjects,
                self._clock(),
                baseline=self._baseline,
                aggregate=self._aggregate,
                directions=self._directions,
            ),
            *code_rows(self._subjects, self._codes),
        )
        self._rows = tuple(row for row in rows if row.differs or self._with_equal)
        self.table.show(self._subjects, self._rows, self._baseline, self._colours, self._change)
        pane = self.query_one("#compared")
        pane.border_title = f"Comparison of {len(self._subjects)} runs"
        pane.border_subtitle = "best values" if self._aggregate == "best" else "latest values"
        self.query_one("#note", Static).update(Content(self._words(len(rows) - len(self._rows))))

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

    def choose_baseline(self) -> None:
        self.run_errand(self._choose_baseline())

    async def _choose_baseline(self) -> None:
        from tui_tracker.screens.run_picker import RunPicker

        labels = run_labels([subject.run for subject in self._subjects])
        place = await self.app.push_screen_wait(RunPicker("Compare with", labels, self._baseline))
        if place is not None:
            self._baseline = place
            self._show()

    def toggle_aggregate(self) -> None:
        self._aggregate = "last" if self._aggregate == "best" else "best"
        self._show()

    def turn_direction(self) -> None:
        row = self.table.current
        if row is None or row.field is None or row.section != "metrics":
            self.notify("Go to the row of a metric first.", markup=False)
            return
        key = row.field.key
        turned: Direction = "higher" if direction_in(key, self._directions) == "lower" else "lower"
        self._directions[key] = turned
        self._show()
        self.notify(f"{clean(key, 60)}: {turned} is better", markup=False)

    def next_change(self) -> None:
        self._change = CHANGES[(CHANGES.index(self._change) + 1) % len(CHANGES)]
        self._show()

    def toggle_code(self) -> None:
        self.toggle_class("-code")
        if not self.has_class("-code"):
            self.table.focus()
            return
        view = self.query_one(CodeDiffView)
        view.focus()
        if len(self._subjects) != 2:
            view.say(
                "The differences of the code are shown of exactly two runs;"
                " commits and packages of all stand in the table above."
            )
            return
        store = self.source.store
        before, after = (self._codes.get(subject.run.id) for subject in self._subjects)
        view.say("reading…")
        self.run_worker(
            self._show_code(lambda: code_diff(store, before, after)),
            group="code",
            exclusive=True,
            exit_on_error=False,
        )

    async def _show_code(self, find: Callable[[], CodeDiff]) -> None:
        # Not a question to the store: git may take its time, and others are not to wait for it.
        self.query_one(CodeDiffView).show(await asyncio.to_thread(find))

    def plot(self, kind: PlotKind) -> None:
        from tui_tracker.screens.plots import PlotsScreen

        self.app.push_screen(PlotsScreen(self._run_ids, kind, mark=self._mark))

    def copy(self) -> None:
        from tui_tracker.screens.copy_offers import comparison_offers, offer_copies

        sheet = comparison_sheet(self._subjects, self._rows, self._change)
        runs = [subject.run for subject in self._subjects]
        self.run_errand(offer_copies(self, comparison_offers(runs, sheet)))

    def write(self) -> None:
        from tui_tracker.screens.taking_away import write_file

        sheet = comparison_sheet(self._subjects, self._rows, self._change)
        self.run_errand(write_file(self.app, sheet, "comparison"))

    def leave(self) -> None:
        self.app.pop_screen()
