"""The ways through the viewer on which its pictures are taken: every screen, every page and every dialog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textual.pilot import Pilot
from textual.widgets import Input

from tests.screens.driving import until
from tests.screens.rest import at_rest
from tui_tracker.screens.explorer import ExplorerScreen
from tui_tracker.widgets.curve_grid import CurveGrid

_UP = ("escape",)


@dataclass(frozen=True)
class Typed:
    """What a field holds once it has been typed: at once, since what half of it does depends on how fast one types."""

    text: str


class ShowTree:
    """Go to the tree, which is folded away where there is little room."""


Step = str | Typed | ShowTree
"""A key, or what takes more than one."""


@dataclass(frozen=True)
class Shot:
    """A picture, and the way to it from the one before."""

    name: str
    steps: Sequence[Step]
    screen: str
    """the class of the screen that is shown then"""
    charts: bool = False
    """whether there are curves to wait for"""
    anew: bool = False
    """whether the steps are taken again in every theme: the palette keeps the colours that it was opened in"""


def _dialogs(*shots: tuple[str, str, Sequence[Step]]) -> tuple[Shot, ...]:
    """Dialogs of one screen, each left before the next is opened."""
    return tuple(
        Shot(name, (*(_UP if place else ()), *steps), screen, anew=screen == "CommandPalette")
        for place, (name, screen, steps) in enumerate(shots)
    )


WALKS: Mapping[str, Sequence[Shot]] = {
    "explorer": (
        Shot("marked", ("space", "j", "j", "space", "j"), "ExplorerScreen", charts=True),
        Shot("one chart", ("Z", "z", "plus", *["full_stop"] * 3), "ExplorerScreen", charts=True),
    ),
    "filter": (
        Shot("completion", ("slash", Typed("val/acc > 0.5 and ")), "ExplorerScreen", charts=True),
        Shot("mistake", (Typed("val/acc > 0.5 and optimzer = adam"),), "ExplorerScreen", charts=True),
        Shot("nothing found", (Typed("val/acc > 5"), "enter"), "ExplorerScreen"),
    ),
    "tree": (Shot("open branch", (ShowTree(), "j", "right", "j", "j"), "ExplorerScreen"),),
    "groups": (
        Shot("chosen", ("b", Typed("optimizer"), "space"), "FieldPicker"),
        Shot("table", ("enter", "E"), "ExplorerScreen"),
    ),
    "looking": _dialogs(
        ("help", "HelpScreen", ("question_mark",)),
        ("palette", "CommandPalette", ("colon", Typed("comp"))),
        ("columns", "FieldPicker", ("m",)),
        ("charts", "ChartPicker", ("W",)),
        ("x axis", "AxisPicker", ("ctrl+x",)),
        ("limits", "LimitsDialog", ("F",)),
        ("views", "ViewPicker", ("o", Typed("best"), "ctrl+s")),
        ("copy", "CopyPicker", ("ctrl+y",)),
        ("alerts", "AlertsScreen", ("exclamation_mark",)),
    ),
    "changing": _dialogs(
        ("note", "NoteDialog", ("n",)),
        ("name", "RenameDialog", ("R",)),
        ("tags", "TagsDialog", ("T",)),
        ("delete", "ConfirmDialog", ("D",)),
        ("stop", "StopDialog", ("X",)),
    ),
    "run": (
        Shot("overview", ("enter",), "RunScreen", charts=True),
        Shot("curves", ("2",), "RunScreen", charts=True),
        Shot("system", ("3",), "RunScreen", charts=True),
        Shot("console", ("4",), "RunScreen"),
        Shot("artifacts", ("5", "end", "k"), "RunScreen"),
        Shot("copy out", ("s",), "DestinationDialog"),
        Shot("code", ("escape", "6"), "RunScreen"),
    ),
    "failed run": (Shot("overview", ("j", "j", "j", "enter"), "RunScreen", charts=True),),
    "system": (Shot("machine", ("3",), "SystemScreen"),),
    "compare": (
        Shot("two", ("space", "j", "space", "c"), "CompareScreen", charts=True),
        Shot("baseline", ("B",), "RunPicker"),
        Shot("copy", ("escape", "c"), "CopyPicker"),
        Shot("write", ("escape", "w"), "PathDialog"),
        Shot("code", ("escape", "g"), "CompareScreen"),
    ),
    "compare many": (
        Shot("percent", ("M", "c", "percent_sign", "l", "l"), "CompareScreen", charts=True),
        Shot("equal rows", ("d",), "CompareScreen", charts=True),
    ),
    "plots": (
        Shot("scatter", ("L", "X", "right", "right"), "PlotsScreen"),
        Shot("x axis", ("x",), "OneField"),
        Shot("parallel", ("escape", "p", "right", "down"), "PlotsScreen"),
        Shot("boxes", ("o", "down"), "PlotsScreen"),
        Shot("importance", ("i", "down"), "PlotsScreen"),
    ),
    "registry": (
        Shot("board", ("2", "left"), "RegistryScreen"),
        Shot("curves", ("right_square_bracket",), "RegistryScreen", charts=True),
        Shot("files", ("right_square_bracket",), "RegistryScreen"),
        Shot("history", ("b", "right_square_bracket"), "RegistryScreen"),
        Shot("gates", ("right_square_bracket",), "RegistryScreen"),
        Shot("card", ("right_square_bracket",), "RegistryScreen"),
        Shot("filter", ("slash", Typed("stage = ")), "RegistryScreen"),
    ),
    "moving": _dialogs(
        ("promote", "PromoteDialog", ("2", "left", "p")),
        ("roll back", "RollBackDialog", ("r",)),
        ("archive", "PromoteDialog", ("A",)),
        ("alias", "AliasDialog", ("a",)),
        ("tags", "RegistryTagsDialog", ("T",)),
        ("describe", "DescribeDialog", ("e",)),
        ("delete", "DeleteDialog", ("D",)),
        ("delete model", "DeleteDialog", ("ctrl+d",)),
    ),
}
"""By name; each begins in the explorer, its cursor on the newest run."""


async def walk(pilot: Pilot[None], shot: Shot) -> None:
    """Take the steps to a picture, and wait until what is to be pictured is there, and at rest."""
    app = pilot.app
    await at_rest(pilot)
    for step in shot.steps:
        await take(pilot, step)
        await at_rest(pilot)
    await until(pilot, lambda: type(app.screen).__name__ == shot.screen)
    if shot.charts:
        await until(pilot, lambda: any(grid.titles for grid in app.screen.query(CurveGrid)))
    await at_rest(pilot)


async def take(pilot: Pilot[None], step: Step) -> None:
    """Take one step, without waiting for what comes of it."""
    screen = pilot.app.screen
    if isinstance(step, Typed):
        field = screen.focused if isinstance(screen.focused, Input) else screen.query_one(Input)
        field.value = step.text
        field.cursor_position = len(step.text)
    elif isinstance(step, ShowTree):
        assert isinstance(screen, ExplorerScreen)
        if screen.query_one("#trees").display:
            screen.tree_of_runs.focus()
        else:
            screen.toggle_tree()
    else:
        await pilot.press(step)
