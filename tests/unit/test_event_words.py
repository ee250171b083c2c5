"""The registry's history in words."""

from __future__ import annotations

import json

import pytest

from logger.store.registry import RegistryEvent
from tui_tracker.model.event_words import Note, event_notes, event_words, is_failure


def event(
    action: str, before: str = "", after: str = "", version: int | None = 3, **values: str
) -> RegistryEvent:
    reason, detail = values.get("reason", ""), values.get("detail", "")
    return RegistryEvent(1, 0.0, "ada", "box", "churn", version, action, before, after, reason, detail)


@pytest.mark.parametrize(
    ("happened", "words"),
    [
        (event("stage", "None", "Production"), "None → Production"),
        (event("roll-back", "Archived", "Production"), "↩ Archived → Production"),
        (event("alias", "champion: v1", "champion: v2"), "@champion: v1 → v2"),
        (event("alias", "", "champion: v2"), "@champion: nothing → v2"),
        (event("unalias", "champion -> v2", ""), "@champion: v2 → nothing"),
        (event("rename", "churn", "leavers", None), "renamed: churn → leavers"),
        (event("describe", "a", "b"), "described"),
        (event("describe", "a", "b", None), "model described"),
        (event("untag", "data=week 40"), "tag data=week 40 removed"),
        (event("hook", after="deploy: succeeded after 0.1 s"), "ran deploy: succeeded after 0.1 s"),
        (event("delete", "None", "", None), "model deleted"),
        (event("something new"), "something new"),
    ],
)
def test_what_was_done(happened: RegistryEvent, words: str) -> None:
    assert event_words(happened) == words


def test_refusals_and_what_overrode_them_are_told() -> None:
    detail = {
        "gates": [
            {"rule": "val/acc >= 0.9", "passed": False, "found": "val/acc is 0.8"},
            {"rule": "run finished", "passed": True, "found": "the run is finished"},
        ],
        "override": "urgent",
    }
    happened = event("stage", "None", "Production", reason="better", detail=json.dumps(detail))
    assert event_notes(happened) == [
        Note("reason", "better"),
        Note("refusal", "✗ val/acc >= 0.9: val/acc is 0.8"),
        Note("override", "overridden: urgent"),
    ]


def test_the_last_lines_of_a_command_that_failed_are_told() -> None:
    failed = event("hook", detail=json.dumps({"status": 1, "output": "a\nb\nc\nd"}))
    assert is_failure(failed)
    assert [note.text for note in event_notes(failed)] == ["b", "c", "d"]
    done = event("hook", detail=json.dumps({"status": 0, "output": "a"}))
    assert not is_failure(done)
    assert not event_notes(done)


@pytest.mark.parametrize(
    "detail",
    [
        "",
        "[",
        "[]",
        '{"gates": 3, "override": {}, "output": []}',
        '{"gates": [1, {"passed": null}]}',
        "[" * 100_000,
    ],
)
def test_details_of_any_shape_do_no_harm(detail: str) -> None:
    for action in ("stage", "hook"):
        assert all(isinstance(note.text, str) for note in event_notes(event(action, detail=detail)))
