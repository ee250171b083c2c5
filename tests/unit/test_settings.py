"""The file of settings: what is said holds, what is wrong is told with its line and changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_tracker.model import settings
from tui_tracker.model.settings import AlertSettings, Settings


def read(tmp_path: Path, text: str | bytes) -> Settings:
    place = tmp_path / "config.toml"
    place.write_bytes(text if isinstance(text, bytes) else text.encode())
    return settings.read(place)


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert settings.read(tmp_path / "missing.toml") == Settings() == read(tmp_path, "")
    assert Settings().alerts == AlertSettings("bell", ("INFO", "WARN", "ERROR"), ())


def test_what_is_set_holds(tmp_path: Path) -> None:
    found = read(
        tmp_path, '[alerts]\nnotify = "osc9"\nlevels = ["error"]\ncommand = ["notify-send", "a b"]\n'
    )
    assert found == Settings(AlertSettings("osc9", ("ERROR",), ("notify-send", "a b")))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[alerts]\nnotify = "loud"\n', "line 2: notify must be one of bell, osc9, osc777, none, not 'loud'"),
        ('\n[alerts]\ncommand = "rm -rf /"\n', "line 3: command must be a list of texts"),
        ("[alerts]\ncommand = ['']\n", "line 2: command must begin with a program"),
        ("[alerts]\nlevels = ['LOUD']\n", "line 2: levels must be some of INFO, WARN, ERROR, not 'LOUD'"),
        ("[alerts]\nlevels = [3]\n", "line 2: levels must be a list"),
        ("alerts = 3\n", "line 1: alerts must be a table"),
        ("[alarms]\nx = 1\n", "line 1: there is no setting 'alarms'"),
        ("[alerts]\n\nvolume = 1\n", "line 3: there is no setting 'volume' in [alerts]; there are command,"),
        ("[alerts\n", "this is not TOML"),
        (b"\xff", "cannot be read"),
        ("a = " + "[" * 100_000, "config.toml"),
    ],
)
def test_what_is_wrong_is_told_and_changes_nothing(text: str | bytes, told: str, tmp_path: Path) -> None:
    found = read(tmp_path, text)
    assert told in found.remarks[0]
    assert str(tmp_path) in found.remarks[0]
    assert found.alerts == AlertSettings()


def test_what_is_not_known_leaves_the_rest(tmp_path: Path) -> None:
    found = read(tmp_path, '[alerts]\nvolume = 1\nnotify = "none"\n')
    assert (found.alerts.notify, len(found.remarks)) == ("none", 1)


def test_the_place_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    assert settings.path({}) == Path("/home/ada/.config/tui-tracker/config.toml")
    assert settings.path({"XDG_CONFIG_HOME": "/etc/x"}) == Path("/etc/x/tui-tracker/config.toml")
    assert settings.path({"XDG_CONFIG_HOME": "relative"}) == Path("/home/ada/.config/tui-tracker/config.toml")
