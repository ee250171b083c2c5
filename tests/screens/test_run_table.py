"""The run table in a terminal: keys, mouse, messages, pages, hostile text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from rich.cells import cell_len
from textual import on
from textual.app import App, ComposeResult
from textual.message import Message

from logger.store.fields import Field, Sort
from logger.store.runs import StoredRun
from logger.store.search import Cell, Row
from tui_tracker.model.columns import Column, columns_of
from tui_tracker.model.extremes import Extremes
from tui_tracker.widgets.run_table import RunTable

NOW = 1_790_856_000.0
LOSS, LR = Field("metric", "val/loss"), Field("param", "lr")
FIELDS = [Field("attribute", "name"), Field("attribute", "status"), LOSS, LR]
SIZES = [(80, 24), (160, 45)]
BASE = StoredRun(
    id=0, uid="", experiment_id=1, experiment="churn", name="", status="FINISHED", parent_id=None,
    started=NOW, ended=NOW + 60, heartbeat=NOW + 60, host="", pid=1, user="", source="",
    git_commit="", git_dirty=None,
    note="", total_steps=None, deleted=None, revision=1,
)  # fmt: skip


def row(place: int, name: str | None = None, loss: Cell = None) -> Row:
    run = replace(BASE, id=place + 1, name=name or f"run-{place:05}")
    return Row(run, (run.name, run.status, loss if loss is not None else 1 / (place + 1), "1e-3"))


class Bench(App[None]):
    """A table alone, over rows that a list holds; `answering` says whether it gets what it asks for."""

    def __init__(self, rows: Sequence[Row], columns: Sequence[Column] = columns_of(FIELDS)) -> None:
        super().__init__()
        self.rows = rows
        self.columns = columns
        self.answering = True
        self.seen: list[Message] = []

    def compose(self) -> ComposeResult:
        yield RunTable(clock=lambda: NOW + 7200)

    def on_mount(self) -> None:
        self.table.focus()
        self.table.set_view(self.columns, len(self.rows), (Sort(LOSS),), 1)

    @property
    def table(self) -> RunTable:
        return self.query_one(RunTable)

    @on(RunTable.PageWanted)
    def answer(self, message: RunTable.PageWanted) -> None:
        self.seen.append(message)
        if self.answering:
            rows = self.rows[message.offset : message.offset + message.limit]
            self.table.put_page(message.generation, message.offset, rows)

    @on(RunTable.RunHighlighted)
    @on(RunTable.RunOpened)
    @on(RunTable.MarksChanged)
    @on(RunTable.SortWanted)
    def keep(self, message: Message) -> None:
        self.seen.append(message)

    def line(self, y: int) -> str:
        return self.table.render_line(y).text

    def of(self, kind: type[Message]) -> list[Message]:
        return [message for message in self.seen if isinstance(message, kind)]


@pytest.mark.parametrize("size", SIZES)
async def test_keys_move_the_cursor_over_ten_thousand_rows(size: tuple[int, int]) -> None:
    app = Bench([row(place) for place in range(10_000)])
    async with app.run_test(size=size) as pilot:
        await pilot.press("j", "down", "k", "pagedown")
        assert app.table.cursor == 1 + size[1] - 2
        await pilot.press("G")
        await pilot.pause()
        run = app.table.cursor_run
        assert run is not None and run.name == "run-09999"
        assert "run-09999" in app.line(size[1] - 1)
        await pilot.press("g", "up")
        assert app.table.cursor == 0
        highlighted = app.of(RunTable.RunHighlighted)[-1]
        assert isinstance(highlighted, RunTable.RunHighlighted)
        assert highlighted.run is not None and highlighted.run.name == "run-00000"
        wanted = app.of(RunTable.PageWanted)
        assert all(isinstance(one, RunTable.PageWanted) and one.limit <= 300 for one in wanted)


async def test_rows_that_have_not_arrived_are_dots_and_old_answers_are_dropped() -> None:
    app = Bench([row(place) for place in range(500)])
    app.answering = False
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.line(1).split()[0] == "…"
        assert app.table.cursor_run is None
        app.table.put_page(0, 0, app.rows[:100])
        assert app.table.cursor_run is None
        app.table.put_page(1, 0, app.rows[:100])
        assert "run-00000" in app.line(1)


async def test_former_rows_stand_in_until_new_ones_arrive() -> None:
    app = Bench([row(place) for place in range(50)])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.answering = False
        app.table.set_view(app.columns, 50, (), 2, cursor=7)
        assert "run-00000" in app.line(1)
        app.table.put_page(2, 0, list(reversed(app.rows)))
        assert "run-00049" in app.line(1)
        run = app.table.cursor_run
        assert run is not None and run.name == "run-00042"


async def test_marking_opening_and_sorting_are_told() -> None:
    app = Bench([row(place) for place in range(20)])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("space", "down", "space", "enter", "right", "right", "s")
        assert app.table.marked == {1, 2}
        assert app.line(1).startswith("▌") and app.line(3).startswith(" ")
        opened, sort = app.of(RunTable.RunOpened)[-1], app.of(RunTable.SortWanted)[-1]
        assert isinstance(opened, RunTable.RunOpened) and opened.run.id == 2
        assert isinstance(sort, RunTable.SortWanted) and sort.field == LOSS
        await pilot.press("space")
        assert app.table.marked == {1}
        app.table.clear_marks()
        await pilot.pause()
        cleared = app.of(RunTable.MarksChanged)[-1]
        assert isinstance(cleared, RunTable.MarksChanged) and cleared.run_ids == frozenset()


async def test_the_mouse_selects_sorts_opens_marks_and_scrolls() -> None:
    app = Bench([row(place) for place in range(200)])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click(RunTable, offset=(10, 5))
        assert app.table.cursor == 4
        await pilot.click(RunTable, offset=(0, 3))
        assert app.table.marked == {3}
        await pilot.click(RunTable, offset=(app.line(0).index("val/loss"), 0))
        sort = app.of(RunTable.SortWanted)[-1]
        assert isinstance(sort, RunTable.SortWanted) and sort.field == LOSS
        await pilot.double_click(RunTable, offset=(10, 6))
        opened = app.of(RunTable.RunOpened)[-1]
        assert isinstance(opened, RunTable.RunOpened) and opened.run.id == 6
        app.table.scroll_to(y=30, animate=False)
        await pilot.pause()
        assert "run-00030" in app.line(1)


async def test_header_and_values() -> None:
    app = Bench([row(0, loss=0.123456), row(1, loss=12.5)])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "val/loss▲" in app.line(0)
        assert app.line(1).index(".") == app.line(2).index(".")
        app.table.show_extremes({LOSS: Extremes(0.123456, 99.0)})
        best = next(segment for segment in app.table.render_line(1) if "0.1235" in segment.text)
        other = next(segment for segment in app.table.render_line(2) if "12.50" in segment.text)
        assert best.style is not None and other.style is not None
        assert best.style.bold and not other.style.bold
        app.table.update_rows([row(0, loss=0.5), row(77)])
        assert "0.5000" in app.line(1)


async def test_an_empty_table_says_so() -> None:
    app = Bench([])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "G", "space", "enter", "left", "s")
        assert "no runs" in app.line(2)
        assert app.table.cursor_run is None
        assert not app.of(RunTable.RunOpened)


HOSTILE = [
    "\x1b[2J\x1b[1;1HPWN",
    "\x9b2J",
    "\x1b]0;T\x07",
    "run[/]1",
    "[@click=app.quit]x[/]",
    "\u202egnp.exe",
    "e" + "\u0301" * 2000,
    "\ud800",
    "x" * 100_000,
    " ",
    "日本語" * 30,
    "👩‍👩‍👧‍👦❤️",
]


@pytest.mark.parametrize("size", [*SIZES, (20, 5)])
async def test_hostile_text_stays_in_its_cells(size: tuple[int, int]) -> None:
    rows = [
        Row(replace(BASE, id=place, name=text, status=text), (text, text, None, text))
        for place, text in enumerate(HOSTILE)
    ]
    columns = columns_of([*FIELDS[:3], Field("param", HOSTILE[0])])
    app = Bench(rows, columns)
    async with app.run_test(size=size) as pilot:
        await pilot.press("right", "right", "right", "G")
        await pilot.pause()
        for y in range(size[1]):
            text = app.line(y)
            assert cell_len(text) == app.table.scrollable_content_region.width
            assert "\x1b" not in text and "\x9b" not in text and "\u202e" not in text
