"""The commands of `tracker-tui model` that carry a version from one store to another."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from contextlib import closing
from pathlib import Path

from logger import bundles
from logger.bundles import BundleError
from tui_tracker.model import formats
from tui_tracker.model.card import card, read_card
from tui_tracker.model.text import clean
from tui_tracker.text.command import Command, Errand, Place
from tui_tracker.text.table import Entry, Record, Sentence
from tui_tracker.text.version_argument import add_subject, chosen_version


def _export(arguments: Namespace, place: Place) -> Sentence:
    target = Path(arguments.target)
    with closing(place.reader()) as connection:
        version = chosen_version(connection, arguments)
        facts = read_card(connection, place.store, version.model, version.version)
    digest = bundles.export_version(place.store, version.model, version.version, target, card=card(facts))
    return Sentence(
        f"exported v{version.version} of {version.model} to {target}; its manifest has the sha256 {digest}",
        Record(
            (
                Entry("model", version.model),
                Entry("version", version.version),
                Entry("path", str(target)),
                Entry("sha256", digest),
            )
        ),
    )


def _export_arguments(parser: ArgumentParser) -> None:
    add_subject(parser)
    parser.add_argument(
        "target", metavar="DIR_OR_TAR", help="a directory, or an archive by its end: .tar, .tar.gz, .tgz"
    )


def _verify(arguments: Namespace) -> int:
    try:
        found = bundles.verify(Path(arguments.path))
    except BundleError as error:
        sys.stderr.write(f"tracker-tui: {clean(str(error))}\n")
        return 1
    for problem in found.problems:
        sys.stderr.write(f"tracker-tui: {clean(problem)}\n")
    if found.problems:
        return 1
    size = formats.size(found.size)
    sys.stdout.write(
        clean(
            f"v{found.version} of {found.model}: {formats.counted(found.files, 'file')}, {size},"
            f" all as exported; {found.sha256}"
        )
        + "\n"
    )
    return 0


def _verify_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", help="what `model export` has written")


def _import(arguments: Namespace, place: Place) -> Sentence:
    done = bundles.import_version(place.store, Path(arguments.path), name=arguments.name)
    run = f"with its run {done.run_uid}" if done.run_is_new else "of a run that was here already"
    told = "without a run" if done.run_uid is None else run
    return Sentence(
        f"imported v{done.version} of {done.model}, {told}",
        Record(
            (
                Entry("model", done.model),
                Entry("version", done.version),
                Entry("run_id", done.run_uid),
                Entry("run_is_new", done.run_is_new),
            )
        ),
    )


def _import_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", help="what `model export` has written, here or elsewhere")
    parser.add_argument("--name", metavar="MODEL", help="register it under another name")


COMMANDS: tuple[Command | Errand, ...] = (
    Command(
        "export",
        "write a version with all that belongs to it into a directory or an archive",
        _export,
        (
            "tracker-tui model export models:/digits-clf/3 digits-clf-3.tar.gz",
            "tracker-tui model export digits-clf@champion ./champion",
        ),
        _export_arguments,
        "With its files, its run with params, tags, data and every point, its card, its history,\n"
        "and a manifest of all their hashes.",
    ),
    Errand(
        "verify",
        "check an exported version by its hashes",
        _verify,
        ("tracker-tui model verify digits-clf-3.tar.gz",),
        _verify_arguments,
    ),
    Command(
        "import",
        "register an exported version in this store",
        _import,
        (
            "tracker-tui model import digits-clf-3.tar.gz",
            "tracker-tui model import ./champion --name digits-clf-from-lab",
        ),
        _import_arguments,
        "It gets the next number of its model, and no stage. Its run comes along under its own id, where\n"
        "that is free or the same run. It is verified first.",
    ),
)
