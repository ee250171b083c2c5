"""Finding models and versions by the filter language (`logger.store.registry.vocabulary`)."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from logger.store.query import Vocabulary, compile_for
from logger.store.query.parser import parse_order
from logger.store.registry import read
from logger.store.registry.vocabulary import model_vocabulary, version_vocabulary


def search_versions(
    connection: sqlite3.Connection,
    text: str = "",
    *,
    order: Sequence[str] = (),
    limit: int = -1,
    offset: int = 0,
    now: float | None = None,
) -> list[read.ModelVersion]:
    """The versions, of any model, that a filter finds: the last changed first, unless ordered (`val/acc DESC`).

    Raises FilterError for a filter or an order that cannot be read.
    """
    vocabulary = version_vocabulary(connection)
    found = compile_for(vocabulary, text, now)
    keys, values = _order(order, vocabulary)
    ids = connection.execute(
        "SELECT v.id FROM model_versions v JOIN models m ON m.id = v.model_id"
        " LEFT JOIN runs r ON r.id = v.run_id LEFT JOIN experiments e ON e.id = r.experiment_id"
        f" WHERE ({found.where}) ORDER BY {keys}v.updated DESC, m.name, v.version DESC LIMIT ? OFFSET ?",
        (*found.parameters, *values, limit, offset),
    )
    return read.versions_by_ids(connection, [version for (version,) in ids])


def search_models(
    connection: sqlite3.Connection,
    text: str = "",
    *,
    order: Sequence[str] = (),
    limit: int = -1,
    offset: int = 0,
    now: float | None = None,
) -> list[read.RegisteredModel]:
    """The models that a filter finds: by name, unless ordered. Raises FilterError as `search_versions`."""
    vocabulary = model_vocabulary(connection)
    found = compile_for(vocabulary, text, now)
    keys, values = _order(order, vocabulary)
    rows = connection.execute(
        f"SELECT m.id FROM models m WHERE ({found.where})"
        f" ORDER BY {keys}m.name COLLATE NOCASE, m.id LIMIT ? OFFSET ?",
        (*found.parameters, *values, limit, offset),
    )
    ids = [model for (model,) in rows]
    known = {model.id: model for model in read.models(connection)} if ids else {}
    return [known[model] for model in ids if model in known]


def _order(order: Sequence[str], vocabulary: Vocabulary) -> tuple[str, tuple[object, ...]]:
    """The keys of an ORDER BY, each with its comma, and their bound values: what is missing comes last."""
    keys, values = "", []
    for clause in order:
        for wanted in parse_order(clause):
            expression, bound = vocabulary.field(wanted.name, clause).sql()
            keys += f"{expression} IS NULL, {expression} {'DESC' if wanted.descending else 'ASC'}, "
            values += [*bound, *bound]
    return keys, tuple(values)
