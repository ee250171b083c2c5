"""What a person has set: `tui-tracker/config.toml` under XDG_CONFIG_HOME, else under ~/.config.

    theme = "light"                            # auto, dark, light, contrast or ansi (the terminal's 16 colours)

    [alerts]
    notify = "bell"                            # bell, osc9, osc777 or none
    levels = ["WARN", "ERROR"]                 # of which levels; all where it is not said
    command = ["notify-send", "training"]      # run for each, see below

    [keys]
    "runs.mark" = "x"                          # by the commands' ids, see `keymap`; `tracker-tui keys` lists them

Each other table of the file is a class here and each of its keys a field, whose default holds where it is not set. A
file that cannot be understood is told with its line and changes nothing; what is not known is told and passed over.

The command is run as it stands, without a shell; TRACKER_ALERT_TITLE, TRACKER_ALERT_TEXT, TRACKER_ALERT_LEVEL,
TRACKER_ALERT_RUN and TRACKER_ALERT_STORE tell it what and where.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from logger.store.alerts import LEVELS
from tui_tracker.model import keymap
from tui_tracker.model.keymap import Keymap

THEMES = ("auto", "dark", "light", "contrast", "ansi")
NOTIFICATIONS = ("bell", "osc9", "osc777", "none")
_LONGEST_FILE = 1024 * 1024


class SettingsError(ValueError):
    """The file cannot be used: one sentence that says where and why."""


@dataclass(frozen=True)
class AlertSettings:
    """How a person is told of alerts that come while the viewer runs."""

    notify: str = "bell"
    """by which means of the terminal: one of NOTIFICATIONS"""
    levels: tuple[str, ...] = LEVELS
    """of which levels a person is told"""
    command: tuple[str, ...] = ()
    """a program and its arguments; none where it is empty"""

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> AlertSettings:
        """From a table of the file. Raises SettingsError."""
        notify = values.get("notify", cls.notify)
        if notify not in NOTIFICATIONS:
            raise SettingsError(f"notify must be one of {', '.join(NOTIFICATIONS)}, not {notify!r}")
        levels = _texts("levels", values.get("levels", list(cls.levels)))
        for level in levels:
            if level.upper() not in LEVELS:
                raise SettingsError(f"levels must be some of {', '.join(LEVELS)}, not {level!r}")
        command = _texts("command", values.get("command", []))
        if command and not command[0].strip():
            raise SettingsError("command must begin with a program")
        return cls(notify, tuple(level.upper() for level in levels), command)


@dataclass(frozen=True)
class Settings:
    """Everything that can be set."""

    alerts: AlertSettings = field(default_factory=AlertSettings)
    keys: Keymap = field(default_factory=dict)
    """keys by the ids of commands; whether there are such commands is not checked"""
    theme: str = "auto"
    """one of THEMES; auto: as the terminal tells"""
    remarks: tuple[str, ...] = ()
    """one sentence for each thing in the file that is not known or not understood"""


# The tables that other parts of the viewer read from the same file themselves.
_TABLES: Mapping[str, Any] = {"alerts": AlertSettings}


def path(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the file is, or would be."""
    home = environment.get("XDG_CONFIG_HOME", "")
    base = Path(home) if Path(home).is_absolute() else Path.home() / ".config"
    return base / "tui-tracker" / "config.toml"


def read(place: Path | None = None) -> Settings:
    """What is set; the defaults where there is no file. Raises nothing: what is wrong is in `remarks`."""
    place = place or path()
    try:
        with place.open("rb") as file:
            data = file.read(_LONGEST_FILE)
        values = _parse(data.decode())
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        return Settings(remarks=(f"{place} cannot be read: {getattr(error, 'strerror', None) or error}",))
    except SettingsError as error:
        return Settings(remarks=(f"{place}: {error}",))
    return _read_tables(values, data.decode(), place)


def _parse(text: str) -> Mapping[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        tables: dict[str, Any] = tomllib.loads(text)
        return tables
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(f"this is not TOML: {error}") from None


def _read_tables(values: Mapping[str, Any], text: str, place: Path) -> Settings:
    found: dict[str, Any] = {}
    remarks: list[str] = []

    def remark(key: str, told: object) -> None:
        remarks.append(f"{line_of(text, key, place)}: {told}")

    for name, value in values.items():
        kind = _TABLES.get(name)
        if name == "theme":
            if value in THEMES:
                found[name] = value
            else:
                remark(name, f"theme must be one of {', '.join(THEMES)}, not {value!r}")
        elif kind is None and name != "keys":
            remark(name, f"there is no setting {name!r}")
        elif not isinstance(value, dict):
            remark(name, f"{name} must be a table, [{name}]")
        elif kind is None:
            found[name], wrong = keymap.read(value)
            for command, told in wrong.items():
                remark(command, told)
        else:
            known = sorted(known.name for known in fields(kind))
            for key in value:
                if key not in known:
                    remark(key, f"there is no setting {key!r} in [{name}]; there are {', '.join(known)}")
            try:
                found[name] = kind.read(value)
            except SettingsError as error:
                remark(str(error).split()[0], error)
    return Settings(**found, remarks=tuple(remarks))


def line_of(text: str, key: str, place: Path) -> str:
    """The file and, where it can be found, the line in which a key is set; of one in parts, the whole or its end."""
    for written in (key, key.rpartition(".")[2]):
        for number, line in enumerate(text.splitlines(), start=1):
            if re.match(rf"\s*\[?\s*[\"']?{re.escape(written)}[\"']?\s*[\]=.]", line):
                return f"{place}, line {number}"
    return str(place)


def _texts(key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(part, str) and "\0" not in part for part in value):
        raise SettingsError(f'{key} must be a list of texts, as in {key} = ["a", "b"]')
    return tuple(value)
