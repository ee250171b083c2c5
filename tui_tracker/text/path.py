"""`tracker-tui path`: where on disk a model or an artifact is, for scripts."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from contextlib import closing

from logger.store import registry
from tui_tracker.text.command import Command, Place
from tui_tracker.text.table import Entry, Record, Sentence


def _answer(arguments: Namespace, place: Place) -> Sentence:
    with closing(place.reader()) as connection:
        target = registry.resolve(connection, arguments.uri)
        if isinstance(target, registry.ModelVersion) and target.sha256 and not arguments.no_verify:
            found = registry.verified_path(connection, place.store, target)
        else:
            found = registry.artifact_path(place.store, target)
    return Sentence(str(found), Record((Entry("uri", arguments.uri), Entry("path", str(found)))))


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "uri",
        metavar="URI",
        help="models:/NAME/3, .../latest, .../Production, models:/NAME@ALIAS or runs:/ID/PATH",
    )
    parser.add_argument(
        "--no-verify", action="store_true", help="do not read a model's files to compare their hashes"
    )


COMMAND = Command(
    "path",
    "print where an artifact or a registered model is on disk",
    _answer,
    (
        "tracker-tui path models:/digits-clf/Production",
        'python predict.py --weights "$(tracker-tui path models:/digits-clf@champion)"',
    ),
    _arguments,
    "A registered model is hashed first: one that is not what was registered is refused.",
)
