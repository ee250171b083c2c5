"""Alerts in the viewer: told as they come, counted, listed, and by a command of the person's."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList, Static

from logger.store import alerts, runs, stopping
from logger.store.alerts import Alert
from logger.store.connection import writing
from logger.store.locate import Store, for_writing
from tests.hostile import HOSTILE, assert_harmless
from tests.sample import NOW, add_run
from tests.screens.driving import until, viewer
from tui_tracker.app import TrackerApp
from tui_tracker.cli import main
from tui_tracker.model.alarm import Alarm
from tui_tracker.model.notifier import run_command, sentence, sequence
from tui_tracker.model.source import Source
from tui_tracker.screens.alerts import AlertsScreen
from tui_tracker.screens.run import RunScreen
from tui_tracker.widgets.run_details import RunDetails
from tui_tracker.widgets.store_header import StoreHeader


@pytest.fixture
def training(tmp_path: Path) -> Store:
    store = for_writing(tmp_path / ".tracker")
    add_run(store, "talks", status="RUNNING", metrics={"loss": [1.0]})
    return store


def raise_alert(store: Store, title: str, **values: Any) -> None:
    with writing(store) as connection:
        told: Mapping[str, Any] = {
            "time": NOW,
            "level": "WARN",
            "title": title,
            "text": "",
            "step": None,
            **values,
        }
        alerts.record(connection, 1, told)
        runs.touch(connection, [1])


def finish(store: Store, status: str) -> None:
    with writing(store) as connection:
        runs.finish(connection, 1, status, NOW)
        runs.touch(connection, [1])


def watches(pilot: Pilot[None]) -> bool:
    """Whether what is there has been taken note of, so that what comes is new."""
    app = pilot.app
    assert isinstance(app, TrackerApp) and app._watcher is not None
    return app._watcher._alarm._seen is not None


async def test_what_comes_is_told_counted_and_listed(training: Store) -> None:
    raise_alert(training, "from before")
    async with viewer(training, watching=True) as (screen, pilot):
        header = screen.query_one(StoreHeader)
        await until(pilot, lambda: watches(pilot))
        assert header.alerts == 0
        raise_alert(training, "loss is NaN", level="ERROR", text="for the first time at step 3", step=3)
        await until(pilot, lambda: header.alerts == 1)
        assert "1 alert (!)" in header.render().plain
        told = [note.message for note in pilot.app._notifications]
        assert told == ["talks: loss is NaN, for the first time at step 3"]
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, AlertsScreen))
        shown = pilot.app.screen.query_one(OptionList)
        await until(pilot, lambda: shown.option_count == 2)
        assert "loss is NaN" in str(shown.get_option_at_index(0).prompt)
        assert header.alerts == 0
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))


async def test_the_overview_of_a_run_says_what_it_told_and_who_stops_it(training: Store) -> None:
    for text in HOSTILE[:9]:
        raise_alert(training, text, text=text)
    raise_alert(training, "loss is NaN", level="ERROR", text="for the first time at step 3")
    with writing(training) as connection:
        stopping.request(connection, 1, "ada", "TERM")
    async with viewer(training) as (_, pilot):
        await pilot.app.push_screen(RunScreen(1))
        await until(pilot, lambda: pilot.app.screen.query(RunDetails).results(RunDetails))
        shown = pilot.app.screen.query_one(RunDetails).query_one(Static)
        await until(pilot, lambda: "loss is NaN, for the first time" in str(shown.render()))
        said = str(shown.render())
        assert "asked for by ada, sent SIGTERM" in said and "Alerts  10" in said
        assert_harmless(said)


async def test_the_end_of_a_run_is_told_and_not_counted(training: Store) -> None:
    async with viewer(training, watching=True) as (screen, pilot):
        await until(pilot, lambda: watches(pilot))
        finish(training, "FINISHED")
        await until(pilot, lambda: len(pilot.app._notifications))
        assert [note.message for note in pilot.app._notifications] == ["talks: finished"]
        assert screen.query_one(StoreHeader).alerts == 0


async def test_a_command_is_run_without_a_shell(training: Store, tmp_path: Path) -> None:
    script = tmp_path / "tell.py"
    script.write_text(
        "import os, sys, pathlib\n"
        "told = {k: v for k, v in os.environ.items() if k.startswith('TRACKER_ALERT')}\n"
        "pathlib.Path('told').write_text(repr((sys.argv[1:], told)))\n"
    )
    config = tmp_path / "no-config" / "tui-tracker" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f"[alerts]\ncommand = ['{sys.executable}', '{script}', '$(touch x); a b']\n")
    async with viewer(training, watching=True) as (_, pilot):
        await until(pilot, lambda: watches(pilot))
        raise_alert(training, "`touch y`", level="ERROR", text="\x1b[2J")
        await until(pilot, (tmp_path / "told").exists)
        await until(pilot, (tmp_path / "told").read_text)
    arguments, told = eval((tmp_path / "told").read_text(), {})
    assert arguments == ["$(touch x); a b"]
    assert (told["TRACKER_ALERT_TITLE"], told["TRACKER_ALERT_LEVEL"]) == ("`touch y`", "ERROR")
    assert told["TRACKER_ALERT_RUN"] == "talks"
    assert "\x1b" not in told["TRACKER_ALERT_TEXT"]
    assert not (tmp_path / "x").exists() and not (tmp_path / "y").exists()


def an_alert(title: str = "t", text: str = "") -> Alert:
    return Alert(1, 1, "a" * 32, title, NOW, "WARN", title, text, None, "")


def test_a_command_that_misbehaves_is_told(store: Store) -> None:
    assert "cannot be run" in run_command(["/nowhere/at/all"], an_alert(), store)
    assert "failed (3): no such thing" in run_command(
        ["sh", "-c", "echo no such thing >&2; exit 3"], an_alert(), store
    )
    assert run_command(["true"], an_alert("a\0b"), store) == ""


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_hostile_gets_into_a_notification(text: str) -> None:
    said = sentence(an_alert(text, text))
    assert_harmless(said)
    for means in ("osc9", "osc777"):
        for environment in ({}, {"TMUX": "x"}):
            sent = sequence(means, said, environment)
            assert sent.count("\a") == 1
            assert sent.count("\x1b") == (1 if not environment else 4)


def test_a_name_that_begins_with_a_number_is_no_other_command() -> None:
    assert sequence("osc9", "4;1;50: failed", {}) == "\x1b]9;run 4;1;50: failed\a"


def test_means_of_notification() -> None:
    assert sequence("bell", "x", {}) == "\a"
    assert sequence("none", "x", {}) == ""
    assert sequence("osc9", "x", {}) == "\x1b]9;x\a"
    assert sequence("osc777", "a;b", {}) == "\x1b]777;notify;tracker-tui;a,b\a"
    assert sequence("osc9", "x", {"TMUX": "1"}) == "\x1bPtmux;\x1b\x1b]9;x\a\x1b\\"


def test_an_end_is_told_once_and_only_of_a_run_that_was_seen_running(training: Store) -> None:
    alarm = Alarm(Source(training))
    assert alarm.look([1]) == []
    finish(training, "KILLED")
    assert [alert.title for alert in alarm.look([1])] == ["killed"]
    assert alarm.look([1]) == []
    add_run(training, "short", status="FINISHED")
    assert alarm.look([2]) == []
    finish(training, "RUNNING")
    assert alarm.look([1]) == []
    finish(training, "FAILED")
    assert alarm.look([1]) == []


def test_an_end_that_the_store_gives_a_reason_for_is_told_once(training: Store) -> None:
    alarm = Alarm(Source(training))
    alarm.look([1])
    finish(training, "KILLED")
    raise_alert(training, "killed", text="the kernel was restarted", level="INFO")
    assert [(alert.title, alert.text) for alert in alarm.look([1])] == [
        ("killed", "the kernel was restarted")
    ]
    assert alarm.look([1]) == []


def test_from_the_command_line(training: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["alerts"]) == 0
    assert "no alerts" in capsys.readouterr().out
    raise_alert(training, "loss is NaN", step=3)
    assert main(["alerts", "talks", "--csv"]) == 0
    assert capsys.readouterr().out.splitlines()[1].split(",")[1:6] == [
        "WARN",
        "talks",
        "loss is NaN",
        "",
        "3",
    ]
    assert main(["alerts", "missing"]) == 1
