"""Commands of the comparison."""

from __future__ import annotations

from typing import Protocol

from tui_tracker.commands.base import Command, CommandClass
from tui_tracker.model.plot_kind import PlotKind

GROUP = "Comparison"


class Comparing(Protocol):
    """The comparison, as its commands know it."""

    def toggle_equal(self) -> None: ...
    def next_baseline(self) -> None: ...
    def choose_baseline(self) -> None: ...
    def toggle_aggregate(self) -> None: ...
    def turn_direction(self) -> None: ...
    def next_change(self) -> None: ...
    def toggle_code(self) -> None: ...
    def plot(self, kind: PlotKind) -> None: ...
    def copy(self) -> None: ...
    def write(self) -> None: ...
    def leave(self) -> None: ...


class ToggleEqual(Command[Comparing]):
    """Show rows in which the runs are equal, or only those in which they differ."""

    id = "compare.equal"
    key = "d"
    group = GROUP
    show = True
    footer = "equal rows"

    def run(self, host: Comparing) -> None:
        host.toggle_equal()


class NextBaseline(Command[Comparing]):
    """Measure differences against the next run."""

    id = "compare.baseline"
    key = "b"
    group = GROUP
    show = True
    footer = "baseline"

    def run(self, host: Comparing) -> None:
        host.next_baseline()


class ChooseBaseline(Command[Comparing]):
    """Choose the run that the others are compared with, from a list."""

    id = "compare.baseline_from_list"
    key = "B"
    group = GROUP

    def run(self, host: Comparing) -> None:
        host.choose_baseline()


class ToggleAggregate(Command[Comparing]):
    """Compare the best value of each metric, or the latest."""

    id = "compare.aggregate"
    key = "a"
    group = GROUP
    show = True
    footer = "best or latest"

    def run(self, host: Comparing) -> None:
        host.toggle_aggregate()


class TurnBest(Command[Comparing]):
    """Less or more of the metric at the cursor is better."""

    id = "compare.direction"
    key = "t"
    group = GROUP

    def run(self, host: Comparing) -> None:
        host.turn_direction()


class NextChange(Command[Comparing]):
    """Changes as differences, in percent, or both."""

    id = "compare.change"
    key = "percent_sign"
    shown_key = "%"
    group = GROUP
    show = True
    footer = "percent"

    def run(self, host: Comparing) -> None:
        host.next_change()


class ToggleCode(Command[Comparing]):
    """Differences of the code, or the curves.

    Of exactly two runs: between their commits, where the repository is here, and of their uncommitted changes.
    """

    id = "compare.code"
    key = "g"
    group = GROUP
    show = True
    footer = "code"

    def run(self, host: Comparing) -> None:
        host.toggle_code()


class ShowScatter(Command[Comparing]):
    """Scatter plot of any two params, metrics or attributes."""

    id = "compare.scatter"
    key = "s"
    group = GROUP
    show = True
    footer = "scatter"

    def run(self, host: Comparing) -> None:
        host.plot("scatter")


class ShowParallel(Command[Comparing]):
    """Parallel coordinates."""

    id = "compare.parallel"
    key = "p"
    group = GROUP
    show = True
    footer = "parallel"

    def run(self, host: Comparing) -> None:
        host.plot("parallel")


class ShowBoxes(Command[Comparing]):
    """Box plot of a metric by the values of a param."""

    id = "compare.boxes"
    key = "o"
    group = GROUP
    show = True
    footer = "boxes"

    def run(self, host: Comparing) -> None:
        host.plot("boxes")


class ShowImportance(Command[Comparing]):
    """Which params matter to a metric."""

    id = "compare.importance"
    key = "i"
    group = GROUP
    show = True
    footer = "what matters"

    def run(self, host: Comparing) -> None:
        host.plot("importance")


class CopyComparison(Command[Comparing]):
    """Copy as Markdown, TSV, LaTeX or CSV; names, ids."""

    id = "compare.copy"
    key = "c,ctrl+y"
    group = GROUP
    show = True
    footer = "copy"

    def run(self, host: Comparing) -> None:
        host.copy()


class WriteComparison(Command[Comparing]):
    """Write to a file: a table, or the picture as SVG or HTML."""

    id = "compare.write"
    key = "w"
    group = GROUP

    def run(self, host: Comparing) -> None:
        host.write()


class LeaveComparison(Command[Comparing]):
    """Back to the runs."""

    id = "compare.leave"
    key = "escape"
    shown_key = "esc"
    group = GROUP
    show = True
    footer = "back"

    def run(self, host: Comparing) -> None:
        host.leave()


COMPARE_COMMANDS: tuple[CommandClass, ...] = (
    ToggleEqual,
    NextBaseline,
    ChooseBaseline,
    ToggleAggregate,
    TurnBest,
    NextChange,
    ToggleCode,
    ShowScatter,
    ShowParallel,
    ShowBoxes,
    ShowImportance,
    CopyComparison,
    WriteComparison,
    LeaveComparison,
)
