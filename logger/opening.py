"""Opening the store that is meant, for reading, with everything in it that should be."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from os import PathLike
from pathlib import Path

from logger import process
from logger.orphans import collect_orphans
from logger.store import locate
from logger.store.connection import Reader, StoreError, open_reader
from logger.store.locate import Store

StorePath = Store | str | PathLike[str] | None


def existing_store(store: StorePath = None) -> Store:
    """The store that is meant, which exists. Raises StoreError."""
    if isinstance(store, Store):
        return store
    found = _default_store() if store is None else locate.find(store)
    if found is None:
        place = f"in {store}" if store else f"at or above {Path.cwd()}"
        raise StoreError(f"there is no store {place}: log a run first, or name its directory")
    return found


def _default_store() -> Store | None:
    from logger.context import current_store

    return current_store()


@contextlib.contextmanager
def reading(store: StorePath = None) -> Iterator[tuple[Store, Reader]]:
    """A read-only connection to a store in which all that this process logged has been filed. Raises StoreError.

    What dead processes left behind is filed too, where the store can be written.
    """
    found = existing_store(store)
    process.drain(found)
    if not found.is_shared:
        with contextlib.suppress(StoreError, sqlite3.Error, OSError):
            collect_orphans(found)
    with contextlib.closing(open_reader(found)) as connection:
        yield found, connection
