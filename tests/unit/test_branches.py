"""What hangs below a place in the tree: branches by the values of a param, or runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from logger.store import runs, search
from logger.store.connection import open_reader
from logger.store.fields import Field, Names
from logger.store.locate import Store, for_writing
from tests.sample import add_run, sample_store
from tui_tracker.model import branches
from tui_tracker.model.branches import Branch, Leaf, More, read_branch, read_run_ids
from tui_tracker.model.selection import Place, Selection

LR = Field("param", "lr")
CHURN = Place((1,), "churn")


def titles(store: Store, place: Place, *by: Field) -> list[tuple[str, int]]:
    found = read_branch(open_reader(store), place, by)
    return [(entry.place.title, entry.runs) for entry in found if isinstance(entry, Branch)]


def test_runs_hang_newest_first_below_an_experiment(tmp_path: Path) -> None:
    leaves = read_branch(open_reader(sample_store(tmp_path)), CHURN, ())
    assert [leaf.name for leaf in leaves if isinstance(leaf, Leaf)] == [
        f"run-{place:02}" for place in range(12)
    ]
    first = leaves[0]
    assert isinstance(first, Leaf)
    assert (first.status, first.place) == (runs.RUNNING, CHURN)


def test_branches_stand_by_number_then_text_then_those_without(tmp_path: Path) -> None:
    store = for_writing(tmp_path / ".tracker")
    for place, value in enumerate(["10", "9", "auto", "1e-3", None, "9"]):
        add_run(store, f"run-{place}", uid=f"{place:032x}", params={} if value is None else {"lr": value})
    assert titles(store, CHURN, LR) == [
        ("lr=1e-3", 1),
        ("lr=9", 2),
        ("lr=10", 1),
        ("lr=auto", 1),
        ("no lr", 1),
    ]


def test_each_branch_holds_as_many_runs_as_it_says(tmp_path: Path) -> None:
    store = sample_store(tmp_path)
    reader = open_reader(store)
    add_run(store, "without", uid="f" * 32)
    found = read_branch(reader, CHURN, [LR])
    assert len(found) == 4
    for entry in found:
        assert isinstance(entry, Branch)
        query = Selection().at(entry.place, Names()).query
        assert search.count(reader, query) == entry.runs
        below = read_branch(reader, entry.place, [LR])
        assert len(below) == entry.runs
        assert all(isinstance(leaf, Leaf) and leaf.place == entry.place for leaf in below)


def test_grouping_is_for_experiments_only(tmp_path: Path) -> None:
    entries = read_branch(open_reader(sample_store(tmp_path)), Place(), [LR])
    assert len(entries) == 14
    assert all(isinstance(entry, Leaf) for entry in entries)


def test_what_is_too_much_to_show_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = sample_store(tmp_path)
    monkeypatch.setattr(branches, "MOST_LEAVES", 5)
    monkeypatch.setattr(branches, "_MOST_BRANCHES", 2)
    assert read_branch(open_reader(store), CHURN, ())[5:] == [More(7)]
    assert read_branch(open_reader(store), CHURN, [LR])[2:] == [More(1)]
    monkeypatch.setattr(branches, "MOST_LEAVES", 12)
    assert More not in [type(entry) for entry in read_branch(open_reader(store), CHURN, ())]


def test_branches_lie_within_branches_and_say_what_their_runs_reached(tmp_path: Path) -> None:
    store = for_writing(tmp_path / ".tracker")
    for place, (rate, depth) in enumerate([("0.1", "4"), ("0.1", "4"), ("0.1", "8"), ("0.2", "4")]):
        add_run(
            store,
            f"run-{place}",
            uid=f"{place:032x}",
            params={"lr": rate, "depth": depth},
            metrics={"acc": [0.5, 0.9 + place / 100]},
        )
    reader = open_reader(store)
    by = (LR, Field("param", "depth"))
    outer = read_branch(reader, CHURN, by, Field("metric", "acc"))
    assert [(entry.place.title, entry.reached) for entry in outer if isinstance(entry, Branch)] == [
        ("lr=0.1", "0.910±0.010"),
        ("lr=0.2", "0.9300"),
    ]
    first = outer[0]
    assert isinstance(first, Branch)
    inner = read_branch(reader, first.place, by)
    assert [(entry.place.title, entry.runs) for entry in inner if isinstance(entry, Branch)] == [
        ("depth=4", 2),
        ("depth=8", 1),
    ]
    assert isinstance(inner[0], Branch)
    leaves = read_branch(reader, inner[0].place, by)
    assert sorted(leaf.name for leaf in leaves if isinstance(leaf, Leaf)) == ["run-0", "run-1"]
    assert len(read_run_ids(reader, first.place)) == 3


def test_children_hang_below_their_parent_by_its_name(tmp_path: Path) -> None:
    store = for_writing(tmp_path / ".tracker")
    parent = add_run(store, "sweep", uid="a" * 32)
    for place in range(2):
        add_run(store, f"trial-{place}", uid=f"{place:032x}", parent=parent)
    found = read_branch(open_reader(store), CHURN, [Field("attribute", "parent")])
    assert [(entry.place.title, entry.runs) for entry in found if isinstance(entry, Branch)] == [
        ("sweep", 2),
        ("no parent", 1),
    ]
    for entry in found:
        assert isinstance(entry, Branch)
        assert len(read_run_ids(open_reader(store), entry.place)) == entry.runs
