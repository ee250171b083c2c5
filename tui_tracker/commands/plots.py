"""Commands of the pictures of many runs."""

from __future__ import annotations

from typing import Protocol

from tui_tracker.commands.base import Command, CommandClass
from tui_tracker.model.plot_kind import PlotKind

GROUP = "Pictures of runs"


class Plots(Protocol):
    """The pictures, as their commands know them."""

    @property
    def kind(self) -> PlotKind: ...

    def show_kind(self, kind: PlotKind) -> None: ...
    def choose_x(self) -> None: ...
    def choose_y(self) -> None: ...
    def choose_colour(self) -> None: ...
    def choose_axes(self) -> None: ...
    def toggle_log(self, axis: str) -> None: ...
    def move(self, across: int, up: int) -> None: ...
    def other_end(self) -> None: ...
    def clear_brush(self, everywhere: bool) -> None: ...
    def open_current(self) -> None: ...
    def mark_chosen(self) -> None: ...
    def find_forest(self) -> None: ...
    def copy(self) -> None: ...
    def write(self) -> None: ...
    def leave(self) -> None: ...


class ScatterPicture(Command[Plots]):
    """Scatter plot."""

    id = "plots.scatter"
    key = "s"
    group = GROUP

    def run(self, host: Plots) -> None:
        host.show_kind("scatter")


class ParallelPicture(Command[Plots]):
    """Parallel coordinates."""

    id = "plots.parallel"
    key = "p"
    group = GROUP

    def run(self, host: Plots) -> None:
        host.show_kind("parallel")


class BoxPicture(Command[Plots]):
    """Box plot of a metric by the values of a param."""

    id = "plots.boxes"
    key = "o"
    group = GROUP

    def run(self, host: Plots) -> None:
        host.show_kind("boxes")


class ImportancePicture(Command[Plots]):
    """Which params matter to a metric."""

    id = "plots.importance"
    key = "i"
    group = GROUP

    def run(self, host: Plots) -> None:
        host.show_kind("importance")


class ChooseX(Command[Plots]):
    """What runs along the x axis, or groups the boxes."""

    id = "plots.x"
    key = "x"
    group = GROUP
    show = True
    footer = "x, groups"

    def run(self, host: Plots) -> None:
        host.choose_x()

    def available(self, host: Plots) -> bool:
        return host.kind in ("scatter", "boxes")


class ChooseY(Command[Plots]):
    """What runs along the y axis; of boxes and params, the metric that is measured."""

    id = "plots.y"
    key = "y"
    group = GROUP
    show = True
    footer = "y, metric"

    def run(self, host: Plots) -> None:
        host.choose_y()

    def available(self, host: Plots) -> bool:
        return host.kind in ("scatter", "boxes", "importance")


class ChooseColour(Command[Plots]):
    """What colours the runs.

    A few values have a colour each, many numbers five steps.
    """

    id = "plots.colour"
    key = "C"
    group = GROUP
    show = True
    footer = "colour"

    def run(self, host: Plots) -> None:
        host.choose_colour()

    def available(self, host: Plots) -> bool:
        return host.kind in ("scatter", "parallel")


class ChooseAxes(Command[Plots]):
    """Which axes there are, in which order."""

    id = "plots.axes"
    key = "a"
    group = GROUP
    show = True
    footer = "axes"

    def run(self, host: Plots) -> None:
        host.choose_axes()

    def available(self, host: Plots) -> bool:
        return host.kind == "parallel"


class LogX(Command[Plots]):
    """Logarithmic or linear x axis; of parallel coordinates, this axis."""

    id = "plots.log_x"
    key = "X"
    group = GROUP
    show = True
    footer = "log"

    def run(self, host: Plots) -> None:
        host.toggle_log("x")

    def available(self, host: Plots) -> bool:
        return host.kind in ("scatter", "parallel")


class LogY(Command[Plots]):
    """Logarithmic or linear y axis; of boxes, the axis of the metric."""

    id = "plots.log_y"
    key = "Y"
    group = GROUP
    show = True
    footer = "log y"

    def run(self, host: Plots) -> None:
        host.toggle_log("y")

    def available(self, host: Plots) -> bool:
        return host.kind in ("scatter", "boxes")


class MoveRight(Command[Plots]):
    """Next run or axis to the right."""

    id = "plots.right"
    key = "right,l"
    shown_key = "→"
    group = GROUP

    def run(self, host: Plots) -> None:
        host.move(1, 0)

    def available(self, host: Plots) -> bool:
        return host.kind in ("scatter", "parallel")


class MoveLeft(Command[Plots]):
    """Next run or axis to the left."""

    id = "plots.left"
    key = "left,h"
    shown_key = "←"
    group = GROUP

    def run(self, host: Plots) -> None:
        host.move(-1, 0)

    def available(self, host: Plots) -> bool:
        return host.kind in ("scatter", "parallel")


class MoveUp(Command[Plots]):
    """Next run, group or param above; on an axis, move the end of the range up."""

    id = "plots.up"
    key = "up,k"
    shown_key = "↑"
    group = GROUP

    def run(self, host: Plots) -> None:
        host.move(0, 1)


class MoveDown(Command[Plots]):
    """Next run, group or param below; on an axis, move the end of the range down."""

    id = "plots.down"
    key = "down,j"
    shown_key = "↓"
    group = GROUP

    def run(self, host: Plots) -> None:
        host.move(0, -1)


class OtherEnd(Command[Plots]):
    """Move the other end of the range from now on."""

    id = "plots.other_end"
    key = "space,tab"
    shown_key = "␣"
    group = GROUP
    show = True
    footer = "other end"

    def run(self, host: Plots) -> None:
        host.other_end()

    def available(self, host: Plots) -> bool:
        return host.kind == "parallel"


class ClearBrush(Command[Plots]):
    """Let all values of this axis through."""

    id = "plots.clear"
    key = "0"
    group = GROUP

    def run(self, host: Plots) -> None:
        host.clear_brush(False)

    def available(self, host: Plots) -> bool:
        return host.kind == "parallel"


class ClearBrushes(Command[Plots]):
    """Let all values of every axis through."""

    id = "plots.clear_all"
    key = "U"
    group = GROUP
    show = True
    footer = "clear"

    def run(self, host: Plots) -> None:
        host.clear_brush(True)

    def available(self, host: Plots) -> bool:
        return host.kind == "parallel"


class OpenCurrent(Command[Plots]):
    """Open the run under the cursor; of a param, its scatter plot."""

    id = "plots.open"
    key = "enter"
    shown_key = "⏎"
    group = GROUP
    show = True
    footer = "open"

    def run(self, host: Plots) -> None:
        host.open_current()

    def available(self, host: Plots) -> bool:
        return host.kind in ("scatter", "importance")


class MarkChosen(Command[Plots]):
    """Mark these runs in the table of runs, and no others.

    The run under the cursor, those inside of every range, those of the group.
    """

    id = "plots.mark"
    key = "m"
    group = GROUP
    show = True
    footer = "mark"

    def run(self, host: Plots) -> None:
        host.mark_chosen()

    def available(self, host: Plots) -> bool:
        return host.kind in ("scatter", "parallel", "boxes")


class FindForest(Command[Plots]):
    """Importance in a random forest too.

    Needs scikit-learn. It says how well the forest predicts, without which its importances mean nothing.
    """

    id = "plots.forest"
    key = "f"
    group = GROUP
    show = True
    footer = "forest"

    def run(self, host: Plots) -> None:
        host.find_forest()

    def available(self, host: Plots) -> bool:
        return host.kind == "importance"


class CopyNumbers(Command[Plots]):
    """Copy the numbers as Markdown, TSV, LaTeX or CSV."""

    id = "plots.copy"
    key = "c,ctrl+y"
    group = GROUP
    show = True
    footer = "copy"

    def run(self, host: Plots) -> None:
        host.copy()


class WritePicture(Command[Plots]):
    """Write to a file: the picture as SVG or HTML, or the numbers."""

    id = "plots.write"
    key = "w"
    group = GROUP
    show = True
    footer = "write"

    def run(self, host: Plots) -> None:
        host.write()


class LeavePictures(Command[Plots]):
    """Back."""

    id = "plots.leave"
    key = "escape"
    shown_key = "esc"
    group = GROUP
    show = True
    footer = "back"

    def run(self, host: Plots) -> None:
        host.leave()


PLOT_COMMANDS: tuple[CommandClass, ...] = (
    ChooseX,
    ChooseY,
    ChooseAxes,
    ChooseColour,
    OpenCurrent,
    MarkChosen,
    OtherEnd,
    FindForest,
    LogX,
    LogY,
    CopyNumbers,
    WritePicture,
    LeavePictures,
    ScatterPicture,
    ParallelPicture,
    BoxPicture,
    ImportancePicture,
    MoveRight,
    MoveLeft,
    MoveUp,
    MoveDown,
    ClearBrush,
    ClearBrushes,
)
