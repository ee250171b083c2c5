"""Changing runs and taking it back."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from logger.store import edits, runs, search
from logger.store.connection import StoreError, open_reader, writing
from logger.store.edits import Change
from logger.store.locate import Store, for_writing
from tests.sample import add_run, sample_store


@pytest.fixture
def sample(tmp_path: Path) -> Store:
    return sample_store(tmp_path, count=3)


def make(store: Store, *changes: Change) -> tuple[Change, ...]:
    with writing(store) as connection:
        return edits.make(connection, changes)


def state(store: Store) -> list[object]:
    """Names, notes, tags, and whether archived or deleted, of all runs."""
    reader = open_reader(store)
    found = search.page(reader, search.Query(deleted=None, archived=None))
    listed: list[object] = [
        (
            row.run.name,
            row.run.note,
            runs.tags(reader, row.run.id),
            bool(row.run.deleted),
            bool(row.run.archived),
        )
        for row in found
    ]
    reader.close()
    return listed


def ids(store: Store, query: search.Query) -> list[int]:
    reader = open_reader(store)
    found = search.ids(reader, query)
    reader.close()
    return found


def test_archived_runs_are_out_of_the_way_and_uncounted(sample: Store) -> None:
    before = ids(sample, search.Query())
    undo = make(sample, Change(before[0], archived=True))
    assert ids(sample, search.Query()) == before[1:]
    assert ids(sample, search.Query(archived=True)) == before[:1]
    assert ids(sample, search.Query(archived=None)) == before
    reader = open_reader(sample)
    assert sum(found.runs for found in runs.experiments(reader)) == len(before) - 1
    reader.close()
    make(sample, *undo)
    assert ids(sample, search.Query()) == before


def test_a_change_gives_the_run_a_new_revision(sample: Store) -> None:
    reader = open_reader(sample)
    seen = runs.revision(reader)
    make(sample, Change(1, note="tried again"), Change(2, name="other"))
    assert sorted(runs.changed_since(reader, seen)) == [1, 2]
    reader.close()


@pytest.mark.parametrize("change", [Change(99, note="x"), Change(1, name="  ")])
def test_what_cannot_be_done_changes_nothing(sample: Store, change: Change) -> None:
    before = state(sample)
    with pytest.raises(StoreError, match="nothing was changed"):
        make(sample, Change(2, name="renamed"), change)
    assert state(sample) == before


texts = st.one_of(st.none(), st.text("ab\x1b[", min_size=1, max_size=4).filter(str.strip))
changes = st.builds(
    Change,
    st.integers(1, 3),
    texts,
    texts,
    st.dictionaries(st.sampled_from(["team", "new"]), texts, max_size=2),
    st.sampled_from([None, True, False]),
    st.sampled_from([None, True, False]),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(changes, min_size=1, max_size=4), min_size=1, max_size=4))
def test_undoing_everything_brings_everything_back(sample: Store, batches: list[list[Change]]) -> None:
    before = state(sample)
    undone = [make(sample, *batch) for batch in batches]
    for undo in reversed(undone):
        make(sample, *undo)
    assert state(sample) == before


def test_many_more_runs_than_a_statement_has_room_for(tmp_path: Path) -> None:
    store = for_writing(tmp_path / ".tracker")
    add_run(store, "one")
    with writing(store) as connection:
        runs.touch(connection, range(1, 40_000))
