"""The files of a model version, with what became of them on disk since they were logged."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from logger.store import artifacts
from logger.store.connection import StoreError
from logger.store.locate import Store
from logger.store.registry import ModelVersion
from logger.store.registry.verify import files_of


@dataclass(frozen=True)
class VersionFile:
    """One file below the version's artifact."""

    path: str
    """within the run's artifacts"""
    size: int
    """bytes, as logged"""
    sha256: str
    """as logged"""
    problem: str
    """what is wrong with the file on disk, without reading it; "" for nothing"""


def read_files(
    connection: sqlite3.Connection, store: Store, version: ModelVersion
) -> tuple[VersionFile, ...]:
    """The file that was registered, or those of the directory, by path; none for a version without an artifact."""
    if version.run_uid is None:
        return ()
    return tuple(
        VersionFile(file.path, file.size, file.sha256, _problem(store, version.run_uid, file))
        for file in files_of(connection, version)
    )


def _problem(store: Store, uid: str, file: artifacts.Artifact) -> str:
    try:
        status = artifacts.resolve(store, uid, file.path).stat()
    except (StoreError, OSError):
        return "missing"
    return "" if status.st_size == file.size else f"{status.st_size:,} bytes on disk"
