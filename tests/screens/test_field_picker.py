"""The dialog that chooses columns."""

from __future__ import annotations

import pytest
from textual.app import App
from textual.widgets import OptionList, Static

from logger.store.fields import Field, Names
from tui_tracker.model.column_choice import ColumnChoice
from tui_tracker.screens.field_picker import FieldPicker
from tui_tracker.screens.search_list import MOST_SHOWN

NAME, LOSS, LR = Field("attribute", "name"), Field("metric", "val/loss"), Field("param", "lr")
NAMES = Names(frozenset({"val/loss", "[/]\x1b[2J"}), frozenset({"lr"}), frozenset({"team"}))


class Bench(App[None]):
    """Opens the dialog and keeps its answer."""

    def __init__(self, names: Names = NAMES) -> None:
        super().__init__()
        self.names = names
        self.answers: list[tuple[Field, ...] | None] = []

    def on_mount(self) -> None:
        self.push_screen(FieldPicker(ColumnChoice.of(self.names, [NAME, LR])), self.answers.append)


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_search_add_move_accept(size: tuple[int, int]) -> None:
    app = Bench()
    async with app.run_test(size=size) as pilot:
        await pilot.press(*"max(val", "space")
        await pilot.press(*["backspace"] * 7)
        picker = app.screen
        assert isinstance(picker, FieldPicker)
        await pilot.press("down", "down")
        assert picker.highlighted == Field("metric", "val/loss", "max")
        await pilot.press("ctrl+up")
        assert picker.highlighted == Field("metric", "val/loss", "max")
        await pilot.press("enter")
        await pilot.pause()
    assert app.answers == [(NAME, Field("metric", "val/loss", "max"), LR)]


async def test_taking_away_and_leaving() -> None:
    app = Bench()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "space", "escape")
        await pilot.pause()
    assert app.answers == [None]


async def test_long_lists_say_what_is_missing() -> None:
    app = Bench(Names(metrics=frozenset(f"metric/{place}" for place in range(1000))))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        said = app.screen.query_one("#said", Static)
        assert str(said.content).startswith(f"showing {MOST_SHOWN} of 4,0")
        await pilot.press(*"zzz")
        assert str(said.content) == "nothing is called so"
        assert app.screen.query_one(OptionList).option_count == 0
        await pilot.press("space", "down", "ctrl+down", "enter")
        await pilot.pause()
    assert app.answers == [(NAME, LR)]
