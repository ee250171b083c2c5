"""MLflow's database (`mlflow.db`, SQLite): experiments, runs, registered models.

The tables are those of mlflow/store/db_migrations, from MLflow 1.0 to 3.17; columns that came later may be missing.
"""

from __future__ import annotations

import math
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from logger.store.columns import Points
from tui_tracker.importers import mlflow
from tui_tracker.importers.foreign import Contents, ForeignModel, ForeignRun, ForeignVersion, Gathered
from tui_tracker.importers.foreign_database import columns, opened, pairs, tables

_RUN = ("run_uuid", "name", "status", "start_time", "end_time", "artifact_uri", "lifecycle_stage")
_VERSION = ("version", "run_id", "source", "current_stage", "description", "user_id")


def recognises(path: Path) -> bool:
    return {"experiments", "runs", "metrics", "alembic_version"} <= tables(path)


def read(path: Path) -> Contents:
    """Raises ForeignError."""
    with opened(path) as connection:
        rows = connection.execute(
            f"SELECT {columns(connection, 'runs', _RUN)}, experiment_id FROM runs ORDER BY start_time, run_uuid"
        ).fetchall()
        experiments = pairs(connection, "SELECT experiment_id, name FROM experiments")
        active = [row for row in rows if row[6] in (None, mlflow.ACTIVE)]
        runs = [_run(path, connection, row, experiments.get(str(row[7]), "")) for row in active]
        artifacts = {str(row[0]): row[5] or "" for row in rows}
        models = _models(connection, artifacts) if "registered_models" in tables(path) else []
    return Contents(mlflow.TRACKER, runs, models, len(rows) - len(active))


def _run(path: Path, connection: sqlite3.Connection, row: tuple[object, ...], experiment: str) -> ForeignRun:
    uid, name, status, started, ended, artifacts = row[:6]
    return mlflow.run_of(
        str(uid),
        experiment=experiment,
        name=str(name or ""),
        status=str(status),
        started=started if isinstance(started, (int, float)) else None,
        ended=ended if isinstance(ended, (int, float)) else None,
        artifacts=str(artifacts or ""),
        beside=path.parent / "mlruns" / str(row[7]) / str(uid) / "artifacts",
        params=pairs(connection, "SELECT key, value FROM params WHERE run_uuid = ? ORDER BY key", uid),
        tags=pairs(connection, "SELECT key, value FROM tags WHERE run_uuid = ? ORDER BY key", uid),
        points=lambda: _points(path, str(uid)),
    )


def _points(path: Path, uid: str) -> Iterator[Mapping[str, Points]]:
    gathered = Gathered()
    with opened(path) as connection:
        rows = connection.execute(
            "SELECT key, step, timestamp, value, is_nan FROM metrics WHERE run_uuid = ?"
            " ORDER BY key, timestamp, step",
            (uid,),
        )
        for key, step, timestamp, value, is_nan in rows:
            if gathered.add(key, step, timestamp / 1000, _value(value, is_nan=bool(is_nan))):
                yield gathered.handed_on()
    yield gathered.handed_on()


def _value(value: float, *, is_nan: bool) -> float:
    """A value as it was logged: MLflow keeps infinities as the greatest number there is."""
    if is_nan:
        return math.nan
    # SQLite gives back the number that was written with 15 digits by some of its versions.
    if abs(value) >= sys.float_info.max * (1 - 1e-14):
        return math.copysign(math.inf, value)
    return float(value)


def _models(connection: sqlite3.Connection, artifacts: dict[str, str]) -> list[ForeignModel]:
    has_aliases = bool(
        connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'registered_model_aliases'").fetchone()
    )
    found = connection.execute("SELECT name, description FROM registered_models ORDER BY name").fetchall()
    models = []
    for name, description in found:
        aliases = (
            pairs(connection, "SELECT alias, version FROM registered_model_aliases WHERE name = ?", name)
            if has_aliases
            else {}
        )
        rows = connection.execute(
            f"SELECT {columns(connection, 'model_versions', _VERSION)} FROM model_versions WHERE name = ?"
            " ORDER BY version",
            (name,),
        ).fetchall()
        versions = tuple(
            ForeignVersion(
                number=number,
                run=mlflow.kept_uid(run) if run else None,
                path=mlflow.within(source or "", artifacts.get(run or "", "")),
                source=source or "",
                stage=stage or "None",
                description=text or "",
                user=user or "",
                tags=pairs(
                    connection,
                    "SELECT key, value FROM model_version_tags WHERE name = ? AND version = ?",
                    name,
                    number,
                ),
                aliases=tuple(alias for alias, target in aliases.items() if target == str(number)),
            )
            for number, run, source, stage, text, user in rows
            if stage != "Deleted_Internal"
        )
        tags = pairs(connection, "SELECT key, value FROM registered_model_tags WHERE name = ?", name)
        models.append(ForeignModel(name, description or "", tags, versions))
    return models
