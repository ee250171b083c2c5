"""How a command names a model and one of its versions."""

from __future__ import annotations

import re
import sqlite3
from argparse import ArgumentParser, Namespace

from logger.store import registry
from logger.store.registry import ModelVersion
from tui_tracker.text.command import UsageError

VERSION_HELP = "3, v3, latest, a stage, or an alias as @champion"
_SCHEME = "models:/"
_NUMBER = re.compile(r"v?([0-9]{1,15})", re.IGNORECASE)


def add_version(parser: ArgumentParser, *, may_be_missing: bool = False) -> None:
    """MODEL and VERSION, or both in one word; `may_be_missing`: the command says something without either too."""
    parser.add_argument(
        "model",
        metavar="MODEL",
        nargs="?" if may_be_missing else None,
        help="its name, or with the version in one word: NAME/3, NAME@champion, models:/NAME/3",
    )
    parser.add_argument("version", metavar="VERSION", nargs="?", help=VERSION_HELP)


def add_subject(parser: ArgumentParser) -> None:
    """A model, or one of its versions, in one word."""
    parser.add_argument(
        "model",
        metavar="MODEL[/VERSION]",
        help="a model's name, or a version of it: NAME/3, NAME/latest, NAME/Production, NAME@champion",
    )
    parser.set_defaults(version=None)


def chosen_version(connection: sqlite3.Connection, arguments: Namespace) -> ModelVersion:
    """The version that was typed. Raises RegistryError, UsageError."""
    found = chosen(connection, arguments)
    if isinstance(found, str):
        raise UsageError(f"say which version of {found}: {VERSION_HELP}")
    return found


def chosen(connection: sqlite3.Connection, arguments: Namespace) -> ModelVersion | str:
    """The version that was typed, or the name of the model where none was. Raises RegistryError, UsageError."""
    model, selector = arguments.model, arguments.version
    in_one_word = (
        model.startswith(_SCHEME) or "/" in model or ("@" in model and not _is_model(connection, model))
    )
    if in_one_word:
        if selector is not None:
            raise UsageError(f"{model} names the version already: leave {selector!r} away")
        name, slash, rest = model.removeprefix(_SCHEME).lstrip("/").partition("/")
        if slash:
            return _selected(connection, name, rest)
        found = registry.resolve(connection, f"{_SCHEME}{name}")
        if not isinstance(found, ModelVersion):
            raise UsageError(f"{model} names no version of a model")
        return found
    if selector is None:
        return registry.model(connection, model).name
    return _selected(connection, model, selector)


def _selected(connection: sqlite3.Connection, model: str, selector: str) -> ModelVersion:
    if selector.startswith("@"):
        return registry.by_alias(connection, model, selector[1:])
    number = version_number(selector)
    if number is not None:
        return registry.version(connection, model, number)
    if selector.casefold() == "latest":
        return registry.newest(connection, model)
    return registry.in_stage(connection, model, selector)


def _is_model(connection: sqlite3.Connection, name: str) -> bool:
    return any(model.name == name for model in registry.models(connection))


def version_number(text: str) -> int | None:
    """The number in `3` or `v3`; None where it is no such text."""
    found = _NUMBER.fullmatch(text)
    return int(found[1]) if found else None
