"""trackio's databases: one SQLite file a project, `~/.cache/huggingface/trackio/PROJECT.db` or below TRACKIO_DIR.

The tables are those of trackio 0.2 to 0.43; before run ids there were only names.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path

from logger.store.columns import Points
from logger.store.runs import FINISHED
from tui_tracker.importers.foreign import Contents, ForeignRun, Gathered, flat, is_uid, number_of, uid_of
from tui_tracker.importers.foreign_database import columns, opened, tables

TRACKER = "trackio"
# Each with what is read of it, and what its metrics' names begin with here.
_TABLES = (
    ("metrics", ("run_id", "run_name", "timestamp", "metrics", "step"), ""),
    ("system_metrics", ("run_id", "run_name", "timestamp", "metrics"), "system/"),
)


def recognises(path: Path) -> bool:
    return bool(_databases(path))


def read(path: Path) -> Contents:
    """Raises ForeignError."""
    return Contents(TRACKER, [run for database in _databases(path) for run in _runs(database)])


def _databases(path: Path) -> list[Path]:
    candidates = sorted(path.glob("*.db")) if path.is_dir() else [path]
    return [found for found in candidates if {"metrics", "configs"} <= tables(found)]


def _runs(database: Path) -> list[ForeignRun]:
    with opened(database) as connection:
        configs = {
            (run_id, name): config
            for run_id, name, config in connection.execute(
                f"SELECT {columns(connection, 'configs', ('run_id', 'run_name', 'config'))} FROM configs"
            )
        }
        names = columns(connection, "metrics", ("run_id", "run_name"))
        found = connection.execute(
            f"SELECT run_id, run_name, MIN(timestamp), MAX(timestamp) FROM (SELECT {names}, timestamp FROM metrics)"
            " GROUP BY run_id, run_name ORDER BY 3"
        ).fetchall()
    return [
        _run(database, run_id, name, _seconds(started), _seconds(ended), configs.get((run_id, name)))
        for run_id, name, started, ended in found
    ]


def _run(
    database: Path, run_id: str | None, name: str, started: float, ended: float, config: str | None
) -> ForeignRun:
    given = dict(flat(_object(config)))
    return ForeignRun(
        uid=run_id if run_id and is_uid(run_id) else uid_of(TRACKER, database.stem, run_id or name),
        experiment=database.stem,
        name=name,
        status=FINISHED,
        started=started,
        ended=ended,
        points=lambda: _points(database, run_id, name),
        columns={"user": str(given.get("_Username") or "")},
        params={key: _text(value) for key, value in given.items() if not key.startswith("_")},
        tags={"group": str(given["_Group"])} if given.get("_Group") else {},
    )


def _points(database: Path, run_id: str | None, name: str) -> Iterator[Mapping[str, Points]]:
    gathered = Gathered()
    present = tables(database)
    with opened(database) as connection:
        for table, wanted, prefix in _TABLES:
            if table not in present:
                continue
            rows = connection.execute(
                f"SELECT * FROM (SELECT {columns(connection, table, (*wanted, 'id'))} FROM {table})"
                " WHERE run_name = ? AND run_id IS ? ORDER BY id",
                (name, run_id),
            )
            for place, row in enumerate(rows):
                given = dict(zip(wanted, row, strict=False))
                step = place if given.get("step") is None else given["step"]
                seconds = _seconds(given["timestamp"])
                for key, value in flat(_object(given["metrics"])):
                    number = number_of(value)
                    if number is not None and gathered.add(f"{prefix}{key}", step, seconds, number):
                        yield gathered.handed_on()
    yield gathered.handed_on()


def _object(text: str | None) -> Mapping[str, object]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _seconds(text: str | None) -> float:
    """Epoch seconds of a time in ISO 8601, in UTC where it does not say."""
    try:
        found = datetime.fromisoformat((text or "").replace("Z", "+00:00"))
    except ValueError:
        return 0.0
    return (found if found.tzinfo else found.replace(tzinfo=timezone.utc)).timestamp()
