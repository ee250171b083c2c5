"""`tracker-tui card`: all that is known of a model version, as one page of Markdown."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import closing

from tui_tracker.model.card import card, read_card
from tui_tracker.model.sparkline import ASCII_BARS, BARS
from tui_tracker.model.terminal import has_unicode
from tui_tracker.text.command import Command, Place
from tui_tracker.text.forms import csv_line
from tui_tracker.text.version_argument import add_version, chosen_version


def _answer(arguments: Namespace, place: Place) -> Iterator[str]:
    with closing(place.reader()) as connection:
        version = chosen_version(connection, arguments)
        facts = read_card(
            connection, place.store, version.model, version.version, verify=not arguments.no_verify
        )
    plain = arguments.ascii or not has_unicode()
    page = card(facts, bars=ASCII_BARS if plain else BARS)
    if arguments.form == "json":
        yield json.dumps({"model": version.model, "version": version.version, "markdown": page})
    elif arguments.form == "csv":
        yield csv_line(("model", "version", "markdown"))
        yield csv_line((version.model, version.version, page))
    else:
        yield page.rstrip("\n")


def _arguments(parser: ArgumentParser) -> None:
    add_version(parser)
    parser.add_argument("--ascii", action="store_true", help="draw curves with ASCII characters only")
    parser.add_argument(
        "--no-verify", action="store_true", help="do not read the files to compare their hashes"
    )


COMMAND = Command(
    "card",
    "write the card of a model version: lineage, data, metrics, curves, files, history",
    _answer,
    (
        "tracker-tui card digits-clf 3",
        "tracker-tui card digits-clf Production > MODEL_CARD.md",
        "tracker-tui card models:/digits-clf@champion --json | jq -r .markdown",
    ),
    _arguments,
    "The page is Markdown. Metrics and params stand beside those of the version in Production.",
)
