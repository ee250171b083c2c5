"""What is remembered between sessions: kept whole, and harmless where it is broken."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logger.store.fields import AGGREGATES, ATTRIBUTES, Field, Sort
from logger.store.locate import Store
from tui_tracker.model.state_file import StateFile, state_directory
from tui_tracker.model.table_look import NARROWEST, TREND, WIDEST, TableLook


def test_values_are_there_in_the_next_session(tmp_path: Path) -> None:
    store = Store(tmp_path / ".tracker")
    StateFile.of(store).put("looks", "churn", {"columns": []})
    StateFile.of(store).put("views", "\udcff", [1])
    assert StateFile.of(store).section("looks") == {"churn": {"columns": []}}
    assert StateFile.of(store).section("views") == {"\udcff": [1]}
    StateFile.of(store).put("looks", "churn", None)
    assert StateFile.of(store).section("looks") == {}
    assert StateFile.of(Store(tmp_path / "other")).section("views") == {}


def test_it_lies_outside_the_store(tmp_path: Path) -> None:
    assert StateFile.of(Store(tmp_path)).path.parent == tmp_path / "state" / "tui-tracker"


def test_without_a_state_home_it_is_below_the_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    assert state_directory() == Path.home() / ".local" / "state" / "tui-tracker"


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b"[" * 100_000, b'"x"'])
def test_a_broken_file_is_moved_aside_and_said(tmp_path: Path, content: bytes) -> None:
    state = StateFile.of(Store(tmp_path))
    state.path.parent.mkdir(parents=True)
    state.path.write_bytes(content)
    assert state.section("looks") == {}
    assert "cannot be read" in state.problem
    assert state.path.with_suffix(".broken").read_bytes() == content
    state.put("looks", "a", 1)
    assert StateFile.of(Store(tmp_path)).section("looks") == {"a": 1}


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("not a directory")
    state = StateFile.of(Store(tmp_path))
    state.put("looks", "a", 1)
    assert "not remembered" in state.problem
    assert state.section("looks") == {}


def test_threads_do_not_lose_one_anothers_values(tmp_path: Path) -> None:
    state = StateFile.of(Store(tmp_path))
    threads = [threading.Thread(target=state.put, args=("looks", str(place), place)) for place in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(state.section("looks")) == 20
    assert list(state.path.parent.glob(".*")) == []


names = st.text(max_size=8)
fields = st.one_of(
    st.builds(Field, st.just("attribute"), st.sampled_from(sorted(ATTRIBUTES))),
    st.builds(Field, st.just("metric"), names, st.sampled_from([*AGGREGATES, TREND])),
    st.builds(Field, st.sampled_from(["param", "tag"]), names),
)
sortable = fields.filter(lambda field: field.aggregate != TREND)
looks = st.builds(
    TableLook,
    columns=st.one_of(st.none(), st.lists(fields, min_size=1, max_size=4, unique=True).map(tuple)),
    widths=st.dictionaries(fields, st.integers(NARROWEST, WIDEST), max_size=3),
    pinned=st.frozensets(fields, max_size=3),
    order=st.lists(st.builds(Sort, sortable, st.booleans()), max_size=3).map(tuple),
    directions=st.dictionaries(names, st.sampled_from(["lower", "higher"]), max_size=3),
    groups=st.lists(sortable.filter(lambda field: field.kind != "metric"), max_size=3, unique=True).map(
        tuple
    ),
    grouped=st.booleans(),
)
junk = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(looks)
def test_a_look_survives_the_way_through_json(look: TableLook) -> None:
    assert TableLook.from_json(json.loads(json.dumps(look.to_json()))) == look


@given(
    st.one_of(
        junk,
        st.dictionaries(
            st.sampled_from(["columns", "widths", "pinned", "order", "directions", "groups", "grouped"]), junk
        ),
    )
)
def test_whatever_the_file_holds_gives_a_look(written: object) -> None:
    look = TableLook.from_json(written)
    assert TableLook.from_json(json.loads(json.dumps(look.to_json()))) == look
