"""`tracker-tui alias`: lets a name stand for a version of a model."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from logger.store import registry
from logger.store.connection import writing
from tui_tracker.text.command import Command, Place, UsageError
from tui_tracker.text.table import Entry, Record, Sentence
from tui_tracker.text.version_argument import VERSION_HELP, chosen_version


def _answer(arguments: Namespace, place: Place) -> Sentence:
    model, alias, selector = arguments.model, arguments.alias, arguments.version
    if arguments.delete and selector is not None:
        raise UsageError("alias --delete takes no version: it deletes the alias, whatever it stands for")
    if not arguments.delete and selector is None:
        raise UsageError(
            "alias needs the version that it is to stand for, as in `alias digits-clf champion 3`"
        )
    version = None
    with writing(place.store) as connection:
        if arguments.delete:
            registry.delete_alias(connection, model, alias)
        else:
            version = chosen_version(connection, arguments).version
            registry.set_alias(connection, model, alias, version)
    done = f"deleted the alias {alias} of {model}" if arguments.delete else f"{model}@{alias} is v{version}"
    return Sentence(done, Record((Entry("model", model), Entry("alias", alias), Entry("version", version))))


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL")
    parser.add_argument("alias", metavar="ALIAS", help="letters, digits, _ and -")
    parser.add_argument("version", metavar="VERSION", nargs="?", help=VERSION_HELP)
    parser.add_argument("--delete", action="store_true", help="delete the alias instead")


COMMAND = Command(
    "alias",
    "let an alias stand for a version of a model",
    _answer,
    ("tracker-tui alias digits-clf champion 3", "tracker-tui alias digits-clf champion --delete"),
    _arguments,
)
