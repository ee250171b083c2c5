"""What is typed about runs, as changes; the editor of the person's choice."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App

from logger.store.edits import Change, Words
from tui_tracker.model.run_edits import (
    MOST_UNDONE,
    Done,
    TagError,
    UndoHistory,
    is_editable,
    parse_tags,
    renamed,
    shared_note,
    shared_tags,
    tagged,
    tags_text,
)
from tui_tracker.screens.text_editor import EditorFailed, edited_elsewhere

ONE = Words(1, "calm-otter", "a", {"team": "vision", "x": "1"})
TWO = Words(2, "shy-newt", "b", {"team": "vision", "x": "2"})


def test_a_new_name_holds_the_old_one() -> None:
    assert renamed([ONE, TWO], "s-{}") == [Change(1, name="s-calm-otter"), Change(2, name="s-shy-newt")]
    assert renamed([ONE], "calm-otter") == []


def test_what_several_share() -> None:
    assert shared_note([ONE, TWO]) == ""
    assert shared_note([ONE]) == "a"
    assert shared_tags([ONE, TWO]) == {"team": "vision"}


def test_only_what_was_changed_in_the_list_is_changed() -> None:
    assert tagged([ONE, TWO], {"team": "vision"}, {"team": "vision"}) == []
    assert tagged([ONE], {"team": "vision"}, {"best": ""}) == [Change(1, tags={"team": None, "best": ""})]


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=5)))
def test_tags_survive_the_way_through_text(tags: dict[str, str]) -> None:
    """Those that a line cannot hold are neither shown nor taken away."""
    back = parse_tags(tags_text(tags))
    assert back == {key: value for key, value in tags.items() if is_editable(key, value)}
    assert tagged([ONE], tags, back) == []


@pytest.mark.parametrize("text", ["= x", "a = 1\na = 2"])
def test_mistakes_in_tags_are_told(text: str) -> None:
    with pytest.raises(TagError):
        parse_tags(text)


def test_the_history_forgets_the_oldest() -> None:
    history = UndoHistory()
    for place in range(MOST_UNDONE + 5):
        history.add(Done(str(place), (Change(place),)))
    assert len(history) == MOST_UNDONE
    latest = history.latest()
    assert latest is not None and latest.said == str(MOST_UNDONE + 4) and latest.run_ids == {MOST_UNDONE + 4}
    history.drop(latest)
    assert len(history) == MOST_UNDONE - 1


class Stage(App[None]):
    """An app that can step aside without a terminal."""

    @contextmanager
    def suspend(self) -> Iterator[None]:
        yield


def test_the_editor_writes_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    script = "import sys; p = open(sys.argv[1], 'a'); p.write(' and more'); p.close()"
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", f'{sys.executable} -c "{script}"')
    assert edited_elsewhere(Stage(), "text") == "text and more"


@pytest.mark.parametrize(
    ("editor", "said"),
    [
        ("no-such-editor-here", "cannot start no-such-editor-here"),
        ("false", "ended with status 1"),
        ('"', "cannot be read as a command"),
    ],
)
def test_an_editor_that_fails_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, editor: str, said: str
) -> None:
    monkeypatch.setenv("VISUAL", editor)
    with pytest.raises(EditorFailed, match=said):
        edited_elsewhere(Stage(), "text")


async def test_where_the_terminal_cannot_be_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "true")
    app: App[None] = App()
    async with app.run_test():
        with pytest.raises(EditorFailed, match="write in this field"):
            edited_elsewhere(app, "text")
