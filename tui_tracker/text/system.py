"""`tracker-tui system`: this machine's load, its GPUs, and the processes of runs."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace
from contextlib import closing

from logger.monitor import metrics_of
from logger.store.connection import StoreError
from tui_tracker.model.box import Box, BoxReader, ProcessOrder, owners
from tui_tracker.text import shown
from tui_tracker.text.command import Command, Place
from tui_tracker.text.table import Column, Entry, Record, Report, Table, Value

# Loads are means since the reading before.
_BETWEEN_SECONDS = 0.3
_MOST_PROCESSES = 1000


def _answer(arguments: Namespace, place: Place) -> Report:
    with closing(place.reader()) as connection:
        found = owners(connection)
    try:
        reader = BoxReader(place.store.directory)
    except ImportError:
        raise StoreError(
            "the machine is read by psutil, which is not installed: pip install psutil"
        ) from None
    with closing(reader):
        reader.read(found)
        time.sleep(_BETWEEN_SECONDS)
        box = reader.read(found)
    return Report({"machine": _machine(box), "processes": _processes(box, everything=arguments.all)})


def _machine(box: Box) -> Record:
    """Under the names by which runs log the same."""
    loads = metrics_of(box.machine).items()
    return Record(tuple(Entry(name.partition("/")[2], value, shown.number) for name, value in loads))


def _processes(box: Box, *, everything: bool) -> Table:
    columns = (
        Column("pid", shown.number, right=True),
        Column("user"),
        Column("cpu_percentage", _percent, right=True),
        Column("memory", shown.size, right=True),
        Column("gpus"),
        Column("gpu_memory", shown.size, right=True),
        Column("run", shown.text),
        Column("command"),
    )
    chosen = ProcessOrder(only_known=not everything).apply(box.processes, _MOST_PROCESSES)
    rows: list[tuple[Value, ...]] = [
        (
            one.pid,
            one.user,
            one.cpu,
            one.memory,
            ",".join(map(str, one.gpus)),
            one.gpu_memory,
            one.run.name if one.run else None,
            one.command,
        )
        for one in chosen
    ]
    return Table(columns, tuple(rows), empty="no run and nothing on a GPU here: --all lists every process")


def _percent(value: Value) -> str:
    return f"{value:.0f}" if isinstance(value, float) else ""


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--all", action="store_true", help="every process, not only those of runs and on GPUs"
    )


COMMAND = Command(
    "system",
    "the load of this machine, its GPUs, and which run owns which process",
    _answer,
    ("tracker-tui system", "tracker-tui system --json | jq .machine.gpu_0_utilization_percentage"),
    _arguments,
)
