"""`tracker-tui importance`: which params go with a metric."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from contextlib import closing

from tui_tracker.model import formats
from tui_tracker.model.forest import Forest, ForestError, grow
from tui_tracker.model.importance import METHOD, Importance, importances
from tui_tracker.model.plot_sheet import kind_of
from tui_tracker.model.variables import read_sample
from tui_tracker.text import shown
from tui_tracker.text.command import Command, NotFound, Place, UsageError
from tui_tracker.text.ls import add_selection, selection
from tui_tracker.text.scatter import one_field
from tui_tracker.text.table import Column, Table, Value


def _answer(arguments: Namespace, place: Place) -> Table:
    with closing(place.reader()) as connection:
        query, names = selection(connection, arguments, place.now)
        field = one_field(arguments.metric, names)
        sample = read_sample(connection, query, [field], now=place.now, all_params=True)
    metric = sample.variables[field]
    params = [
        variable for other, variable in sample.variables.items() if other.kind == "param" and other != field
    ]
    found = importances(metric, params)
    if found.problem:
        raise NotFound(found.problem.rstrip("."))
    forest = None
    if arguments.forest:
        try:
            forest = grow(metric, params)
        except ForestError as error:
            raise UsageError(str(error)) from None
    words = [
        f"{formats.count(found.runs)} runs have {found.metric}",
        METHOD,
        *([forest.words] if forest else []),
    ]
    return Table(
        (
            Column("param"),
            Column("strength", shown.number, right=True),
            Column("rho", shown.signed, right=True),
            Column("low", shown.signed, right=True),
            Column("high", shown.signed, right=True),
            Column("runs", right=True),
            Column("values", right=True),
            *((Column("forest", shown.signed, right=True),) if forest else ()),
            Column("computed", shown.text),
        ),
        tuple(_row(row, forest) for row in found.rows),
        remark=". ".join(words),
    )


def _row(row: Importance, forest: Forest | None) -> tuple[Value, ...]:
    low, high = row.interval or (None, None)
    grown = (forest.importances.get(row.field.key),) if forest else ()
    return (
        row.field.key,
        row.strength,
        row.rho,
        low,
        high,
        row.runs,
        row.values,
        *grown,
        kind_of(row) or f"nothing: {row.reason}",
    )


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("metric", metavar="METRIC", help="as in val/loss or 'max(val/acc)'")
    parser.add_argument("filter", nargs="?", metavar="FILTER", help="only runs that match")
    add_selection(parser)
    parser.add_argument(
        "--forest",
        action="store_true",
        help="also permutation importance in a random forest (needs the extra `importance`)",
    )


COMMAND = Command(
    "importance",
    "say which params go with a metric",
    _answer,
    (
        "tracker-tui importance 'max(val/acc)'",
        "tracker-tui importance val/loss 'status = finished' --experiment churn --forest",
        "tracker-tui importance val/loss --json",
    ),
    _arguments,
    "Each param by itself, by ranks: Spearman's rank correlation of numbers, with its 95% interval; of categories\n"
    "the root of the share of the variance of ranks that lies between them, less what chance puts there (epsilon\n"
    "squared). A param that changes together with another shares its strength. Of fewer than 8 runs nothing is said.",
)
