"""The look of the run table: columns, order, groups; remembered; what the tree shows of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from logger.store.fields import Field, Sort
from logger.store.locate import Store, for_writing
from tests.hostile import HOSTILE, assert_harmless
from tests.sample import add_run, sample_store
from tests.screens.driving import shown_names, until, viewer
from tui_tracker.model.table_look import TREND, TableLook
from tui_tracker.screens.compare import CompareScreen
from tui_tracker.screens.explorer import ExplorerScreen
from tui_tracker.screens.field_picker import FieldPicker
from tui_tracker.widgets.run_table import RunTable
from tui_tracker.widgets.run_tree import RunTree

NAME, ACC, LOSS = Field("attribute", "name"), Field("metric", "val/acc"), Field("metric", "val/loss")
LR, DEPTH = Field("param", "lr"), Field("param", "depth")


@pytest.fixture
def sample(tmp_path: Path) -> Store:
    return sample_store(tmp_path)


async def go_to_column(screen: ExplorerScreen, pilot: Pilot[None], field: Field) -> None:
    table = screen.pane.table
    await until(pilot, lambda: field in table.shown_fields)
    await pilot.press(*["right"] * (table.shown_fields.index(field) - table.column))
    assert table.current_field == field


def line(screen: ExplorerScreen, y: int) -> str:
    return screen.pane.table.render_line(y).text


async def grouped_by(pilot: Pilot[None], *searches: str) -> None:
    """Group the table by what each search finds first."""
    await pilot.press("E")
    await until(pilot, lambda: isinstance(pilot.app.screen, FieldPicker) and pilot.app.focused)
    for search in searches:
        await pilot.press(*search, "space", *["backspace"] * len(search))
    await pilot.press("enter")


async def test_columns_are_moved_hidden_pinned_resized_and_remembered(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        before = screen.pane.table.shown_fields
        await go_to_column(screen, pilot, ACC)
        place = before.index(ACC)
        await pilot.press("ctrl+left")
        await until(pilot, lambda: screen.pane.table.shown_fields.index(ACC) == place - 1)
        assert screen.pane.table.current_field == ACC
        await pilot.press("K")
        await until(pilot, lambda: screen.pane.table.shown_fields[1] == ACC)
        width = screen.pane.table.current_width
        await pilot.press("w", "w", "i")
        await until(pilot, lambda: screen.pane.table.current_width == width + 2)
        await pilot.press("right", "C")
        await until(pilot, lambda: len(screen.pane.table.shown_fields) == len(before) - 1)
        kept = screen.pane.look
        shown = screen.pane.table.shown_fields
    async with viewer(sample) as (screen, pilot):
        assert screen.pane.look == kept
        assert screen.pane.table.shown_fields == shown


async def test_each_experiment_has_a_look_of_its_own(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        tree = screen.query_one(RunTree)
        await until(pilot, lambda: len(tree.root.children) == 2)
        tree.focus()
        await pilot.press("down", "down")
        await until(pilot, lambda: screen.pane.table.total == 2)
        screen.pane.show_as(TableLook(columns=(NAME, LR)))
        await until(pilot, lambda: screen.pane.table.shown_fields == (NAME, LR))
        await pilot.press("up")
        await until(pilot, lambda: screen.pane.table.total == 12)
        assert ACC in screen.pane.table.shown_fields
        await pilot.press("down")
        await until(pilot, lambda: screen.pane.table.shown_fields == (NAME, LR))


async def test_a_border_is_drawn_with_the_mouse(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        table = screen.pane.table
        await until(pilot, lambda: ACC in table.shown_fields)
        title = line(screen, 0)
        border = title.index("val/acc") + len("val/acc")
        width = table._layout.width(table.shown_fields.index(ACC))
        await pilot.mouse_down(RunTable, offset=(border, 0))
        await pilot.hover(RunTable, offset=(border + 4, 0))
        await pilot.mouse_up(RunTable, offset=(border + 4, 0))
        await until(pilot, lambda: screen.pane.look.widths)
        assert screen.pane.look.widths == {ACC: width + 4}
        assert screen.pane.selection.order == ()


async def test_several_sort_keys(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        await until(pilot, lambda: LR in screen.pane.table.shown_fields)
        await go_to_column(screen, pilot, LR)
        await pilot.press("s")
        await until(pilot, lambda: screen.pane.selection.order == (Sort(LR),))
        await go_to_column(screen, pilot, DEPTH)
        await pilot.press("S")
        await until(pilot, lambda: screen.pane.selection.order == (Sort(LR), Sort(DEPTH)))
        await until(pilot, lambda: "lr▲1" in line(screen, 0) and "depth▲2" in line(screen, 0))
        await pilot.press("S")
        await until(pilot, lambda: "depth▼2" in line(screen, 0))
        assert screen.pane.look.order == (Sort(LR), Sort(DEPTH, descending=True))
        await pilot.press("s")
        await until(pilot, lambda: screen.pane.selection.order == (Sort(DEPTH),))


async def test_a_trend_is_drawn_for_the_rows_that_are_seen(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        screen.pane.show_as(TableLook(columns=(NAME, Field("metric", "train/loss", TREND))))
        await until(pilot, lambda: "█" in line(screen, 1))
        assert "train/loss" in line(screen, 0)
        await pilot.press("right", "s")
        await until(pilot, lambda: screen.pane.selection.order)
        assert screen.pane.selection.order == (Sort(Field("metric", "train/loss"), descending=False),)


async def test_which_way_is_better_is_turned(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        await until(pilot, lambda: screen.pane.table._extremes)
        before = screen.pane.table._extremes[ACC]
        await pilot.press("d")
        await until(pilot, lambda: pilot.app._notifications)
        await go_to_column(screen, pilot, ACC)
        await pilot.press("d")
        await until(pilot, lambda: screen.pane.table._extremes[ACC].best == before.worst)
        assert screen.pane.look.directions == {"val/acc": "lower"}


async def test_the_table_in_groups(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        table = screen.pane.table
        await grouped_by(pilot, "lr", "team")
        await until(pilot, lambda: table.outline is not None)
        assert [heading.name for heading in table.outline.headings][:2] == [
            "lr=0.001 no tag:team",
            "lr=0.01 tag:team=tabular",
        ]
        assert table.total == 14
        assert "±" in line(screen, 2)
        await pilot.press("down", "enter")
        await until(pilot, lambda: "run-02" in line(screen, 3))
        await pilot.press("space")
        await until(pilot, lambda: len(table.marked) == 2)
        await pilot.press("down")
        await until(pilot, lambda: screen.pane.run is not None)
        assert screen.pane.run is not None and screen.pane.run.name == "run-02"
        await pilot.press("E")
        await until(pilot, lambda: table.outline is None)
        assert screen.pane.run.name == "run-02"
        assert str(screen.query_one(RunTree).border_subtitle) == "by lr, tag:team"


async def test_the_cursor_stays_on_its_group(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        table = screen.pane.table
        await grouped_by(pilot, "lr")
        await until(pilot, lambda: table.outline is not None)
        await pilot.press("end")
        assert table.cursor_heading is not None and table.cursor_heading.key == ("0.1",)
        await pilot.press("r")
        await until(pilot, lambda: screen.pane.selection.order)
        await pilot.press("enter")
        await until(pilot, lambda: table.cursor_heading is not None and table.cursor_heading.opened)
        assert table.cursor_heading is not None and table.cursor_heading.key == ("0.1",)


async def test_the_tree_marks_what_it_shows(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        tree = screen.query_one(RunTree)
        await until(pilot, lambda: len(tree.root.children) == 2)
        tree.focus()
        await pilot.press("down", "right")
        await until(pilot, lambda: tree.root.children[0].children)
        await pilot.press("space")
        await until(pilot, lambda: len(screen.pane.table.marked) == 12)
        leaf = tree.root.children[0].children[0]
        await until(pilot, lambda: str(leaf.label).startswith("◉"))
        await pilot.press("down", "space")
        await until(pilot, lambda: len(screen.pane.table.marked) == 11)
        assert str(leaf.label).startswith("○")


async def test_the_baseline_is_what_others_are_compared_with(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        await pilot.press("j", "j", "P", "k", "space")
        assert "◆" in line(screen, 3)
        baseline = screen.pane.table.baseline
        await pilot.press("c")
        await until(pilot, lambda: isinstance(pilot.app.screen, CompareScreen))
        compared = pilot.app.screen
        assert isinstance(compared, CompareScreen)
        assert compared._run_ids[0] == baseline
    async with viewer(sample) as (screen, pilot):
        await until(pilot, lambda: screen.pane.table.baseline == baseline)
        tree = screen.query_one(RunTree)
        await until(pilot, lambda: tree.root.children)
        tree.focus()
        await pilot.press("down")
        await until(pilot, lambda: screen.pane.table.baseline is None)
        await pilot.press("up")
        await until(pilot, lambda: screen.pane.table.baseline == baseline)


async def test_a_broken_memory_is_told_and_ignored(sample: Store, tmp_path: Path) -> None:
    from tui_tracker.model.state_file import StateFile

    path = StateFile.of(sample).path
    path.parent.mkdir(parents=True)
    path.write_text("{")
    async with viewer(sample) as (screen, pilot):
        assert shown_names(screen)[0] == "run-00"
        await until(pilot, lambda: pilot.app._notifications)
        assert any("is lost" in notice.message for notice in pilot.app._notifications)


@pytest.mark.parametrize("name", HOSTILE, ids=[f"name {place}" for place in range(len(HOSTILE))])
async def test_hostile_names_in_groups_columns_and_pickers(tmp_path: Path, name: str) -> None:
    store = for_writing(tmp_path / ".tracker")
    for place in range(3):
        add_run(
            store,
            name,
            uid=f"{place:032x}",
            experiment=name or "x",
            params={name or "p": name, "q": str(place)},
            metrics={name or "m": [1.0, float(place)]},
        )
    async with viewer(store, size=(120, 30)) as (screen, pilot):
        param, metric = Field("param", name or "p"), Field("metric", name or "m", TREND)
        screen.pane.show_as(
            TableLook(columns=(NAME, param, metric), groups=(param,), grouped=True, pinned=frozenset({param}))
        )
        await until(pilot, lambda: screen.pane.table.outline is not None)
        await pilot.press("enter")
        await until(pilot, lambda: screen.pane.table.outline.length == 4)
        await pilot.pause()
        assert_harmless(pilot.app.export_screenshot())
        for key in ("b", "m"):
            await pilot.press(key)
            await until(pilot, lambda: isinstance(pilot.app.screen, FieldPicker))
            await pilot.pause()
            for strip in pilot.app.screen._compositor.render_strips():
                assert_harmless("".join(segment.text for segment in strip))
            await pilot.press("enter")
            await until(pilot, lambda: pilot.app.screen is screen)
    async with viewer(store, size=(120, 30)) as (screen, pilot):
        # What is longer than any name is not kept in the memory of the viewer.
        assert screen.pane.look.groups == ((param,) if len(name) < 4096 else ())


async def test_the_curves_start_with_the_baseline_and_keep_it_when_all_are_unmarked(sample: Store) -> None:
    async with viewer(sample) as (screen, pilot):
        await pilot.press("down", "P")
        baseline = screen.pane.table.baseline
        assert baseline is not None
        await pilot.press("up", "space", "down", "down", "space")
        await until(pilot, lambda: len(screen.panel.run_ids) == 3 and screen.panel.run_ids[0] == baseline)
        await pilot.press("U", "down")
        await until(pilot, lambda: len(screen.panel.run_ids) == 2 and screen.panel.run_ids[0] == baseline)
