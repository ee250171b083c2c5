"""What is asked of the store for the run table: a place, a filter, an order."""

from __future__ import annotations

from pathlib import Path

import pytest

from logger.store import search
from logger.store.connection import Reader, open_reader
from logger.store.fields import Field, Names, Sort
from logger.store.query import FilterError
from tests.sample import add_run, sample_store
from tui_tracker.model.selection import Place, Selection

LOSS = Field("metric", "val/loss")
LR = Field("param", "lr")
NAMES = Names(metrics=frozenset({"val/acc", "val/loss"}), params=frozenset({"lr", "depth"}))


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return open_reader(sample_store(tmp_path))


def shown(reader: Reader, selection: Selection) -> list[str]:
    return [row.run.name for row in search.page(reader, selection.query)]


def test_at_first_all_runs_the_newest_first(reader: Reader) -> None:
    names = shown(reader, Selection())
    assert len(names) == 14
    assert names[:2] == ["run-00", "run-01"]
    assert not Selection().depends_on_values


def test_a_branch_holds_the_runs_that_share_a_value_under_the_filter(reader: Reader) -> None:
    churn = Place((1,), "churn")
    branch = Place((1,), "lr = 0.1", ((LR, "0.1"),))
    assert shown(reader, Selection().at(churn, NAMES))[:2] == ["run-00", "run-01"]
    at_branch = Selection().filtered("depth >= 6", NAMES).at(branch, NAMES)
    assert shown(reader, at_branch) == ["run-03", "run-06"]
    assert at_branch.text == "depth >= 6"
    assert at_branch.depends_on_values
    assert shown(reader, at_branch.filtered("", NAMES)) == ["run-00", "run-03", "run-06", "run-09"]


@pytest.mark.parametrize("value", ["it's", 'say "x"', "a' OR 1=1 --", "`tick`", "back\\slash", "", "% _"])
def test_a_branchs_value_is_a_value_whatever_is_in_it(tmp_path: Path, value: str) -> None:
    store = sample_store(tmp_path, count=2)
    key = "it's `odd`"
    add_run(store, "odd", uid="f" * 32, params={key: value})
    reader = open_reader(store)
    branch = Place((), "odd", ((Field("param", key), value),))
    assert shown(reader, Selection().at(branch, Names())) == ["odd"]
    without = Place((), "none", ((Field("param", key), None),))
    assert "odd" not in shown(reader, Selection().at(without, Names()))
    assert len(shown(reader, Selection().at(without, Names()))) == 4


def test_or_in_a_filter_does_not_reach_out_of_the_branch(reader: Reader) -> None:
    branch = Place((1,), "lr = 0.1", ((LR, "0.1"),))
    selection = Selection().at(branch, NAMES).filtered("depth = 4 or depth > 0", NAMES)
    assert shown(reader, selection) == ["run-00", "run-03", "run-06", "run-09"]


def test_a_mistake_is_pointed_at_in_the_persons_own_words() -> None:
    branch = Place((1,), "lr = 0.1", ((LR, "0.1"),))
    with pytest.raises(FilterError) as caught:
        Selection().at(branch, NAMES).filtered("  depth >", NAMES)
    assert caught.value.text == "depth >"
    assert caught.value.position == len("depth >")


def test_sorting_starts_with_the_best_and_turns_round() -> None:
    once = Selection().sorted_by(LOSS)
    assert once.order == (Sort(LOSS, descending=False),)
    assert once.depends_on_values
    assert once.sorted_by(LOSS).order == (Sort(LOSS, descending=True),)
    assert Selection().sorted_by(Field("metric", "val/acc")).order[0].descending
    assert once.sorted_by(Field("attribute", "name")).order == (Sort(Field("attribute", "name")),)


def test_a_person_can_say_what_is_best_and_what_has_none_starts_with_the_greatest() -> None:
    assert Selection().sorted_by(LOSS, {LOSS.key: "higher"}).order[0].descending
    assert Selection().sorted_by(Field("metric", "epoch")).order[0].descending
    assert Selection().sorted_by(Field("metric", LOSS.key, "step")).order[0].descending
    also = Selection().sorted_by(Field("attribute", "name")).also_sorted_by(LOSS)
    assert also.order[1] == Sort(LOSS, descending=False)


def test_reversing_the_first_order_shows_the_oldest_run_first(reader: Reader) -> None:
    backwards = Selection().reversed()
    assert shown(reader, backwards)[-1] == "run-00"
    assert shown(reader, backwards.reversed())[0] == "run-00"


def test_a_place_keeps_the_order() -> None:
    selection = Selection().sorted_by(LOSS).at(Place((2,), "images"), NAMES)
    assert selection.order == (Sort(LOSS, descending=False),)
    assert selection.query.experiments == (2,)
