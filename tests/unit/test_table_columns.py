"""Columns, cells, layout and pages of the run table."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from logger.store.fields import Field, Names
from logger.store.runs import StoredRun
from logger.store.search import Row
from tui_tracker.model.cells import fit, fit_end, width_of
from tui_tracker.model.column_choice import ColumnChoice
from tui_tracker.model.columns import columns_of, decimals, default_columns, format_cell, row_texts
from tui_tracker.model.row_pages import PAGE_ROWS, Line, RowPages
from tui_tracker.model.table_layout import Layout

NOW = 1_790_856_000.0
RUN = StoredRun(
    id=1, uid="a" * 32, experiment_id=1, experiment="churn", name="brave-otter", status="RUNNING",
    parent_id=None, started=NOW - 7500, ended=None, heartbeat=NOW - 60, host="", pid=1, user="", source="",
    git_commit="", git_dirty=None, note="", total_steps=None, deleted=None, revision=1,
)  # fmt: skip


def line(run_id: int, *texts: str) -> Line:
    run = replace(RUN, id=run_id)
    return Line(Row(run, (None,) * len(texts)), run.name, texts)


@given(st.text(), st.integers(0, 30), st.sampled_from(["left", "right"]))
def test_text_takes_exactly_its_cells(text: str, width: int, align: str) -> None:
    assert cell_len(fit(text, width, align)) == width or not text.isprintable()  # type: ignore[arg-type]
    assert cell_len(fit_end(text, width)) == width or not text.isprintable()


def test_wide_characters_are_never_halved() -> None:
    assert fit("日本語", 5) == "日本…"
    assert fit("日本語", 4) == "日 …"
    assert fit("日本", 6, "right") == "  日本"
    assert fit_end("train/loss/total", 9) == "…ss/total"
    assert width_of("❤️") == 1


def test_the_first_columns_are_the_telling_ones() -> None:
    names = Names(
        metrics=frozenset({"train/loss", "val/acc", "val/loss", "epoch", "system/cpu", "grad"}),
        params=frozenset({"zeta", "lr", "alpha", "beta", "depth"}),
    )
    labels = [column.field.label for column in default_columns(names)]
    assert labels[:4] == ["name", "status", "started", "duration"]
    assert labels[4:7] == ["val/acc", "val/loss", "train/loss"]
    assert labels[7:] == ["lr", "depth", "alpha", "beta"]
    assert default_columns(Names(), several_experiments=True)[1].field.key == "experiment"


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        (Field("metric", "loss"), 0.123456, "0.1235"),
        (Field("metric", "loss"), math.nan, "nan"),
        (Field("metric", "loss"), None, ""),
        (Field("param", "lr"), "1e-3", "1e-3"),
        (Field("param", "x"), "a\x1b[2J\nb", "a\ufffd[2J\ufffdb"),
        (Field("param", "x"), b"\x00", "b'\\x00'"),
        (Field("attribute", "started"), NOW - 720, "12m"),
        (Field("attribute", "duration"), 7500.0, "2h 05m"),
        (Field("attribute", "status"), "LOST", "lost"),
        (Field("attribute", "commit"), "0123456789abcdef", "01234567"),
        (Field("attribute", "dirty"), 1, "yes"),
    ],
)
def test_cells(field: Field, value: float | str | None, text: str) -> None:
    assert format_cell(field, value, NOW) == text


def test_a_running_run_lasts_until_now() -> None:
    columns = columns_of([Field("attribute", "duration")])
    assert row_texts(columns, Row(RUN, (7440.0,)), NOW) == ("2h 05m",)
    assert row_texts(columns, Row(replace(RUN, status="LOST"), (7440.0,)), NOW) == ("2h 04m",)


def test_decimals() -> None:
    found = [decimals(text) for text in ("0.9421", "12", "-3.5", "1e-5", "nan", "", "adam", "1.")]
    assert found == [5, 0, 2, None, None, None, None, None]


def test_numbers_share_their_decimal_point() -> None:
    layout = Layout(columns_of([Field("metric", "loss"), Field("param", "lr")]))
    texts = [("0.9421", "0.1"), ("12.35", "1e-3"), ("1", "adam"), ("nan", "")]
    layout.learn([line(place, *row) for place, row in enumerate(texts)])
    cells = [layout.cell(1, loss) for loss, _ in texts]
    assert cells == [" 0.9421", "12.35  ", " 1     ", "    nan"]
    assert [layout.cell(2, lr) for _, lr in texts] == ["  0.1", " 1e-3", "adam ", "     "]


def test_widths_only_grow() -> None:
    layout = Layout(columns_of([Field("param", "optimizer")]))
    assert layout.learn([line(1, "adamw_with_a_long_name")])
    assert layout.width(1) == len("adamw_with_a_long_name")
    assert not layout.learn([line(1, "sgd")])
    layout.learn([line(1, "x" * 100)])
    assert layout.width(1) == 24


def test_scrolling_shows_a_column_whole() -> None:
    layout = Layout(columns_of([Field("metric", f"loss{place}") for place in range(9)]))
    for index in range(1, 10):
        for room in (20, 33):
            scroll = layout.scroll_to_show(index, 0, room)
            places = {shown: (place, cells) for shown, place, cells in layout.visible(scroll, room)}
            assert places[index][1] == layout.width(index)
            assert min(place for place, _ in places.values()) >= 0
    layout.fit_to(100)
    assert layout.column_at(3, 0) == 0
    assert layout.column_at(layout.pinned_width(100), 0) == 1
    assert layout.column_at(10_000, 0) is None


@given(st.lists(st.integers(3, 20), min_size=1, max_size=6), st.integers(0, 6), st.integers(20, 120))
def test_every_cell_of_the_header_belongs_to_the_column_that_is_drawn_there(
    widths: list[int], pins: int, available: int
) -> None:
    fields = [Field("param", f"p{place}") for place in range(len(widths))]
    layout = Layout(columns_of(fields), dict(zip(fields, widths, strict=True)), fields[:pins])
    layout.fit_to(available)
    start = layout.pinned_width(available)
    room = available - start
    for scroll in (0, layout.furthest_scroll(room)):
        for index, place, shown in layout.visible(scroll, room):
            for x in range(start + max(place, 0), start + max(place, 0) + shown):
                assert layout.column_at(x, scroll) == index
                assert layout.border_at(x, scroll) is None
            if shown == layout.width(index) and place + shown < room:
                assert layout.border_at(start + place + shown, scroll) == index
    assert start <= max(available * 0.67, 4 + layout.name_width(available) + 2)


def test_pinned_columns_stand_first_and_do_not_scroll() -> None:
    fields = [Field("metric", f"loss{place}") for place in range(9)]
    layout = Layout(columns_of(fields), None, [fields[5]])
    layout.fit_to(60)
    assert layout.fields[1] == fields[5]
    assert layout.first == 2
    assert 1 not in [index for index, _, _ in layout.visible(0, 40)]
    assert layout.scroll_to_show(1, 17, 40) == 17


def test_a_width_that_was_chosen_stays() -> None:
    field = Field("param", "optimizer")
    layout = Layout(columns_of([field]), {field: 5})
    layout.learn([line(1, "a_rather_long_name")])
    assert layout.width(1) == 5
    assert layout.cell(1, "adamw_x") == "adam…"


def test_pages_forget_the_least_recently_used() -> None:
    pages = RowPages(kept=2)
    for page in range(3):
        pages.put(page * PAGE_ROWS, [line(page * PAGE_ROWS + place) for place in range(PAGE_ROWS)])
    assert len(pages) == 2
    assert pages.get(0) is None
    held = pages.get(2 * PAGE_ROWS + 5)
    assert held is not None and held.row.run.id == 205
    assert pages.missing(120, 250) is None
    assert pages.missing(0, 399) == (0, 400)
    assert pages.missing(300, 310) == (300, 100)


def test_pages_take_fresh_lines() -> None:
    pages = RowPages()
    pages.put(0, [line(7), line(8)])
    assert pages.replace({8: line(8, "new"), 99: line(99)}) == [1]
    held = pages.get(1)
    assert held is not None and held.texts == ("new",)
    assert pages.place_of(8) == 1
    assert pages.place_of(99) is None


def test_choosing_columns() -> None:
    loss, lr = Field("metric", "loss"), Field("param", "lr")
    choice = ColumnChoice.of(Names(frozenset({"loss"}), frozenset({"lr"})), [lr])
    assert choice.toggle(loss).chosen == (lr, loss)
    assert choice.toggle(loss).move(loss, -1).chosen == (loss, lr)
    assert choice.toggle(loss).move(loss, 5).chosen == (lr, loss)
    assert choice.move(loss, 1) == choice
    assert choice.toggle(loss).toggle(loss) == choice
    assert [field.label for field in choice.matching("metric loss")][:3] == ["loss", "min(loss)", "max(loss)"]
    assert Field("metric", "loss", "count") not in choice.matching("")
    assert Field("metric", "loss", "count") in choice.matching("count(l")
    assert choice.matching("nothing like it") == []
