"""`tracker-tui ls`: the run table."""

from __future__ import annotations

import sqlite3
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace

from logger.store import runs, search
from logger.store.fields import Field, Names
from logger.store.query import compile_filter
from tui_tracker.model.columns import default_columns
from tui_tracker.model.saved_views import SavedView, SavedViews
from tui_tracker.model.state_file import StateFile
from tui_tracker.model.table_look import readable
from tui_tracker.text.command import Command, NotFound, Place
from tui_tracker.text.fields import columns_of, parse_fields, parse_sort, values_of
from tui_tracker.text.forms import csv_table, json_list
from tui_tracker.text.table import Table, Value

_LIMIT = 50
# Runs read at a time.
_PAGE = 500


def add_selection(parser: ArgumentParser) -> None:
    """The arguments that choose runs."""
    parser.add_argument("--experiment", metavar="NAME", help="only runs of this experiment")
    parser.add_argument("--deleted", action="store_true", help="deleted runs, instead of those that are not")
    parser.add_argument(
        "--archived", action="store_true", help="archived runs, instead of those that are not"
    )


def selection(
    connection: sqlite3.Connection, arguments: Namespace, now: float, *, with_archived: bool = False
) -> tuple[search.Query, Names]:
    """The runs that `filter`, `experiment`, `deleted` and `archived` choose, and the names in use there.

    `with_archived`: those that are archived are among them, where not only these are asked for.
    """
    chosen: tuple[int, ...] = ()
    if arguments.experiment is not None:
        known = {found.name: found.id for found in runs.experiments(connection, deleted=None)}
        if arguments.experiment not in known:
            listed = ", ".join(sorted(known)) or "none"
            raise NotFound(f"there is no experiment {arguments.experiment!r}; there are: {listed}")
        chosen = (known[arguments.experiment],)
    names = search.names(connection, chosen)
    condition = compile_filter(arguments.filter or "", names, now)
    archived = True if arguments.archived else None if arguments.deleted or with_archived else False
    return search.Query(condition, chosen, deleted=arguments.deleted, archived=archived), names


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "filter", nargs="?", metavar="FILTER", help="only runs that match, as in the app's filter bar"
    )
    add_selection(parser)
    parser.add_argument(
        "--sort", metavar="FIELD[:desc]", help="order by a field; the newest come first otherwise"
    )
    parser.add_argument(
        "--columns", metavar="FIELD,...", help="the fields to show, as in `name,lr,min(val/loss)`"
    )
    parser.add_argument(
        "--view", metavar="NAME", help="filter, order and columns of a view that was saved in the app"
    )
    parser.add_argument(
        "--limit", metavar="N", type=int, default=_LIMIT, help=f"at most N runs (default {_LIMIT})"
    )


def _answer(arguments: Namespace, place: Place) -> Table | Iterator[str]:
    if arguments.form != "text":
        return _streamed(arguments, place)
    with closing(place.reader()) as connection:
        query, fields = _asked(connection, arguments, place)
        total = search.count(connection, query)
        found = tuple(_rows(connection, query, fields, arguments.limit, place.now, total))
    more = f"showing {len(found)} of {total:,} runs: --limit N shows more" if len(found) < total else ""
    return Table(
        columns_of(fields, place.now),
        found,
        remark=more,
        empty="no run matches" if query.filter.text else "no runs",
    )


def _streamed(arguments: Namespace, place: Place) -> Iterator[str]:
    """For programs, a run at a time, so that a long list need not fit into memory."""
    with closing(place.reader()) as connection:
        query, fields = _asked(connection, arguments, place)
        keys = [column.key for column in columns_of(fields, place.now)]
        rows = _rows(connection, query, fields, arguments.limit, place.now)
        yield from csv_table(keys, rows) if arguments.form == "csv" else json_list(keys, rows)


def _rows(
    connection: sqlite3.Connection,
    query: search.Query,
    fields: Sequence[Field],
    limit: int,
    now: float,
    total: int | None = None,
) -> Iterator[tuple[Value, ...]]:
    chosen = search.ids(connection, query, limit=limit, total=total)
    for start in range(0, len(chosen), _PAGE):
        for row in search.by_ids(connection, chosen[start : start + _PAGE], fields):
            yield values_of(row, fields, now)


def _asked(
    connection: sqlite3.Connection, arguments: Namespace, place: Place
) -> tuple[search.Query, tuple[Field, ...]]:
    """The runs, and the columns."""
    view = _view(place, arguments.view) if arguments.view is not None else None
    if view is not None and view.text:
        written = f"({view.text}) and ({arguments.filter})" if arguments.filter else view.text
        arguments = Namespace(**{**vars(arguments), "filter": written})
    query, names = selection(connection, arguments, place.now)
    if arguments.sort:
        query = replace(query, order=parse_sort(arguments.sort, names))
    elif view is not None:
        query = replace(query, order=view.look.order)
    if arguments.columns:
        return query, tuple(parse_fields(arguments.columns, names))
    if view is not None and view.look.columns is not None:
        # A column that is only drawn has its latest value in text.
        return query, tuple(dict.fromkeys(map(readable, view.look.columns)))
    several = not query.experiments and runs.several_experiments(connection)
    return query, _default_fields(names, several_experiments=several)


def _view(place: Place, name: str) -> SavedView:
    """The view of that name. Raises NotFound."""
    views = SavedViews(StateFile.of(place.store))
    view = views.get(name)
    if view is None:
        listed = ", ".join(repr(known.name) for known in views.all()) or "none; in the app, o saves one"
        raise NotFound(f"there is no view {name!r}; there are: {listed}")
    return view


def _default_fields(names: Names, *, several_experiments: bool) -> tuple[Field, ...]:
    """What the app's run table shows at first, after the beginning of the id, by which a run can be named."""
    columns = default_columns(names, several_experiments=several_experiments)
    return (Field("attribute", "id"), *(column.field for column in columns))


COMMAND = Command(
    "ls",
    "list runs",
    _answer,
    (
        "tracker-tui ls 'val/acc > 0.9 and started > 7d ago'",
        "tracker-tui ls --experiment churn --sort 'min(val/loss)' --columns 'name, lr, min(val/loss)'",
        "tracker-tui ls --view 'best of the week'",
        "tracker-tui ls --limit 10000 --csv > runs.csv",
    ),
    _arguments,
)
