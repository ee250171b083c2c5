"""`tracker-tui scatter`: two things that runs have against each other, drawn in characters, or as numbers."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import closing

from logger.store.fields import Field, Names
from tui_tracker.model.terminal import has_unicode
from tui_tracker.model.variables import MOST_RUNS, Sample, read_sample
from tui_tracker.text.command import Command, NotFound, Place, UsageError
from tui_tracker.text.fields import columns_of, parse_fields
from tui_tracker.text.ls import add_selection, selection
from tui_tracker.text.table import Column, Table

_WIDTH, _HEIGHT = 80, 24


def _answer(arguments: Namespace, place: Place) -> Table | Iterator[str]:
    with closing(place.reader()) as connection:
        query, names = selection(connection, arguments, place.now)
        written = [arguments.x, arguments.y, *([arguments.color] if arguments.color else [])]
        fields = [one_field(text, names) for text in written]
        sample = read_sample(connection, query, fields, now=place.now)
    if not sample.runs:
        raise NotFound("no run matches" if arguments.filter else "there are no runs")
    if arguments.form == "text":
        return _draw(arguments, sample, fields, arguments.width or place.width or _WIDTH)
    return _table(sample, fields, place.now)


def one_field(text: str, names: Names) -> Field:
    """The field that a person wrote. Raises FilterError, UsageError."""
    found = parse_fields(text, names)
    if len(found) != 1:
        raise UsageError(f"{text!r} is not one field, as in lr or 'max(val/acc)'")
    return found[0]


def _table(sample: Sample, fields: list[Field], now: float) -> Table:
    unique = list(dict.fromkeys(fields))
    return Table(
        (Column("run"), Column("id"), *columns_of(unique, now)),
        tuple(
            (run.name, run.uid, *(sample.variables[field].values[at] for field in unique))
            for at, run in enumerate(sample.runs)
        ),
        remark="",
    )


def _draw(arguments: Namespace, sample: Sample, fields: list[Field], width: int) -> Iterator[str]:
    from tui_tracker.plotting.scatter import Scatter, draw

    x, y = (sample.variables[field] for field in fields[:2])
    colour = sample.variables[fields[2]] if len(fields) > 2 else None
    shown = Scatter(x, y, colour, arguments.log_x, arguments.log_y, arguments.ascii or not has_unicode())
    yield from draw(shown, width, arguments.height).text().split("\n")
    if sample.total > len(sample.runs):
        yield f"showing {MOST_RUNS:,} of {sample.total:,} runs"


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("x", metavar="X", help="a param, metric or attribute, as in lr or 'max(val/acc)'")
    parser.add_argument("y", metavar="Y", help="likewise")
    parser.add_argument("filter", nargs="?", metavar="FILTER", help="only runs that match")
    add_selection(parser)
    looks = parser.add_argument_group("how it is drawn")
    looks.add_argument("--color", metavar="Z", help="a third, told by glyphs")
    looks.add_argument("--log-x", action="store_true", help="a logarithmic x axis")
    looks.add_argument("--log-y", action="store_true", help="a logarithmic y axis")
    looks.add_argument("--ascii", action="store_true", help="draw with ASCII characters only")
    looks.add_argument("--width", type=int, metavar="CELLS", help=f"the terminal's, else {_WIDTH}")
    looks.add_argument("--height", type=int, metavar="CELLS", default=_HEIGHT, help=f"default {_HEIGHT}")


COMMAND = Command(
    "scatter",
    "draw two params or metrics of runs against each other",
    _answer,
    (
        "tracker-tui scatter lr 'max(val/acc)' --log-x",
        "tracker-tui scatter depth val/loss 'status = finished and started > 7d ago' --color optimizer",
        "tracker-tui scatter lr val/acc --csv > points.csv",
    ),
    _arguments,
    "With --json or --csv: the values themselves.",
)
