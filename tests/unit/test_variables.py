"""What many runs have in one field."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from logger.store.connection import open_reader
from logger.store.fields import Field
from logger.store.locate import for_writing
from logger.store.search import Query
from tests.hostile import HOSTILE, assert_harmless
from tests.sample import NOW, add_run, sample_store
from tui_tracker.model.plot_choice import PlotChoice
from tui_tracker.model.variables import Variable, read_sample, varying_params

LR = Field("param", "lr")


def test_numbers_however_they_are_written() -> None:
    lr = Variable(LR, ("1e-3", "0.001", "3", None))
    assert lr.is_numeric and lr.known == 3 and not lr.is_constant
    assert lr.numbers[:3] == (0.001, 0.001, 3.0) and math.isnan(lr.numbers[3])


def test_one_value_that_is_no_number_makes_categories() -> None:
    mixed = Variable(LR, ("10", "9", "auto", None, "9"))
    assert not mixed.is_numeric
    assert mixed.categories == ("9", "10", "auto")
    assert mixed.numbers[:3] == (1.0, 0.0, 2.0) and math.isnan(mixed.numbers[3])


def test_infinities_and_nothing_are_missing() -> None:
    assert Variable(LR, ("inf", "1", "-inf")).known == 1
    assert Variable(Field("metric", "loss"), (math.nan, None, 2.0)).known == 1
    nothing = Variable(LR, (None, None))
    assert not nothing.is_numeric and nothing.is_constant and nothing.categories == ()


def test_long_values_that_begin_alike_stay_apart() -> None:
    long = Variable(LR, ("x" * 500 + "a", "x" * 500 + "b"))
    assert not long.is_constant and long.numbers == (0.0, 1.0)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_values_are_cleaned(text: str) -> None:
    variable = Variable(Field("param", text), (text, "other"))
    for shown in (variable.label, *variable.categories, variable.text(0)):
        assert_harmless(shown)


def test_reading_a_sample(tmp_path: Path) -> None:
    store = sample_store(tmp_path)
    with open_reader(store) as reader:
        sample = read_sample(reader, Query(), [Field("attribute", "duration")], now=NOW, all_params=True)
        few = read_sample(reader, [1, 2, 999], [], now=NOW)
    assert (len(sample.runs), sample.total) == (14, 14)
    assert [variable.field.key for variable in varying_params(sample)] == ["lr", "depth", "optimizer"]
    assert (len(few.runs), few.total) == (2, 3)
    choice = PlotChoice().completed(sample)
    assert choice.x == LR and choice.y == Field("metric", "val/acc", "max")
    assert choice.group == Field("param", "optimizer")
    assert choice.axes[-1] == choice.y and LR in choice.axes and choice.line_colour == choice.y


def test_runs_without_params_and_metrics(tmp_path: Path) -> None:
    store = for_writing(tmp_path / ".tracker")
    add_run(store, "bare")
    with open_reader(store) as reader:
        sample = read_sample(reader, Query(), [], now=NOW, all_params=True)
    choice = PlotChoice().completed(sample)
    assert choice.y is None and choice.x == Field("attribute", "started") and choice.axes == ()
