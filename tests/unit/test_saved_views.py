"""Saved views and the history of filters: kept with the store, harmless where the memory is broken."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logger.store.fields import Field, Sort
from logger.store.locate import Store
from tui_tracker.model.filter_history import MOST_KEPT, FilterHistory
from tui_tracker.model.saved_views import SavedView, SavedViews, settings_of, with_settings
from tui_tracker.model.state_file import StateFile
from tui_tracker.model.table_look import TableLook


@pytest.fixture
def state(tmp_path: Path) -> StateFile:
    return StateFile.of(Store(tmp_path))


def test_a_view_is_there_in_the_next_session(state: StateFile) -> None:
    look = TableLook((Field("param", "lr"),), order=(Sort(Field("metric", "acc"), descending=True),))
    view = SavedView("best", "acc > 0.9", look, {"log_y": True})
    SavedViews(state).save(view)
    SavedViews(state).save(SavedView("[/]\x1b", "x"))
    again = SavedViews(StateFile(state.path))
    assert again.get("best") == view
    assert [found.name for found in again.all()] == ["[/]\x1b", "best"]
    again.set_default("churn", "best")
    assert again.default_of("churn") == view
    again.delete("best")
    assert again.get("best") is None
    assert again.default_of("churn") is None


@pytest.mark.parametrize("written", [1, None, [], {"filter": 3, "look": 3, "charts": 3}])
def test_what_is_not_a_view_is_shown_as_a_plain_one(state: StateFile, written: object) -> None:
    state.put("views", "odd", written if written is not None else "text")
    assert SavedViews(state).all() == [SavedView("odd")]
    state.put("default views", "", 7)
    assert SavedViews(state).default_of("") is None


class Axis(Enum):
    STEP = "step"
    TIME = "time"


@dataclass(frozen=True)
class Settings:
    axis: Axis = Axis.STEP
    log: bool = False
    smoothing: float = 0.0
    window: tuple[float, float] | None = (1.0, 2.0)
    cursor: float | None = 3.0


def test_settings_come_back_as_far_as_they_are_of_their_kind() -> None:
    found = settings_of(Settings(Axis.TIME, True, 0.5), frozenset({"cursor"}))
    assert found == {"axis": "TIME", "log": True, "smoothing": 0.5}
    assert with_settings(Settings(), found) == Settings(Axis.TIME, True, 0.5)
    odd = {"axis": "gone", "log": 1, "smoothing": "x", "other": 2, "window": [1], "cursor": "here"}
    assert with_settings(Settings(), odd) == Settings()
    assert with_settings(Settings(), {"log": True}, frozenset({"log"})) == Settings()


def test_the_history_goes_back_and_comes_forward(state: StateFile) -> None:
    history = FilterHistory(state)
    assert history.later() is None
    for text in ("a", "b", "a", "c", "c", ""):
        history.keep(text)
    again = FilterHistory(StateFile(state.path))
    assert again.texts == ["b", "a", "c"]
    assert [again.earlier("typed") for _ in range(4)] == ["c", "a", "b", None]
    assert [again.later() for _ in range(4)] == ["a", "c", "typed", None]
    again.earlier("typed")
    again.start()
    assert again.earlier("other") == "c"
    assert again.later() == "other"


@given(st.lists(st.text(max_size=3), max_size=150))
def test_the_history_holds_each_filter_once_and_not_too_many(texts: list[str]) -> None:
    history = FilterHistory()
    for text in texts:
        history.keep(text)
    assert len(history.texts) == len(set(history.texts)) <= MOST_KEPT
    assert "" not in history.texts
    kept = [text for text in texts if text]
    assert not kept or history.texts[-1] == kept[-1]
