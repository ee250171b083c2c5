"""`tracker-tui models`: the registry, or the versions of one model."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from contextlib import closing

from logger.store import registry
from tui_tracker.text import shown
from tui_tracker.text.command import Command, Place
from tui_tracker.text.table import Column, Table


def _answer(arguments: Namespace, place: Place) -> Table:
    with closing(place.reader()) as connection:
        if arguments.versions is not None:
            found = registry.search_versions(connection, arguments.versions, now=place.now)
            if arguments.name is not None:
                found = [version for version in found if version.model == arguments.name]
            return _versions(found, place.now)
        if arguments.name is None:
            return _models(registry.models(connection), place.now)
        return _versions(registry.versions(connection, arguments.name), place.now)


def _models(found: list[registry.RegisteredModel], now: float) -> Table:
    columns = (
        Column("model"),
        Column("versions", shown.number, right=True),
        Column("production", shown.version, right=True),
        Column("staging", shown.version, right=True),
        Column("aliases", shown.text),
        Column("updated", shown.age(now), right=True),
        Column("description"),
    )
    rows = tuple(
        (
            model.name,
            model.versions,
            model.holders.get(registry.PRODUCTION),
            model.holders.get(registry.STAGING),
            ", ".join(f"{alias}=v{number}" for alias, number in model.aliases.items()),
            model.updated,
            model.description,
        )
        for model in found
    )
    return Table(columns, rows, empty="no models: `run.register_model(name, path)` registers one")


def _versions(found: list[registry.ModelVersion], now: float) -> Table:
    columns = (
        Column("model"),
        Column("version", shown.version, right=True),
        Column("stage"),
        Column("aliases", shown.text),
        Column("run", shown.text),
        Column("run_id", shown.short_id),
        Column("path", shown.text),
        Column("size", shown.size, right=True),
        Column("created", shown.age(now), right=True),
        Column("user", shown.text),
        Column("description"),
    )
    rows = tuple(
        (
            version.model,
            version.version,
            version.stage,
            ", ".join(version.aliases),
            version.run_name,
            version.run_uid,
            version.path or version.source,
            version.size,
            version.created,
            version.user,
            version.description,
        )
        for version in found
    )
    return Table(columns, rows, empty="no versions")


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "name", nargs="?", metavar="NAME", help="the versions of this model, the newest first"
    )
    parser.add_argument(
        "--versions",
        metavar="FILTER",
        help="the versions of any model that a filter finds: name, stage, alias, tags, and what their runs logged",
    )


COMMAND = Command(
    "models",
    "list the registry's models, or the versions of one",
    _answer,
    (
        "tracker-tui models",
        "tracker-tui models digits-clf",
        "tracker-tui models digits-clf --json",
        "tracker-tui models --versions 'stage = production and val/acc > 0.9'",
        "tracker-tui models digits-clf --versions 'tag:reviewed and not alias = champion'",
    ),
    _arguments,
)
