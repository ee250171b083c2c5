"""The rules that promotions obey: `gates.toml` in the store's directory, written by hand.

    ["*".Production]                        # every model
    require = ["run finished", "code clean"]

    [churn-clf.Production]
    require = ["val/acc >= 0.92", "better than current on val/loss by 1%", "has tag reviewed"]
    after = ["python", "deploy.py"]         # runs after the promotion, without a shell
    timeout = 300                           # seconds, 60 without it

Both tables rule a promotion of churn-clf. A file that cannot be read rules every promotion, a table with a
mistake in it those that it is about: they are refused until it is mended, or overridden with a reason.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from logger.store.registry.names import LIVE_STAGES, RegistryError, stage_name
from logger.store.registry.rules import Rule, RuleError, parse_rule

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FILE_NAME = "gates.toml"
EVERY_MODEL = "*"
_LARGEST_FILE = 1024 * 1024
_HOOK_SECONDS = 60.0
_LONGEST_HOOK_SECONDS = 24 * 3600.0
_KEYS = ("require", "after", "timeout")


class GatesFileError(RegistryError):
    """A gates file, or a table of it, that cannot be understood: the message names the file and the line."""


@dataclass(frozen=True)
class Hook:
    """A command to run after a promotion."""

    command: tuple[str, ...]
    """the program and its arguments, as they stand in the file"""
    timeout: float
    """seconds"""


@dataclass(frozen=True)
class StageRules:
    """What rules the promotions of one model to one stage."""

    rules: tuple[Rule, ...] = ()
    hooks: tuple[Hook, ...] = ()


def path_in(directory: Path) -> Path:
    return directory / FILE_NAME


def rules_for(directory: Path, model: str, stage: str) -> StageRules:
    """The rules in a store's directory for promotions of a model to a stage; none without a file.

    Raises GatesFileError.
    """
    text = _read(path_in(directory))
    if text is None:
        return StageRules()
    tables = _parse(path_in(directory), text)
    rules: list[Rule] = []
    hooks: list[Hook] = []
    for owner in dict.fromkeys((EVERY_MODEL, model)):
        found = _table(path_in(directory), text, tables, owner, stage)
        rules += found.rules
        hooks += found.hooks
    return StageRules(tuple(rules), tuple(hooks))


def table_rules(directory: Path, owner: str, stage: str) -> StageRules:
    """What one table of the file says, of a model or of `*`. Raises GatesFileError."""
    text = _read(path_in(directory))
    if text is None:
        return StageRules()
    return _table(path_in(directory), text, _parse(path_in(directory), text), owner, stage)


def _table(path: Path, text: str, tables: Mapping[str, Any], owner: str, stage: str) -> StageRules:
    stages = _stages(path, text, owner, tables.get(owner, {}))
    if stage not in stages:
        return StageRules()
    found = _Table(path, text, f"[{owner}.{stage}]", stages[stage])
    return StageRules(tuple(found.rules()), tuple(found.hooks()))


def ruled(directory: Path) -> list[tuple[str, str]]:
    """The models (or `*`) and stages that the file has tables for, in its order. Raises GatesFileError."""
    text = _read(path_in(directory))
    if text is None:
        return []
    tables = _parse(path_in(directory), text)
    return [
        (owner, stage)
        for owner in tables
        for stage in _stages(path_in(directory), text, owner, tables[owner])
    ]


def _read(path: Path) -> str | None:
    """The file's text; None where there is none. A pipe or a device in its place is not opened for long."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise GatesFileError(f"cannot read {path}: {error.strerror}") from None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST_FILE:
            raise GatesFileError(f"{path} is no file of rules: it must be a regular file of at most 1 MB")
        try:
            return file.read().decode("utf-8")
        except (OSError, UnicodeDecodeError):
            raise GatesFileError(f"{path} cannot be read as UTF-8 text: mend it before you promote") from None


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        tables: dict[str, Any] = tomllib.loads(text)
        return tables
    except tomllib.TOMLDecodeError as error:
        raise GatesFileError(f"{path} is not TOML: {error}") from None
    except (ValueError, RecursionError):
        raise GatesFileError(
            f"{path} is not TOML that can be read: a number or a nesting is too large"
        ) from None


def _stages(path: Path, text: str, owner: str, table: object) -> dict[str, object]:
    """The tables of one model by the stage's proper name."""
    if not isinstance(table, Mapping):
        raise GatesFileError(
            f"{path}{_line_of(text, owner)}: {owner[:40]!r} must be a table like [{owner[:40]}.Production]"
        )
    found = {}
    for name, rules in table.items():
        try:
            stage = stage_name(name)
        except RegistryError:
            stage = ""
        if stage not in LIVE_STAGES:
            raise GatesFileError(
                f"{path}{_line_of(text, name)}: {name[:40]!r} is no stage that has gates:"
                f" write [{owner[:40]}.Production] or [{owner[:40]}.Staging]"
            )
        found[stage] = rules
    return found


class _Table:
    """One table of the file, read with an error that says where."""

    def __init__(self, path: Path, text: str, label: str, table: object) -> None:
        self.path, self.text, self.label = path, text, label
        if not isinstance(table, Mapping):
            raise self._error(label.strip("[]").rpartition(".")[2], f"{label} must be a table")
        unknown = [key for key in table if key not in _KEYS]
        if unknown:
            raise self._error(
                unknown[0], f"{label} has no setting {unknown[0][:40]!r}: it knows {', '.join(_KEYS)}"
            )
        self.table = table

    def rules(self) -> list[Rule]:
        wanted = self.table.get("require", [])
        if not isinstance(wanted, list) or not all(isinstance(rule, str) for rule in wanted):
            raise self._error(
                "require", f'require in {self.label} must be a list of rules, like ["val/acc >= 0.92"]'
            )
        return [self._rule(text) for text in wanted]

    def _rule(self, text: str) -> Rule:
        try:
            return parse_rule(text)
        except RuleError as error:
            problem = f"the rule {text[:80]!r} in {self.label} cannot be read: {error}"
            raise self._error(text, problem) from None

    def hooks(self) -> list[Hook]:
        command = self.table.get("after")
        seconds = self.table.get("timeout", _HOOK_SECONDS)
        usable = isinstance(seconds, (int, float)) and not isinstance(seconds, bool)
        if not usable or not 0 < seconds <= _LONGEST_HOOK_SECONDS:
            raise self._error(
                "timeout", f"timeout in {self.label} must be a number of seconds, at most a day"
            )
        if command is None:
            return []
        if (
            not isinstance(command, list)
            or not command
            or not all(isinstance(word, str) and "\0" not in word for word in command)
            or not command[0]
        ):
            raise self._error("after", f'after in {self.label} must be a list like ["python", "deploy.py"]')
        return [Hook(tuple(command), float(seconds))]

    def _error(self, mark: str, problem: str) -> GatesFileError:
        return GatesFileError(f"{self.path}{_line_of(self.text, mark)}: {problem}")


def _line_of(text: str, mark: str) -> str:
    """`, line 3` of the first line that holds `mark`; nothing where none does, as with an escaped character."""
    for number, line in enumerate(text.splitlines(), start=1):
        if mark and mark in line.partition("#")[0]:
            return f", line {number}"
    return ""
